/**
 * Pages on which a person pays by hand what no page's script hands to a wallet: a native code (`/wallet`), WeChat Pay's
 * `h5_url` and Alipay's signed `alipay.trade.wap.pay`. Each shows the platform's own sheet, with a buyer to choose.
 */

import { fenToYuan } from "@suyuan/protocol/units/money"
import type { Context } from "hono"
import { Hono } from "hono"
import type { Child } from "hono/jsx"
import type { Platform } from "../accounts"
import { tradeOfCode } from "../alipay/trade"
import { openWap, wapMethod } from "../alipay/wap-pay"
import { languageOf } from "../corner/language"
import { document, Page } from "../corner/page"
import type { Order } from "../orders/order"
import { payOrder } from "../orders/pay-order"
import { isReachable } from "../settings"
import { orderOfCode, orderOfH5 } from "../wechat-pay/create-order"
import type { World } from "../world"
import { isReason, type WalletReason, walletWords } from "./wallet-words"

type Html = Response | Promise<Response>

function page(c: Context, title: string, children: Child, status: 200 | 400 | 409 = 200): Html {
  return c.html(
    document(
      <Page language={languageOf(c.req.raw)} title={title} path={c.req.url}>
        <main class="single">{children}</main>
      </Page>,
    ),
    status,
  )
}

function refusal(c: Context, reason: WalletReason, detail?: string): Html {
  const words = walletWords[languageOf(c.req.raw)]
  const body = (
    <>
      <h1 class="refused">✕ {words.refused}</h1>
      <p>{words.reasons[reason]}</p>
      {detail === undefined ? null : <p class="mono">{detail}</p>}
    </>
  )
  return page(c, words.refused, body, 400)
}

/** Back only to this machine or the sandbox's own gateway. */
function backOf(world: World, address: string | undefined): string {
  const known = address !== undefined && URL.canParse(address) && isReachable(new URL(address), world.gateway.url)
  return known ? address : ""
}

/** The platform's sheet: what, to whom, how much, and who pays it. */
function sheet(world: World, c: Context, order: Order, back: string): Html {
  const words = walletWords[languageOf(c.req.raw)]
  const buyers = world.buyers.list()
  const body = (
    <form class="sheet" method="post" action="/wallet/pay">
      <h1>{words[order.platform]}</h1>
      <p>{order.description}</p>
      <p class="soft">
        {words.payee} {order.payeeNo}
      </p>
      <p class="total">¥{fenToYuan(order.amountFen)}</p>
      <input type="hidden" name="platform" value={order.platform} />
      <input type="hidden" name="order" value={order.orderNo} />
      <input type="hidden" name="back" value={back} />
      {buyers.length === 0 ? (
        <p class="waiting">{words.nobody}</p>
      ) : (
        <>
          <label for="buyer">{words.who}</label>
          <select id="buyer" name="buyer">
            {buyers.map((one) => (
              <option value={String(one.id)}>{one.name}</option>
            ))}
          </select>
          <button class="primary" type="submit" name="decision" value="pay">
            {words.pay} ¥{fenToYuan(order.amountFen)}
          </button>
        </>
      )}
      <button type="submit" name="decision" value="cancel">
        {words.cancel}
      </button>
    </form>
  )
  return page(c, words[order.platform], body)
}

function codesPage(world: World, c: Context): Html {
  const words = walletWords[languageOf(c.req.raw)]
  const codes = world.store.openCodes(10)
  const body = (
    <>
      <h1>{words.wallet}</h1>
      <form class="stack" method="get" action="/wallet">
        <label for="code">{words.paste}</label>
        <input id="code" name="code" required maxlength={512} autocomplete="off" />
        <button type="submit">{words.open}</button>
      </form>
      <h2>{words.codes}</h2>
      {codes.length === 0 ? <p>{words.noCodes}</p> : null}
      <ul class="choices">
        {codes.map((order) => (
          <li>
            <a class="button" href={`/wallet?code=${encodeURIComponent(codeOf(order))}`}>
              {words[order.platform]} ¥{fenToYuan(order.amountFen)} {order.description}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
  return page(c, words.wallet, body)
}

function codeOf(order: Order): string {
  const prefix = order.platform === "alipay" ? "https://qr.alipay.com/" : "weixin://wxpay/bizpayurl?pr="
  return prefix + order.prepayId
}

function openH5(world: World, c: Context): Html {
  const referer = c.req.header("referer")
  // As the platform: only from a page of a filed domain, which the Referer tells.
  if (referer === undefined || backOf(world, referer) === "") return refusal(c, "no-referer")
  const query = new URL(c.req.url).searchParams
  const order = orderOfH5(world, query)
  if (order === undefined) return refusal(c, "prepay-unknown")
  return sheet(world, c, order, backOf(world, query.get("redirect_url") ?? undefined))
}

function openAlipay(world: World, c: Context): Html {
  const opened = openWap(world, new URL(c.req.url))
  if (!opened.ok) return refusal(c, "prepay-unknown", opened.code)
  return sheet(world, c, opened.order, backOf(world, opened.returnUrl))
}

async function decide(world: World, c: Context): Promise<Response> {
  // Another site's page must not pay in somebody's name.
  const origin = c.req.header("origin")
  if (origin !== undefined && origin !== "null" && origin !== new URL(c.req.url).origin) return c.text("", 403)
  const form = await c.req.parseBody()
  const value = (name: string) => (typeof form[name] === "string" ? form[name] : "")
  const words = walletWords[languageOf(c.req.raw)]
  const order = world.store.order(value("platform") as Platform, value("order"))
  if (order === undefined || order.way === "jsapi") return refusal(c, "prepay-unknown")
  const back = backOf(world, value("back"))
  if (value("decision") !== "pay") {
    return back === "" ? page(c, words.cancelled, <h1>{words.cancelled}</h1>) : c.redirect(back, 303)
  }
  const outcome = await payOrder(world, order, 0, world.buyers.get(Number(value("buyer"))))
  if (!outcome.ok) return refusal(c, isReason(outcome.reason) ? outcome.reason : "other")
  if (back !== "") return c.redirect(back, 303)
  const done = (
    <>
      <h1 class="paid">✓ {words.paid}</h1>
      <p class="total">¥{fenToYuan(order.amountFen)}</p>
    </>
  )
  return page(c, words.paid, done)
}

export function walletPages(world: World): Hono {
  const pages = new Hono()
  pages.get("/wallet", (c) => {
    const code = c.req.query("code")?.trim()
    if (code === undefined || code === "") return codesPage(world, c)
    const order = orderOfCode(world, code) ?? tradeOfCode(world, code)
    return order === undefined ? refusal(c, "prepay-unknown") : sheet(world, c, order, "")
  })
  pages.post("/wallet/pay", (c) => decide(world, c))
  pages.get("/cgi-bin/mmpayweb-bin/checkmweb", (c) => openH5(world, c))
  pages.get("/gateway.do", (c) => {
    if (c.req.query("method") !== wapMethod) return c.text("", 405)
    return openAlipay(world, c)
  })
  return pages
}
