import { afterAll, beforeAll, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { AlipaySdk } from "alipay-sdk"
import { alipaySdk, type Bench, control, keyText, type NewBuyer, newBuyer, startBench } from "../merchant"

let bench: Bench
let buyer: NewBuyer
beforeAll(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

type Node = Record<string, string>

/** An app of a merchant that collects by itself. */
function ownApp(name: string): { readonly sdk: AlipaySdk; readonly sellerId: string; readonly appId: string } {
  const path = bench.sandbox.environment.ALIPAY_MERCHANTS_FILE ?? ""
  const list = JSON.parse(readFileSync(path, "utf8")) as {
    name: string
    appId: string
    sellerId: string
    privateKeyFile: string
  }[]
  const own = list.find((one) => one.name === name)
  if (own === undefined) throw new Error(`no ${name} in the list`)
  const sdk = new AlipaySdk({
    appId: own.appId,
    gateway: bench.sandbox.environment.ALIPAY_GATEWAY_URL ?? "",
    privateKey: readFileSync(join(dirname(path), own.privateKeyFile), "utf8").trim(),
    alipayPublicKey: keyText(bench.sandbox, "ALIPAY_PUBLIC_KEY_FILE"),
    keyType: "PKCS8",
    camelcase: false,
  })
  return { sdk, sellerId: own.sellerId, appId: own.appId }
}

const notify = () => ({ notify_url: `${bench.notices.url}/notifications/alipay` })
const order = (change: Record<string, unknown> = {}) => ({
  out_trade_no: `a_${crypto.randomUUID().replaceAll("-", "")}`,
  total_amount: "12.30",
  subject: "豆角 1 斤",
  ...change,
})
const wapOrder = (change: Record<string, unknown> = {}) =>
  order({ product_code: "QUICK_WAP_WAY", quit_url: "http://127.0.0.1/p/1", ...change })

async function exec(method: string, content: object, sdk = alipaySdk(bench.sandbox), more: object = {}): Promise<Node> {
  const parameters = { ...notify(), biz_content: content, ...more }
  return (await sdk.exec(method, parameters, { validateSign: true })) as unknown as Node
}

const addressOf = (content: object, sdk = alipaySdk(bench.sandbox)) =>
  sdk.pageExecute("alipay.trade.wap.pay", "GET", {
    ...notify(),
    returnUrl: "http://127.0.0.1/p/1",
    bizContent: content,
  })
const pay = (bridge: object) =>
  control<{ result: string; reason?: string }>(bench.sandbox, "POST", `/buyers/${buyer.id}/pay`, { bridge })

test("a code makes a trade only once it is scanned, and is paid by whoever scans it", async () => {
  const content = order()
  const made = await exec("alipay.trade.precreate", content)
  expect(made.qr_code).toMatch(/^https:\/\/qr\.alipay\.com\/[0-9a-f]{24}$/)
  expect(await exec("alipay.trade.precreate", content)).toMatchObject({ qr_code: made.qr_code })
  const changed = { ...content, total_amount: "1.00" }
  expect(await exec("alipay.trade.precreate", changed)).toMatchObject({ sub_code: "ACQ.CONTEXT_INCONSISTENT" })
  const number = { out_trade_no: content.out_trade_no }
  expect(await exec("alipay.trade.query", number)).toMatchObject({ sub_code: "ACQ.TRADE_NOT_EXIST" })
  expect(await exec("alipay.trade.close", number)).toMatchObject({ sub_code: "ACQ.TRADE_NOT_EXIST" })
  expect(await pay({ kind: "native", codeUrl: made.qr_code })).toMatchObject({ result: "paid" })
  expect(await exec("alipay.trade.query", number)).toMatchObject({
    ...{ trade_status: "TRADE_SUCCESS", buyer_open_id: buyer.alipayOpenId, total_amount: "12.30" },
  })
})

test("an address is checked like a call: signature, product, fields", async () => {
  const content = wapOrder()
  const address = addressOf(content)
  expect(await pay({ kind: "redirect", url: address.replace("12.30", "0.01") })).toMatchObject({
    reason: "prepay-unknown",
  })
  for (const wrong of [{ product_code: "JSAPI_PAY" }, { quit_url: undefined }, { total_amount: "0.00" }]) {
    expect(await pay({ kind: "redirect", url: addressOf(wapOrder(wrong)) })).toMatchObject({ reason: "prepay-unknown" })
  }
  const page = await fetch(addressOf(wapOrder({ subject: "a=b" })))
  expect(page.status).toBe(400)
  expect(await page.text()).toContain("ACQ.INVALID_PARAMETER")
  expect(await pay({ kind: "redirect", url: address })).toMatchObject({ result: "paid" })
  expect(await pay({ kind: "redirect", url: address })).toMatchObject({ result: "failed" })
})

test("a merchant's own app collects for its owner, needs no token and sees nothing of others", async () => {
  const { sdk, sellerId, appId } = ownApp("stall-a")
  const content = order()
  const made = await exec("alipay.trade.precreate", content, sdk)
  await pay({ kind: "native", codeUrl: made.qr_code })
  const number = { out_trade_no: content.out_trade_no }
  expect(await exec("alipay.trade.query", number, sdk)).toMatchObject({ trade_status: "TRADE_SUCCESS" })
  // Another app knows the person by another id.
  expect((await exec("alipay.trade.query", number, sdk)).buyer_open_id).not.toBe(buyer.alipayOpenId)
  const stored = await control<Node>(bench.sandbox, "GET", `/orders/alipay/${content.out_trade_no}`)
  expect(stored).toMatchObject({ collector: appId, payeeNo: sellerId })
  for (const other of [alipaySdk(bench.sandbox), ownApp("stall-b").sdk]) {
    expect(await exec("alipay.trade.query", number, other)).toMatchObject({ sub_code: "ACQ.TRADE_NOT_EXIST" })
    const refund = { ...number, refund_amount: "1.00", out_request_no: "r1" }
    expect(await exec("alipay.trade.refund", refund, other)).toMatchObject({ sub_code: "ACQ.TRADE_NOT_EXIST" })
  }
  const token = { app_auth_token: `sandbox-auth-${sellerId}` }
  expect(await exec("alipay.trade.query", number, sdk, token)).toMatchObject({ sub_code: "aop.invalid-app-auth-token" })
  expect(await exec("alipay.trade.refund", { ...number, refund_amount: "12.30" }, sdk)).toMatchObject({
    fund_change: "Y",
  })
})
