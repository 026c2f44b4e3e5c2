import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { Faults, faultInput } from "@suyuan/sandbox/faults/faults"
import {
  alipaySdk,
  type Bench,
  control,
  jsapiOrder,
  jsapiPath,
  type NewBuyer,
  newBuyer,
  openJsapi,
  startBench,
  until,
  wechatCall,
} from "../merchant"

let bench: Bench
let buyer: NewBuyer

beforeEach(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
})
afterEach(() => bench.end())

const fault = (rule: Record<string, unknown>) =>
  control<Record<string, unknown>>(bench.sandbox, "POST", "/faults", rule)
const query = (order: Record<string, unknown>) =>
  wechatCall(bench.sandbox, {
    path: `/v3/pay/partner/transactions/out-trade-no/${String(order.out_trade_no)}?sp_mchid=1900000001&sub_mchid=1900000109`,
  })
const state = async (order: Record<string, unknown>) => {
  const answer = JSON.parse((await query(order)).text) as { trade_state?: string; code?: string }
  return answer.trade_state ?? answer.code
}
const pay = (bridge: unknown) =>
  control<Record<string, unknown>>(bench.sandbox, "POST", `/buyers/${buyer.id}/pay`, { bridge })

describe("for one order", () => {
  test("lost-request: the connection breaks and nothing was done; the next try works", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "lost-request", operation: "create", orderNo: order.out_trade_no })
    await expect(wechatCall(bench.sandbox, { path: jsapiPath, body: order })).rejects.toThrow()
    expect(await state(order)).toBe("ORDER_NOT_EXIST")
    expect((await wechatCall(bench.sandbox, { path: jsapiPath, body: order })).response.status).toBe(200)
  })

  test("lost-response: the connection breaks and everything was done", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "lost-response", operation: "create", orderNo: order.out_trade_no })
    await expect(wechatCall(bench.sandbox, { path: jsapiPath, body: order })).rejects.toThrow()
    await until(async () => ((await state(order)) === "NOTPAY" ? true : undefined), "the order")
  })

  test("a hanging loss stays silent until the caller gives up", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "lost-request", operation: "query", orderNo: order.out_trade_no, manner: "hang" })
    const path = `/v3/pay/partner/transactions/out-trade-no/${String(order.out_trade_no)}?sp_mchid=1900000001&sub_mchid=1900000109`
    const { wechatSdk } = await import("../merchant")
    const sdk = wechatSdk(bench.sandbox)
    const timestamp = String(Math.floor(Date.now() / 1000))
    const Authorization = sdk.getAuthorization("n", timestamp, sdk.getSignature("GET", "n", timestamp, path))
    const giveUp = new AbortController()
    const call = fetch(`${bench.sandbox.url}${path}`, {
      headers: { Authorization, Accept: "*/*" },
      signal: giveUp.signal,
    })
    await until(async () => {
      const { rules } = await control<{ rules: { struck: number }[] }>(bench.sandbox, "GET", "/faults")
      return rules[0]?.struck === 1 ? true : undefined
    }, "the request's arrival")
    giveUp.abort()
    await expect(call).rejects.toThrow()
  })

  test("delay: the answer comes after the work", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "delay", operation: "create", orderNo: order.out_trade_no, delayMs: 300 })
    const late = wechatCall(bench.sandbox, { path: jsapiPath, body: order })
    const first = await Promise.race([
      late.then(() => "answer"),
      until(async () => ((await state(order)) === "NOTPAY" ? "order" : undefined), "the order"),
    ])
    expect(first).toBe("order")
    expect((await late).response.status).toBe(200)
  })

  test("system-error and signature-probe leave the outcome to a query", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "system-error", operation: "create", orderNo: order.out_trade_no })
    const { response, text } = await wechatCall(bench.sandbox, { path: jsapiPath, body: order })
    expect([response.status, (JSON.parse(text) as { code: string }).code]).toEqual([500, "SYSTEM_ERROR"])
    await fault({ kind: "signature-probe", operation: "create", orderNo: order.out_trade_no })
    const probed = await wechatCall(bench.sandbox, { path: jsapiPath, body: order })
    expect(probed.response.headers.get("wechatpay-signature")).toStartWith("WECHATPAY/SIGNTEST/")
    expect(await state(order)).toBe("NOTPAY")
  })

  test("duplicate-notification: the same notification comes twice", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "duplicate-notification", orderNo: order.out_trade_no })
    await pay(await openJsapi(bench, order))
    await until(() => (bench.notices.received.length === 2 ? true : undefined), "two notifications")
    const ids = bench.notices.received.map((notice) => (JSON.parse(notice.body) as { id: string }).id)
    expect(ids[0]).toBe(String(ids[1]))
  })

  test("a notification whose acceptance gets lost comes again", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "lost-response", operation: "notify", orderNo: order.out_trade_no })
    await pay(await openJsapi(bench, order))
    await until(() => (bench.notices.received.length === 2 ? true : undefined), "two notifications")
  })

  test("no-notification: paid and silent", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "no-notification", orderNo: order.out_trade_no })
    await pay(await openJsapi(bench, order))
    expect(await state(order)).toBe("SUCCESS")
    const { notifications } = await control<{ notifications: { nextAtMs: null; lastAnswer: string }[] }>(
      bench.sandbox,
      "GET",
      "/notifications",
    )
    expect(notifications).toMatchObject([{ nextAtMs: null, lastAnswer: "not sent: fault no-notification" }])
    expect(bench.notices.received).toEqual([])
  })

  test("notification-first: told before create is answered, before pay is answered, before refund is answered", async () => {
    const order = jsapiOrder(bench, buyer)
    await fault({ kind: "notification-first", operation: "create", orderNo: order.out_trade_no })
    await openJsapi(bench, order)
    expect(bench.notices.received).toHaveLength(1)
    const second = jsapiOrder(bench, buyer)
    const bridge = await openJsapi(bench, second)
    await fault({ kind: "notification-first", operation: "pay", orderNo: second.out_trade_no })
    await pay(bridge)
    expect(bench.notices.received).toHaveLength(2)
    await fault({ kind: "notification-first", operation: "refund", orderNo: second.out_trade_no })
    const body = {
      sub_mchid: "1900000109",
      out_trade_no: second.out_trade_no,
      out_refund_no: "refund-first",
      notify_url: `${bench.notices.url}/r`,
      amount: { refund: 1, total: 1230, currency: "CNY" },
    }
    const { text } = await wechatCall(bench.sandbox, { path: "/v3/refund/domestic/refunds", body })
    expect(bench.notices.received).toHaveLength(3)
    expect(JSON.parse(text)).toMatchObject({ status: "PROCESSING" })
  })

  test("payment-after-close: money arrives on a closed order, once", async () => {
    const order = jsapiOrder(bench, buyer)
    const bridge = await openJsapi(bench, order)
    const path = `/v3/pay/partner/transactions/out-trade-no/${String(order.out_trade_no)}/close`
    await wechatCall(bench.sandbox, { path, body: { sp_mchid: "1900000001", sub_mchid: "1900000109" } })
    expect(await pay(bridge)).toMatchObject({ result: "failed", reason: "closed" })
    await fault({ kind: "payment-after-close", orderNo: order.out_trade_no })
    expect(await pay(bridge)).toMatchObject({ result: "paid" })
    expect(await state(order)).toBe("SUCCESS")
    await until(() => bench.notices.received[0], "a notification")
  })

  test("Alipay: a lost answer, ACQ.SYSTEM_ERROR, and a changed signature that alipay-sdk refuses", async () => {
    const sdk = alipaySdk(bench.sandbox)
    const create = (orderNo: string) =>
      sdk.exec(
        "alipay.trade.create",
        {
          notify_url: bench.notices.url,
          biz_content: {
            out_trade_no: orderNo,
            total_amount: "1.00",
            subject: "葱",
            product_code: "JSAPI_PAY",
            op_app_id: sdk.config.appId,
            buyer_id: buyer.alipayUserId,
          },
        },
        { validateSign: true },
      )
    // Twice, because urllib inside alipay-sdk repeats a broken connection once by itself.
    await fault({ kind: "lost-response", orderNo: "lost1", platform: "alipay", times: 2 })
    await expect(create("lost1")).rejects.toThrow("HttpClient Request error")
    await fault({ kind: "system-error", orderNo: "sys1" })
    expect(await create("sys1")).toMatchObject({ sub_code: "ACQ.SYSTEM_ERROR" })
    await fault({ kind: "signature-probe", orderNo: "forged1" })
    await expect(create("forged1")).rejects.toThrow("验签失败")
    const query = () =>
      sdk.exec("alipay.trade.query", { biz_content: { out_trade_no: "lost1" } }, { validateSign: true })
    await until(async () => ((await query()).trade_status === "WAIT_BUYER_PAY" ? true : undefined), "the trade")
  })
})

describe("by rate", () => {
  const occasion = (n: number) => ({ platform: "wechat-pay", operation: "create", numbers: [`order${n}`] }) as const
  const drawn = (seed: number, order: number[]) => {
    const faults = new Faults(seed)
    faults.add(faultInput.parse({ kind: "lost-response", rate: 0.3 }))
    return order.filter((n) => faults.strike("lost-response", occasion(n)) !== undefined).sort((a, b) => a - b)
  }
  const numbers = Array.from({ length: 400 }, (_, n) => n)

  test("strikes about its share, the same orders for the same seed in any sequence", () => {
    const struck = drawn(7, numbers)
    expect(struck.length).toBeGreaterThan(80)
    expect(struck.length).toBeLessThan(160)
    expect(drawn(7, numbers.toReversed())).toEqual(struck)
    expect(drawn(8, numbers)).not.toEqual(struck)
  })

  test("a wrong rule is refused with its reason, and clearing ends all", async () => {
    expect((await fault({ kind: "earthquake" })).error).toContain("kind")
    await fault({ kind: "system-error", rate: 1 })
    await control(bench.sandbox, "DELETE", "/faults")
    expect(await state({ out_trade_no: "nothing1" })).toBe("ORDER_NOT_EXIST")
  })
})
