import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { createVerify } from "node:crypto"
import {
  type Bench,
  jsapiOrder,
  jsapiPath,
  keyText,
  type NewBuyer,
  newBuyer,
  startBench,
  wechatCall,
} from "../merchant"

let bench: Bench
let buyer: NewBuyer

beforeAll(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

function verified(response: Response, text: string): boolean {
  const head = (name: string) => response.headers.get(`wechatpay-${name}`) ?? ""
  return createVerify("RSA-SHA256")
    .update(`${head("timestamp")}\n${head("nonce")}\n${text}\n`)
    .verify(keyText(bench.sandbox, "WECHAT_PAY_PLATFORM_KEY_FILE"), head("signature"), "base64")
}

const refusal = (text: string) =>
  JSON.parse(text) as { code: string; message: string; detail?: Record<string, unknown> }
const queryPath = (no: unknown, sub = "1900000109") =>
  `/v3/pay/partner/transactions/out-trade-no/${String(no)}?sp_mchid=1900000001&sub_mchid=${sub}`
const closePath = (no: unknown) => `/v3/pay/partner/transactions/out-trade-no/${String(no)}/close`
const parties = { sp_mchid: "1900000001", sub_mchid: "1900000109" }

describe("signatures", () => {
  test("a call signed by wechatpay-node-v3 is accepted, and the answer is signed", async () => {
    const { response, text } = await wechatCall(bench.sandbox, { path: jsapiPath, body: jsapiOrder(bench, buyer) })
    expect(response.status).toBe(200)
    expect(refusal(text)).toEqual({ prepay_id: expect.stringMatching(/^wx\d{14}[0-9a-f]{20}$/) } as never)
    expect(response.headers.get("wechatpay-serial")).toStartWith("PUB_KEY_ID_0")
    expect(verified(response, text)).toBe(true)
  })

  test("the order of the authorization fields does not matter", async () => {
    const body = jsapiOrder(bench, buyer)
    const { response: first } = await wechatCall(bench.sandbox, { path: jsapiPath, body })
    expect(first.status).toBe(200)
    const sdkOrder = await wechatCall(bench.sandbox, { path: queryPath(body.out_trade_no), headers: {} })
    expect(sdkOrder.response.status).toBe(200)
    const { wechatSdk } = await import("../merchant")
    const sdk = wechatSdk(bench.sandbox)
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = sdk.getSignature("GET", "n", timestamp, queryPath(body.out_trade_no))
    const serial = bench.sandbox.environment.WECHAT_PAY_SERIAL
    const turned = `WECHATPAY2-SHA256-RSA2048 signature="${signature}",serial_no="${serial}",nonce_str="n", timestamp="${timestamp}",mchid="1900000001"`
    const { response } = await wechatCall(bench.sandbox, {
      path: queryPath(body.out_trade_no),
      headers: { Authorization: turned },
    })
    expect(response.status).toBe(200)
  })

  test("a body changed by one byte after signing is refused with the signed text's beginning", async () => {
    const body = jsapiOrder(bench, buyer)
    const sentBody = JSON.stringify(body).replace("1230", "1231")
    const { response, text } = await wechatCall(bench.sandbox, { path: jsapiPath, body, sentBody })
    expect(response.status).toBe(401)
    expect(refusal(text)).toMatchObject({
      code: "SIGN_ERROR",
      message: "错误的签名，验签失败",
      detail: {
        field: "signature",
        location: "authorization",
        detail: { issue: "sign not match" },
        sign_information: { method: "POST", url: jsapiPath },
      },
    })
    expect(verified(response, text)).toBe(true)
  })

  test.each([
    ["no header", { Authorization: "" }, "格式错误"],
    ["another scheme", { Authorization: 'Bearer mchid="1"' }, "格式错误"],
    ["a field twice", { Authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1",mchid="1"' }, "格式错误"],
  ])("%s is refused", async (_name, headers, words) => {
    const { response, text } = await wechatCall(bench.sandbox, { path: queryPath("nothing1"), headers })
    expect(response.status).toBe(401)
    expect(refusal(text).code).toBe("SIGN_ERROR")
    expect(refusal(text).message).toContain(words)
  })

  // The sandbox reads it later than it was written: one of the future comes nearer meanwhile.
  test.each([-301, 330])("a timestamp %i s off is refused, though the signature is good", async (offSeconds) => {
    const timestampSeconds = Math.floor(Date.now() / 1000) + offSeconds
    const { response, text } = await wechatCall(bench.sandbox, { path: queryPath("nothing1"), timestampSeconds })
    expect(response.status).toBe(401)
    expect(refusal(text).message).toContain("5分钟")
  })

  test("an unknown certificate serial is refused", async () => {
    const { wechatSdk } = await import("../merchant")
    const sdk = wechatSdk(bench.sandbox)
    const timestamp = String(Math.floor(Date.now() / 1000))
    const good = sdk.getAuthorization("n", timestamp, sdk.getSignature("GET", "n", timestamp, queryPath("nothing1")))
    const Authorization = good.replace(/serial_no="[^"]+"/, `serial_no="${"7".repeat(40)}"`)
    const { response, text } = await wechatCall(bench.sandbox, {
      path: queryPath("nothing1"),
      headers: { Authorization },
    })
    expect(response.status).toBe(401)
    expect(refusal(text).message).toContain("商户证书序列号有误")
  })
})

describe("creating an order", () => {
  test.each([
    ["amount of 0", { amount: { total: 0, currency: "CNY" } }, 400, "PARAM_ERROR"],
    ["amount with a fraction", { amount: { total: 12.5, currency: "CNY" } }, 400, "PARAM_ERROR"],
    ["another currency", { amount: { total: 1, currency: "USD" } }, 400, "PARAM_ERROR"],
    ["a short order number", { out_trade_no: "abc12" }, 400, "PARAM_ERROR"],
    ["an order number of 33", { out_trade_no: "a".repeat(33) }, 400, "PARAM_ERROR"],
    ["a space in the order number", { out_trade_no: "abc 12345" }, 400, "PARAM_ERROR"],
    ["a description of 128", { description: "菜".repeat(128) }, 400, "PARAM_ERROR"],
    ["a notify_url with a query", { notify_url: "http://127.0.0.1:1/x?y=1" }, 400, "PARAM_ERROR"],
    ["a notify_url on another machine", { notify_url: "https://example.com/x" }, 400, "PARAM_ERROR"],
    ["a past time_expire", { time_expire: "2020-01-01T00:00:00+08:00" }, 400, "PARAM_ERROR"],
    ["a time_expire of another form", { time_expire: "2099-01-01 00:00:00" }, 400, "PARAM_ERROR"],
    ["an unknown app", { sp_appid: "wx0000000000000000" }, 400, "APPID_MCHID_NOT_MATCH"],
    ["another app's openid", { payer: { sp_openid: "oNobodyAtAll" } }, 500, "OPENID_MISMATCH"],
    ["no payer", { payer: {} }, 400, "PARAM_ERROR"],
    ["another service provider", { sp_mchid: "1900000002" }, 403, "NO_AUTH"],
    ["an unknown sub-merchant", { sub_mchid: "1800000000" }, 400, "MCH_NOT_EXISTS"],
  ])("refuses %s", async (_name, change, status, code) => {
    const { response, text } = await wechatCall(bench.sandbox, {
      path: jsapiPath,
      body: jsapiOrder(bench, buyer, change),
    })
    expect([response.status, refusal(text).code]).toEqual([status, code])
  })

  test("PARAM_ERROR names field, value and place", async () => {
    const body = jsapiOrder(bench, buyer, { amount: { total: 0, currency: "CNY" } })
    const { text } = await wechatCall(bench.sandbox, { path: jsapiPath, body })
    expect(refusal(text).detail).toMatchObject({ location: "body", field: "/amount/total", value: 0 })
  })

  test("a mini-program's page pays through sub_appid and sub_openid", async () => {
    const miniAppId = String(bench.sandbox.environment.WECHAT_MINI_APPID)
    const body = jsapiOrder(bench, buyer, { sub_appid: miniAppId, payer: { sub_openid: buyer.openids[miniAppId] } })
    const { response } = await wechatCall(bench.sandbox, { path: jsapiPath, body })
    expect(response.status).toBe(200)
  })

  test("the same request again is the same order; with another amount its number is used", async () => {
    const body = jsapiOrder(bench, buyer)
    const first = await wechatCall(bench.sandbox, { path: jsapiPath, body })
    const second = await wechatCall(bench.sandbox, { path: jsapiPath, body })
    expect(second.text).toBe(first.text)
    const changed = { ...body, amount: { total: 1231, currency: "CNY" } }
    const { response, text } = await wechatCall(bench.sandbox, { path: jsapiPath, body: changed })
    expect([response.status, refusal(text).code]).toEqual([403, "OUT_TRADE_NO_USED"])
  })
})

describe("query and close", () => {
  test("an open order is NOTPAY, closes with a signed 204, and is CLOSED for good", async () => {
    const body = jsapiOrder(bench, buyer)
    await wechatCall(bench.sandbox, { path: jsapiPath, body })
    const open = await wechatCall(bench.sandbox, { path: queryPath(body.out_trade_no) })
    expect(JSON.parse(open.text)).toMatchObject({
      trade_state: "NOTPAY",
      out_trade_no: body.out_trade_no,
      amount: { total: 1230 },
    })
    const closed = await wechatCall(bench.sandbox, { path: closePath(body.out_trade_no), body: parties })
    expect([closed.response.status, closed.text]).toEqual([204, ""])
    expect(verified(closed.response, "")).toBe(true)
    const after = await wechatCall(bench.sandbox, { path: queryPath(body.out_trade_no) })
    expect(JSON.parse(after.text)).toMatchObject({ trade_state: "CLOSED" })
    const again = await wechatCall(bench.sandbox, { path: closePath(body.out_trade_no), body: parties })
    expect(refusal(again.text).code).toBe("ORDER_CLOSED")
    const reopened = await wechatCall(bench.sandbox, { path: jsapiPath, body })
    expect([reopened.response.status, refusal(reopened.text).code]).toEqual([400, "ORDER_CLOSED"])
  })

  test("an order that is not there, or another sub-merchant's, does not exist", async () => {
    const body = jsapiOrder(bench, buyer)
    await wechatCall(bench.sandbox, { path: jsapiPath, body })
    for (const path of [queryPath("neverMade1"), queryPath(body.out_trade_no, "1900000110")]) {
      const { response, text } = await wechatCall(bench.sandbox, { path })
      expect([response.status, refusal(text).code]).toEqual([404, "ORDER_NOT_EXIST"])
    }
  })

  test("a query without sub_mchid is a parameter error", async () => {
    const path = "/v3/pay/partner/transactions/out-trade-no/neverMade1?sp_mchid=1900000001"
    const { response, text } = await wechatCall(bench.sandbox, { path })
    expect([response.status, refusal(text).code]).toEqual([400, "PARAM_ERROR"])
  })

  test("an order number with * and | travels percent-encoded in the path", async () => {
    const body = jsapiOrder(bench, buyer, { out_trade_no: `a*b|${Date.now()}` })
    await wechatCall(bench.sandbox, { path: jsapiPath, body })
    const { response } = await wechatCall(bench.sandbox, {
      path: queryPath(encodeURIComponent(String(body.out_trade_no))),
    })
    expect(response.status).toBe(200)
  })
})
