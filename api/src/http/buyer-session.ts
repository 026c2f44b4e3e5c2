import type { MiddlewareHandler } from "hono"
import { getCookie, setCookie } from "hono/cookie"
import { type BuyerSession, renewSession, sessionBuyer, sessionDays } from "../buyers/session"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { bearerToken } from "./authenticate"
import type { HttpEnvironment } from "./router"

/** HttpOnly, SameSite=Lax: pages inside WeChat and Alipay. Mini-programs send the same token as a bearer. */
export const sessionCookie = "suyuan_session"

type HttpContext = Parameters<MiddlewareHandler<HttpEnvironment>>[0]

/** The session's token as it came; a bearer goes before a cookie. */
export function sessionToken(c: HttpContext): string | undefined {
  return bearerToken(c.req.header("authorization")) ?? getCookie(c, sessionCookie)
}

/** Gives a web page its session. */
export function keepSession(ctx: Pick<Context, "config">, c: HttpContext, token: string): void {
  const secure = ctx.config.GATEWAY_PUBLIC_URL.startsWith("https:")
  setCookie(c, sessionCookie, token, {
    ...{ httpOnly: true, sameSite: "Lax", secure, path: "/" },
    maxAge: sessionDays * 86_400,
  })
}

/** A browser that somebody comes back with keeps its session; programs log in again by themselves. */
export async function renewCookie(ctx: Pick<Context, "config" | "db" | "clock">, c: HttpContext): Promise<void> {
  const token = getCookie(c, sessionCookie)
  if (token !== undefined && (await renewSession(ctx, token))) keepSession(ctx, c, token)
}

/** The buyer behind the request, if there is one: for pages that show more to the person who paid. */
export function findBuyer(ctx: Pick<Context, "db" | "clock">, c: HttpContext): Promise<BuyerSession | undefined> {
  return sessionBuyer(ctx, sessionToken(c))
}

/** Routes behind it have the buyer as `c.get("actor")`; others get `request/unauthenticated`. */
export function requireBuyerSession(ctx: Pick<Context, "db" | "clock">): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const session = await findBuyer(ctx, c)
    if (session === undefined) throw new ServiceError("request/unauthenticated")
    c.set("actor", session.actor)
    await next()
  }
}
