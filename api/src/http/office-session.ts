import type { Context as HttpContext, MiddlewareHandler } from "hono"
import { deleteCookie, getCookie, setCookie } from "hono/cookie"
import { findActor } from "../access/find-actor"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import type { HttpEnvironment } from "./router"

/** An operator's token for the office's pages alone: HttpOnly, SameSite=Strict; the API takes a bearer only. */
const officeCookie = "suyuan_office"
const root = "/office"
const sessionSeconds = 8 * 3600
const nextPattern = /^\/office\/[0-9A-Za-z/?=&-]{1,300}$/

type Request = HttpContext<HttpEnvironment>

export const officeStart = "/office/reconciliations"

/** Where signing in leads: a page of the office and nothing else. */
export function officeNext(asked: string | undefined): string {
  return asked !== undefined && nextPattern.test(asked) ? asked : officeStart
}

/** False for what is no operator's token: a machine's opens no pages. */
export async function startOffice(ctx: Context, c: Request, token: string): Promise<boolean> {
  const actor = await findActor(ctx, token)
  if (actor?.kind !== "operator") return false
  const secure = new URL(ctx.config.GATEWAY_PUBLIC_URL).protocol === "https:"
  setCookie(c, officeCookie, token, { path: root, httpOnly: true, sameSite: "Strict", secure, maxAge: sessionSeconds })
  return true
}

export function endOffice(c: Request): void {
  deleteCookie(c, officeCookie, { path: root })
}

async function officeActor(ctx: Context, c: Request): Promise<Actor | undefined> {
  const token = getCookie(c, officeCookie)
  const actor = token === undefined ? undefined : await findActor(ctx, token)
  return actor?.kind === "operator" ? actor : undefined
}

/** Pages behind it have the operator as `c.get("actor")`; everybody else is asked to sign in, and led back. */
export function requireOffice(ctx: Context): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = await officeActor(ctx, c)
    if (actor === undefined) {
      const { path, language } = frameOf(ctx, c)
      const back = c.req.method === "GET" ? path : officeStart
      return c.redirect(withLanguage(`${root}?next=${encodeURIComponent(back)}`, language), 303)
    }
    c.set("actor", actor)
    return next()
  }
}
