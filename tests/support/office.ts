// Persons at the office's pages, as a browser would ask for them.
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Scope } from "@suyuan/api/actor"
import type { Context } from "@suyuan/api/context"
import { testApp } from "./app"
import { operator } from "./stall"

type Shown = { readonly status: number; readonly html: string; readonly location: string | null }

export type OfficePerson = {
  readonly token: string
  readonly page: (path: string) => Promise<Shown>
  /** A form, sent in Chinese. */
  readonly post: (
    path: string,
    body: Record<string, string> | FormData,
    more?: Record<string, string>,
  ) => Promise<Shown>
}

/** @param siteIds none: every site */
export async function officePerson(
  ctx: Context,
  actorId: string,
  scopes: readonly Scope[],
  siteIds: readonly string[] = [],
): Promise<OfficePerson> {
  const app = testApp(ctx)
  const order = { label: "test", kind: "operator", actorId, siteIds: [...siteIds], days: 1 } as const
  const { token } = await issueToken(ctx, operator, { ...order, scopes })
  const own = { cookie: `suyuan_office=${token}`, accept: "text/html" }
  const shownOf = async (response: Response): Promise<Shown> => ({
    ...{ status: response.status, html: await response.text(), location: response.headers.get("location") },
  })
  const inChinese = (path: string) => `${path}${path.includes("?") ? "&" : "?"}lang=zh`
  return {
    token,
    page: async (path) => shownOf(await app.request(path, { headers: own })),
    post: async (path, body, more = {}) => {
      const sent = body instanceof FormData ? body : new URLSearchParams(body)
      return shownOf(await app.request(inChinese(path), { method: "POST", headers: { ...own, ...more }, body: sent }))
    },
  }
}

/** The hidden fields of a page's forms. */
export function hiddenOf(html: string): Record<string, string> {
  const found = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, value]))
}
