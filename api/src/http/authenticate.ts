import type { Context as HttpContext, MiddlewareHandler } from "hono"
import { getCookie } from "hono/cookie"
import { findActor } from "../access/find-actor"
import { type Actor, requireScope, type Scope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { HttpEnvironment } from "./router"

const bearerPattern = /^Bearer ([\x21-\x7e]{1,512})$/i

/** The token of `Authorization: Bearer …`. */
export function bearerToken(header: string | undefined): string | undefined {
  return bearerPattern.exec(header ?? "")?.[1]
}

/** The operator, inspector or machine behind the request's bearer token, if there is one. */
export async function actorOf(
  ctx: Pick<Context, "db" | "clock">,
  authorization: string | undefined,
): Promise<Actor | undefined> {
  const token = bearerToken(authorization)
  return token === undefined ? undefined : findActor(ctx, token)
}

/** Routes behind it have `c.get("actor")`: `request/unauthenticated` without a valid token, and with a scope named, `request/forbidden` without it. */
export function requireActor(ctx: Pick<Context, "db" | "clock">, scope?: Scope): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = await actorOf(ctx, c.req.header("authorization"))
    if (!actor) throw new ServiceError("request/unauthenticated")
    if (scope) requireScope(actor, scope)
    c.set("actor", actor)
    await next()
  }
}

/** Cookie of a buyer's session on H5 pages; HttpOnly, Lax. */
export const SESSION_COOKIE = "suyuan_session"

/** The buyer behind an opaque session token, as `buyers/session` knows it. */
export type FindBuyer = (token: string) => Promise<{ readonly id: string } | undefined>

/** Routes behind it have `c.get("actor")` of kind buyer, from the session's cookie or bearer token. */
export function requireBuyerSession(findBuyer: FindBuyer): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = await buyerOf(findBuyer, c)
    if (!actor) throw new ServiceError("request/unauthenticated")
    c.set("actor", actor)
    await next()
  }
}

/** A buyer's session or an operator's token: for what either side may do. */
export function requireBuyerOrActor(
  ctx: Pick<Context, "db" | "clock">,
  findBuyer: FindBuyer,
): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = (await actorOf(ctx, c.req.header("authorization"))) ?? (await buyerOf(findBuyer, c))
    if (!actor) throw new ServiceError("request/unauthenticated")
    c.set("actor", actor)
    await next()
  }
}

async function buyerOf(findBuyer: FindBuyer, c: HttpContext<HttpEnvironment>): Promise<Actor | undefined> {
  const token = bearerToken(c.req.header("authorization")) ?? getCookie(c, SESSION_COOKIE)
  const buyer = token === undefined ? undefined : await findBuyer(token)
  return buyer && { kind: "buyer", id: buyer.id, siteIds: [], scopes: [] }
}
