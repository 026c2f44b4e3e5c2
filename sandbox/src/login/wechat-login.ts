/** WeChat's two logins: a mini-program's `js_code`, and a web page's OAuth code. Errors come as HTTP 200 with `errcode`. */

import { randomBytes, timingSafeEqual } from "node:crypto"
import { Hono } from "hono"
import { wechat } from "../accounts"
import type { Buyer } from "../buyers/buyers"
import type { World } from "../world"

interface LoginError {
  readonly errcode: number
  readonly errmsg: string
}

function sameSecret(given: string, kept: string): boolean {
  return given.length === kept.length && timingSafeEqual(Buffer.from(given), Buffer.from(kept))
}

/** The buyer behind a code, or the platform's error. */
function takeCode(
  world: World,
  app: { appId: string; secret: string },
  query: URLSearchParams,
  codeName: string,
): Buyer | LoginError {
  const value = (name: string) => query.get(name) ?? ""
  if (value("appid") !== app.appId) return { errcode: 40013, errmsg: "invalid appid" }
  if (!sameSecret(value("secret"), app.secret)) return { errcode: 40125, errmsg: "invalid appsecret" }
  if (value("grant_type") !== "authorization_code") return { errcode: 40002, errmsg: "invalid grant_type" }
  if (value(codeName) === "") return { errcode: 41008, errmsg: "missing code" }
  const buyer = world.buyers.takeCode(value(codeName), app.appId)
  if (buyer === undefined) return { errcode: 40029, errmsg: "invalid code" }
  return buyer === "used" ? { errcode: 40163, errmsg: "code been used" } : buyer
}

/** WeChat answers these with `text/plain`, though the text is JSON. */
function plain(body: Record<string, unknown> | LoginError): Response {
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "text/plain" } })
}

export function wechatLoginRoutes(world: World): Hono {
  const routes = new Hono()
  routes.get("/sns/jscode2session", (c) => {
    const app = { appId: wechat.miniAppId, secret: world.keys.miniSecret }
    const buyer = takeCode(world, app, new URL(c.req.url).searchParams, "js_code")
    if ("errcode" in buyer) return plain(buyer)
    return plain({ session_key: randomBytes(16).toString("base64"), openid: buyer.openids[app.appId] })
  })
  routes.get("/sns/oauth2/access_token", (c) => {
    const app = { appId: wechat.appId, secret: world.keys.appSecret }
    const buyer = takeCode(world, app, new URL(c.req.url).searchParams, "code")
    if ("errcode" in buyer) return plain(buyer)
    return plain({
      access_token: randomBytes(48).toString("base64url"),
      expires_in: 7200,
      refresh_token: randomBytes(48).toString("base64url"),
      openid: buyer.openids[app.appId],
      scope: "snsapi_base",
    })
  })
  return routes
}
