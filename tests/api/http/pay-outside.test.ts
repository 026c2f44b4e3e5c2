import { afterAll, beforeAll, expect, test } from "bun:test"
import { buyerSessions, buyers } from "@suyuan/drizzle/schema/buyers"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { eq } from "drizzle-orm"
import { testApp } from "../../support/app"
import { type Market, openMarket, saleFen } from "../payments/market"
import { decide } from "../payments/platforms"

let market: Market
let app: ReturnType<typeof testApp>
beforeAll(async () => {
  market = await openMarket()
  app = testApp(market.ctx, { payments: market.deps })
}, 60_000)
afterAll(() => market.end())

const phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
const computer = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
const pathOf = (code: PayCode) => `/p/${payCodeDigits(code)}`

async function page(code: PayCode, agent: string, language = "zh") {
  const headers = { accept: "text/html", "user-agent": agent }
  return (await app.request(`${pathOf(code)}?lang=${language}`, { headers })).text()
}

/** As the page's script does it: a cookie is all that is known of the browser. */
async function pay(code: PayCode, wish: unknown, cookie?: string, address: string | undefined = "203.0.113.9") {
  const headers = { "content-type": "application/json", accept: "application/json", ...(cookie && { cookie }) }
  const request = new Request(`http://localhost${pathOf(code)}/pay`, {
    ...{ method: "POST", headers, body: JSON.stringify(wish) },
  })
  const response = await app.fetch(request, address === "" ? {} : { address })
  const [set] = response.headers.getSetCookie()
  const body = (await response.json()) as {
    code?: string
    attempt?: { outTradeNo: string }
    bridge?: { kind: string; codeUrl?: string; image?: string; url?: string }
  }
  return { status: response.status, body, cookie: set?.split(";")[0], attributes: set ?? "" }
}

const browsers = async () =>
  (await market.ctx.db.select({ id: buyers.id }).from(buyers).where(eq(buyers.platform, "web"))).length

test("[PY-21] a page outside the wallets offers what fits: addresses on a phone, codes on a computer", async () => {
  const code = await market.newCode()
  for (const [agent, method] of [
    [phone, "h5"],
    [computer, "native"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "h5"],
  ] as const) {
    const html = await page(code, agent)
    expect(html).toContain(`data-method="${method}"`)
    expect(html).toMatch(/<button[^>]*value="wechat-pay"[^>]*>微信支付<\/button>/)
    expect(html).toMatch(/<button[^>]*value="alipay"[^>]*>支付宝支付<\/button>/)
    // The origin leads to WeChat Pay's page, the digits do not.
    expect(html).toContain('<meta name="referrer" content="strict-origin"')
  }
  expect(await page(code, phone, "en")).toContain("Pay with Alipay</button>")
  expect(await browsers()).toBe(0)
})

test("[PY-21] paying makes the browser one payer, by a cookie that no script reads; looking does not", async () => {
  const code = await market.newCode()
  const first = await pay(code, { platform: "wechat-pay", method: "native" })
  expect(first).toMatchObject({ status: 200, body: { bridge: { kind: "native" } } })
  expect(first.attributes).toMatch(/^suyuan_session=syb_[0-9a-f]{64};.*HttpOnly.*SameSite=Lax/)
  const again = await pay(code, { platform: "wechat-pay", method: "native" }, first.cookie)
  expect(again.body.attempt).toMatchObject({ outTradeNo: first.body.attempt?.outTradeNo })
  expect(again.cookie).toBeUndefined()
  const other = await pay(code, { platform: "wechat-pay", method: "native" })
  expect(other.body.attempt?.outTradeNo).not.toBe(first.body.attempt?.outTradeNo)
  expect(await browsers()).toBe(2)
  // The token itself is nowhere but in the browser.
  const token = first.cookie?.split("=")[1] ?? ""
  const stored = await market.ctx.db.select({ hash: buyerSessions.tokenHash }).from(buyerSessions)
  expect(stored.some(({ hash }) => token.includes(hash))).toBe(false)
})

test("[PY-21] a code comes drawn, an address leads away and back, and the browser sees its own receipt", async () => {
  const code = await market.newCode()
  const opened = await pay(code, { platform: "alipay", method: "native" })
  const { bridge } = opened.body
  const svg = Buffer.from(bridge?.image?.split("base64,")[1] ?? "", "base64").toString()
  expect(bridge?.image).toStartWith("data:image/svg+xml;base64,")
  expect(svg).toContain("<svg")
  const person = market.sandbox.world.buyers.add("丙")
  await decide(market.sandbox, person, { kind: "native", codeUrl: bridge?.codeUrl ?? "" }, "pay")
  await market.eventually(async () => {
    const response = await app.request(`${pathOf(code)}/state`, { headers: { cookie: opened.cookie ?? "" } })
    const state = (await response.json()) as Record<string, unknown>
    return state.state === "paid" && state.paidByMe === true && state.paidFen === saleFen
  }, "the page sees that it is paid")
  const stranger = await app.request(`${pathOf(code)}/state`)
  expect(await stranger.json()).toMatchObject({ state: "paid", paidByMe: false, receiptDigits: null, recordId: null })
  const onPhone = await pay(await market.newCode(), { platform: "wechat-pay", method: "h5" })
  expect(onPhone.body.bridge).toMatchObject({ kind: "redirect", url: expect.stringContaining("redirect_url=") })
})

test("[PY-21] what is asked for wrongly is refused with its field, and opens nothing", async () => {
  const code = await market.newCode()
  const before = await browsers()
  expect(await pay(code, { platform: "wechat-pay", method: "cash" })).toMatchObject({
    status: 400,
    body: { field: "method" } as never,
  })
  expect(await pay(code, { platform: "wechat-pay", method: "h5" }, undefined, "")).toMatchObject({
    status: 409,
    body: { code: "payment/address-unknown" },
  })
  // In the wallet nobody is let in without the wallet's own login, also not by a browser's session.
  expect(await pay(code, { platform: "wechat-pay" })).toMatchObject({ status: 401 })
  const { cookie } = await pay(await market.newCode(), { platform: "alipay", method: "native" })
  expect(await pay(code, { platform: "wechat-pay" }, cookie)).toMatchObject({
    status: 401,
    body: { code: "request/unauthenticated" },
  })
  expect(await browsers()).toBe(before + 1)
})

test("[PY-21] a code that is no good makes no payer", async () => {
  const code = await market.newCode()
  const before = await browsers()
  const forged = { ...code, signature: code.signature.map((byte) => byte ^ 1) }
  expect((await pay(forged, { platform: "wechat-pay", method: "native" })).status).toBeGreaterThanOrEqual(400)
  market.clock.advance(2 * 86_400_000)
  expect((await pay(code, { platform: "wechat-pay", method: "native" })).status).toBe(410)
  expect(await browsers()).toBe(before)
})
