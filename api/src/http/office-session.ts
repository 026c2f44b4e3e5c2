import type { Context as HttpContext, MiddlewareHandler } from "hono"
import { deleteCookie, getCookie, setCookie } from "hono/cookie"
import { findActor } from "../access/find-actor"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { frameOf } from "./page-frame"
import { officeRoots } from "./pages/office-nav"
import { withLanguage } from "./pages/office-page"
import type { HttpEnvironment } from "./router"

/** An operator's or inspector's token for the office's pages alone: HttpOnly, SameSite=Strict; the API takes a bearer only. */
const officeCookie = "suyuan_office"
const root = "/office"
const sessionSeconds = 8 * 3600
const nextPattern = /^\/office\/[0-9A-Za-z/?=&-]{1,300}$/

type Request = HttpContext<HttpEnvironment>

/** Where signing in leads: a page of the office and nothing else; without one, the first that the token opens. */
export function officeNext(asked: string | undefined): string | undefined {
  return asked !== undefined && nextPattern.test(asked) ? asked : undefined
}

/** The first page that this actor may open. */
export function officeHome({ scopes }: Actor): string | undefined {
  return officeRoots(scopes)[0]?.path
}

/** Nobody for what is no person's token: a machine's opens no pages. */
export async function startOffice(ctx: Context, c: Request, token: string): Promise<Actor | undefined> {
  const actor = personOf(await findActor(ctx, token))
  if (actor === undefined) return undefined
  const secure = new URL(ctx.config.GATEWAY_PUBLIC_URL).protocol === "https:"
  setCookie(c, officeCookie, token, { path: root, httpOnly: true, sameSite: "Strict", secure, maxAge: sessionSeconds })
  return actor
}

export function endOffice(c: Request): void {
  deleteCookie(c, officeCookie, { path: root })
}

/** Who is signed in, if anybody is. */
export async function officeActor(ctx: Context, c: Request): Promise<Actor | undefined> {
  const token = getCookie(c, officeCookie)
  return token === undefined ? undefined : personOf(await findActor(ctx, token))
}

function personOf(actor: Actor | undefined): Actor | undefined {
  return actor?.kind === "operator" || actor?.kind === "inspector" ? actor : undefined
}

/** Pages behind it have the person as `c.get("actor")`; everybody else is asked to sign in, and led back. */
export function requireOffice(ctx: Context): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const actor = await officeActor(ctx, c)
    if (actor === undefined) {
      const { path, language } = frameOf(ctx, c)
      const next = c.req.method === "GET" ? `?next=${encodeURIComponent(path)}` : ""
      return c.redirect(withLanguage(`${root}${next}`, language), 303)
    }
    c.set("actor", actor)
    return next()
  }
}
