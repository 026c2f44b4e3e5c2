import { afterAll, beforeAll, expect, test } from "bun:test"
import { type Bench, control, jsapiOrder, type NewBuyer, newBuyer, startBench, wechatCall } from "../merchant"

let bench: Bench
let buyer: NewBuyer
beforeAll(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

async function open(way: "native" | "h5") {
  const { payer: _payer, ...order } = jsapiOrder(bench, buyer)
  const scene_info = { payer_client_ip: "203.0.113.9", h5_info: { type: "Wap" } }
  const body = way === "h5" ? { ...order, scene_info } : order
  const { text } = await wechatCall(bench.sandbox, { path: `/v3/pay/partner/transactions/${way}`, body })
  const answer = JSON.parse(text) as { code_url?: string; h5_url?: string }
  return { number: String(order.out_trade_no), code: answer.code_url ?? "", address: answer.h5_url ?? "" }
}

const visit = async (path: string, referer?: string) => {
  const url = path.startsWith("http") ? path : bench.sandbox.url + path
  const response = await fetch(url, { headers: referer === undefined ? {} : { referer } })
  return { status: response.status, text: await response.text() }
}

const decide = (fields: Record<string, string>, origin = bench.sandbox.url) =>
  fetch(`${bench.sandbox.url}/wallet/pay`, {
    ...{ method: "POST", redirect: "manual", headers: { origin } },
    body: new URLSearchParams({
      platform: "wechat-pay",
      buyer: String(buyer.id),
      back: "",
      decision: "pay",
      ...fields,
    }),
  })
const stateOf = async (number: string) =>
  (await control<{ state: string }>(bench.sandbox, "GET", `/orders/wechat-pay/${number}`)).state

test("a code that waits is listed, opened and paid by hand; in English when asked", async () => {
  const { number, code } = await open("native")
  expect((await visit("/wallet")).text).toContain(encodeURIComponent(code))
  const { text } = await visit(`/wallet?code=${encodeURIComponent(code)}&lang=en`)
  expect(text).toContain("¥12.30")
  expect(text).toContain("WeChat Pay (demo)")
  expect((await decide({ order: number, decision: "cancel" })).status).toBe(200)
  expect(await stateOf(number)).toBe("open")
  expect(await (await decide({ order: number })).text()).toContain("✓")
  expect(await stateOf(number)).toBe("paid")
  expect((await decide({ order: number })).status).toBe(400)
})

test("WeChat Pay's page opens only from a merchant's page, and leads back there and nowhere else", async () => {
  const { number, address } = await open("h5")
  const back = `${bench.notices.url}/p/1`
  const withBack = `${address}&redirect_url=${encodeURIComponent(back)}`
  expect((await visit(withBack)).text).toContain("Referer")
  expect((await visit(withBack, "https://elsewhere.example/")).status).toBe(400)
  const page = await visit(withBack, `${bench.notices.url}/`)
  expect(page.text).toContain(`name="back" value="${back}"`)
  const foreign = await visit(`${address}&redirect_url=https%3A%2F%2Felsewhere.example%2F`, `${bench.notices.url}/`)
  expect(foreign.text).toContain('name="back" value=""')
  const paid = await decide({ order: number, back })
  expect(paid.status).toBe(303)
  expect(paid.headers.get("location")).toBe(back)
  expect((await decide({ order: number, back: "https://elsewhere.example/" })).headers.get("location")).toBeNull()
})

test("another site's page pays nothing, and an order of a wallet's own is not paid here", async () => {
  const { number } = await open("native")
  expect((await decide({ order: number }, "https://elsewhere.example")).status).toBe(403)
  const inWallet = jsapiOrder(bench, buyer)
  await wechatCall(bench.sandbox, { path: "/v3/pay/partner/transactions/jsapi", body: inWallet })
  expect((await decide({ order: String(inWallet.out_trade_no) })).status).toBe(400)
  expect(await stateOf(number)).toBe("open")
  expect((await visit("/wallet?code=weixin%3A%2F%2Fwxpay%2Fbizpayurl%3Fpr%3Dnothing")).status).toBe(400)
})
