/** The pages on which a person says yes: WeChat's OAuth and Alipay's authorisation, with a buyer to choose. */

import type { Context } from "hono"
import { Hono } from "hono"
import { alipay, wechat } from "../accounts"
import type { CodeKind } from "../buyers/buyers"
import { languageOf } from "../corner/language"
import { document, Page } from "../corner/page"
import { isReachable } from "../settings"
import type { World } from "../world"
import { loginWords } from "./page-words"

interface LoginKind {
  readonly code: CodeKind
  readonly title: "wechatTitle" | "alipayTitle"
  readonly appIdName: string
  readonly appId: string
  readonly codeName: string
}

const wechatKind: LoginKind = {
  code: "wechat-h5",
  title: "wechatTitle",
  appIdName: "appid",
  appId: wechat.appId,
  codeName: "code",
}
const alipayKind: LoginKind = {
  code: "alipay",
  title: "alipayTitle",
  appIdName: "app_id",
  appId: alipay.appId,
  codeName: "auth_code",
}

/** Codes go to this machine and to the sandbox's own gateway only, as the platforms send them to a filed domain only. */
function redirectTarget(world: World, text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return isReachable(url, world.gateway.url) ? url : undefined
}

function refusal(c: Context, kind: LoginKind, reason: string): Response | Promise<Response> {
  const language = languageOf(c.req.raw)
  const words = loginWords[language]
  return c.html(
    document(
      <Page language={language} title={words[kind.title]} path={c.req.url}>
        <main class="single">
          <h1>✕ {words.refusedTitle}</h1>
          <p>{reason}</p>
          <p>{words.back}</p>
        </main>
      </Page>,
    ),
    400,
  )
}

function login(world: World, c: Context, kind: LoginKind): Response | Promise<Response> {
  const query = new URL(c.req.url).searchParams
  const target = redirectTarget(world, query.get("redirect_uri") ?? "")
  if (query.get(kind.appIdName) !== kind.appId) return refusal(c, kind, "AppID 参数错误 10013")
  if (target === undefined) return refusal(c, kind, "redirect_uri 参数错误 10003")
  if (kind === wechatKind && query.get("response_type") !== "code")
    return refusal(c, kind, "response_type 参数错误 10004")
  const buyer = world.buyers.get(Number(query.get("buyer") ?? Number.NaN))
  if (buyer !== undefined) {
    target.searchParams.set(kind.codeName, world.buyers.issueCode(buyer, kind.code))
    const state = query.get("state")
    if (state !== null) target.searchParams.set("state", state)
    if (kind === alipayKind) {
      target.searchParams.set("app_id", kind.appId)
      target.searchParams.set("scope", query.get("scope") ?? "auth_base")
    }
    return c.redirect(target.toString(), 302)
  }
  const language = languageOf(c.req.raw)
  const words = loginWords[language]
  const link = (id: number) => {
    const url = new URL(c.req.url)
    url.searchParams.set("buyer", String(id))
    return `${url.pathname}${url.search}`
  }
  const buyers = world.buyers.list()
  return c.html(
    document(
      <Page language={language} title={words[kind.title]} path={c.req.url}>
        <main class="single">
          <h1>{words[kind.title]}</h1>
          <p>{buyers.length === 0 ? words.none : words.choose}</p>
          <ul class="choices">
            {buyers.map((one) => (
              <li>
                <a class="button" href={link(one.id)}>
                  {one.name}
                </a>
              </li>
            ))}
          </ul>
        </main>
      </Page>,
    ),
  )
}

export function loginPages(world: World): Hono {
  const pages = new Hono()
  pages.get("/connect/oauth2/authorize", (c) => login(world, c, wechatKind))
  pages.get("/oauth2/publicAppAuthorize.htm", (c) => login(world, c, alipayKind))
  return pages
}
