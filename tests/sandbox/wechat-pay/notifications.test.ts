import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createDecipheriv, createVerify, X509Certificate } from "node:crypto"
import {
  type Bench,
  control,
  jsapiOrder,
  jsapiPath,
  keyText,
  type NewBuyer,
  type Notice,
  newBuyer,
  openJsapi,
  payCall,
  startBench,
  until,
  wechatCall,
  wechatSdk,
} from "../merchant"

let bench: Bench
let buyer: NewBuyer

async function begin(options: Parameters<typeof startBench>[0] = {}) {
  bench = await startBench(options)
  buyer = await newBuyer(bench.sandbox)
}

beforeEach(() => begin())
afterEach(() => bench.end())

interface Sealed {
  id: string
  event_type: string
  resource: { ciphertext: string; associated_data: string; nonce: string; original_type: string }
}

/** Opens with Node's own GCM, whose `final` fails on a wrong tag: wechatpay-node-v3's decipher_gcm does not check it. */
function open(notice: Notice, flip = false): Record<string, unknown> {
  const { resource } = JSON.parse(notice.body) as Sealed
  const bytes = Buffer.from(resource.ciphertext, "base64")
  if (flip) bytes[0] = (bytes[0] ?? 0) ^ 1
  const decipher = createDecipheriv("aes-256-gcm", keyText(bench.sandbox, "WECHAT_PAY_API_V3_KEY_FILE"), resource.nonce)
  decipher.setAAD(Buffer.from(resource.associated_data)).setAuthTag(bytes.subarray(-16))
  return JSON.parse(decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8"))
}

function verified(notice: Notice, publicKey: string): boolean {
  const head = (name: string) => notice.headers.get(`wechatpay-${name}`) ?? ""
  return createVerify("RSA-SHA256")
    .update(`${head("timestamp")}\n${head("nonce")}\n${notice.body}\n`)
    .verify(publicKey, head("signature"), "base64")
}

const first = () => until(() => bench.notices.received[0], "a notification")
const pay = (bridge: unknown, more: Record<string, unknown> = {}) =>
  control<Record<string, unknown>>(bench.sandbox, "POST", `/buyers/${buyer.id}/pay`, { bridge, ...more })

describe("a payment", () => {
  test("is told encrypted and signed, with the total and what the payer paid", async () => {
    const order = jsapiOrder(bench, buyer, { attach: "stall 7" })
    expect(await pay(await openJsapi(bench, order), { couponFen: 30 })).toMatchObject({
      result: "paid",
      errMsg: "requestPayment:ok",
    })
    const notice = await first()
    expect(notice.path).toBe("/notifications/wechat-pay")
    expect(notice.headers.get("wechatpay-serial")).toBe(String(bench.sandbox.environment.WECHAT_PAY_PLATFORM_KEY_ID))
    expect(verified(notice, keyText(bench.sandbox, "WECHAT_PAY_PLATFORM_KEY_FILE"))).toBe(true)
    expect(open(notice)).toMatchObject({
      out_trade_no: order.out_trade_no,
      trade_state: "SUCCESS",
      attach: "stall 7",
      sub_mchid: "1900000109",
      amount: { total: 1230, payer_total: 1200, currency: "CNY" },
      payer: order.payer as Record<string, unknown>,
    })
    expect(() => open(notice, true)).toThrow()
  })

  test("is posted again until 200 or 204, as the same notification", async () => {
    bench.notices.answers.push({ status: 500, body: "" }, { status: 201, body: "" }, { status: 204, body: "" })
    await pay(await openJsapi(bench, jsapiOrder(bench, buyer)))
    await until(async () => {
      const { notifications } = await control<{ notifications: { acceptedAtMs: number | null }[] }>(
        bench.sandbox,
        "GET",
        "/notifications",
      )
      return notifications[0]?.acceptedAtMs ?? undefined
    }, "an acceptance")
    expect(bench.notices.received).toHaveLength(3)
    expect(new Set(bench.notices.received.map((notice) => (JSON.parse(notice.body) as Sealed).id)).size).toBe(1)
    expect(new Set(bench.notices.received.map((notice) => notice.headers.get("wechatpay-nonce"))).size).toBe(3)
  })

  test("cannot be made twice, and a paid order can be neither closed nor opened again", async () => {
    const order = jsapiOrder(bench, buyer)
    const bridge = await openJsapi(bench, order)
    await pay(bridge)
    expect(await pay(bridge)).toMatchObject({ result: "failed", reason: "paid" })
    const close = await wechatCall(bench.sandbox, {
      path: `/v3/pay/partner/transactions/out-trade-no/${String(order.out_trade_no)}/close`,
      body: { sp_mchid: order.sp_mchid, sub_mchid: order.sub_mchid },
    })
    expect([close.response.status, (JSON.parse(close.text) as { code: string }).code]).toEqual([400, "ORDERPAID"])
    await expect(openJsapi(bench, order)).rejects.toThrow("ORDERPAID")
  })
})

describe("the wallet checks the payment call", () => {
  test("a paySign over anything else is refused", async () => {
    const bridge = await openJsapi(bench, jsapiOrder(bench, buyer))
    expect(await pay({ ...bridge, nonceStr: "another" })).toMatchObject({ result: "failed", reason: "pay-sign-wrong" })
    expect(await pay({ ...bridge, signType: "MD5" })).toMatchObject({ result: "failed", reason: "sign-type-wrong" })
    expect(bench.notices.received).toEqual([])
  })

  test("a good paySign for another app's page is refused", async () => {
    const bridge = await openJsapi(bench, jsapiOrder(bench, buyer))
    const other = payCall(
      bench.sandbox,
      String(bench.sandbox.environment.WECHAT_MINI_APPID),
      bridge.package.slice("prepay_id=".length),
    )
    expect(await pay(other)).toMatchObject({ result: "failed", reason: "app-wrong" })
  })

  test("another buyer cannot pay it; leaving the sheet or failing leaves it open", async () => {
    const bridge = await openJsapi(bench, jsapiOrder(bench, buyer))
    const other = await newBuyer(bench.sandbox)
    const tried = await control(bench.sandbox, "POST", `/buyers/${other.id}/pay`, { bridge })
    expect(tried).toMatchObject({ result: "failed", reason: "payer-wrong" })
    expect(await pay(bridge, { decision: "cancel" })).toMatchObject({
      result: "cancelled",
      errMsg: "requestPayment:fail cancel",
    })
    expect(await pay(bridge, { decision: "refuse" })).toMatchObject({
      result: "refused",
      errMsg: "requestPayment:fail",
    })
    expect(await pay(bridge)).toMatchObject({ result: "paid" })
  })
})

test("time_expire ends the payment, not the query", async () => {
  let nowMs = Date.now()
  await bench.end()
  await begin({ clockMs: () => nowMs })
  const expiresAt = new Date(nowMs + 60_000).toISOString().replace(/\.\d+Z$/, "Z")
  const bridge = await openJsapi(bench, jsapiOrder(bench, buyer, { time_expire: expiresAt }))
  nowMs += 61_000
  expect(await pay(bridge)).toMatchObject({ result: "failed", reason: "expired" })
  expect(bench.notices.received).toEqual([])
})

test("a prepay_id lives two hours; the same request again gives a new one", async () => {
  let aheadMs = 0
  await bench.end()
  await begin({ clockMs: () => Date.now() + aheadMs })
  const order = jsapiOrder(bench, buyer)
  const bridge = await openJsapi(bench, order)
  aheadMs = 2 * 3600 * 1000 + 1000
  expect(await pay(bridge)).toMatchObject({ result: "failed", reason: "prepay-too-old" })
  const late = { path: jsapiPath, body: order, timestampSeconds: Math.floor((Date.now() + aheadMs) / 1000) }
  const renewed = JSON.parse((await wechatCall(bench.sandbox, late)).text) as { prepay_id: string }
  expect(await pay(payCall(bench.sandbox, String(order.sp_appid), renewed.prepay_id))).toMatchObject({ result: "paid" })
})

describe("platform keys", () => {
  test("in certificate mode the certificate is fetched encrypted and verifies what is signed", async () => {
    await bench.end()
    await begin({ keyMode: "certificate" })
    const sdk = wechatSdk(bench.sandbox)
    sdk.createHttp({
      get: async (url: string, headers: Record<string, string>) => {
        const response = await fetch(url.replace("https://api.mch.weixin.qq.com", bench.sandbox.url), { headers })
        return { status: response.status, data: await response.json() }
      },
      post: () => Promise.reject(new Error("not used")),
      upload: () => Promise.reject(new Error("not used")),
    })
    const [certificate] = await sdk.get_certificates(keyText(bench.sandbox, "WECHAT_PAY_API_V3_KEY_FILE"))
    expect(certificate?.serial_no).toBe(String(bench.sandbox.environment.WECHAT_PAY_PLATFORM_KEY_ID))
    const pem = keyText(bench.sandbox, "WECHAT_PAY_PLATFORM_KEY_FILE")
    expect(new X509Certificate(pem).serialNumber).toBe(String(certificate?.serial_no))
    await pay(await openJsapi(bench, jsapiOrder(bench, buyer)))
    const notice = await first()
    expect(notice.headers.get("wechatpay-serial")).toBe(String(certificate?.serial_no))
    expect(verified(notice, certificate?.publicKey ?? "")).toBe(true)
  })

  test("a merchant set up for the public key has no certificates", async () => {
    const { response, text } = await wechatCall(bench.sandbox, { path: "/v3/certificates" })
    expect([response.status, (JSON.parse(text) as { code: string }).code]).toEqual([404, "RESOURCE_NOT_EXISTS"])
  })

  test("during a migration both keys arrive", async () => {
    await bench.end()
    await begin({ keyMode: "migration" })
    const serials = new Set<string | null>()
    for (let i = 0; i < 4; i += 1) {
      const { response } = await wechatCall(bench.sandbox, { path: "/v3/certificates" })
      serials.add(response.headers.get("wechatpay-serial"))
    }
    expect(serials.size).toBe(2)
  })
})
