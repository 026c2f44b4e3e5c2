import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { alipaySdk, type Bench, control, type NewBuyer, newBuyer, startBench, until } from "../merchant"

let bench: Bench
let buyer: NewBuyer
let aheadMs = 0

beforeAll(async () => {
  bench = await startBench({ clockMs: () => Date.now() + aheadMs })
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

type Node = Record<string, string>

async function exec(
  method: string,
  bizContent: Record<string, unknown>,
  more: Record<string, string> = {},
): Promise<Node> {
  const sdk = alipaySdk(bench.sandbox)
  return (await sdk.exec(
    method,
    { notify_url: `${bench.notices.url}/notifications/alipay`, biz_content: bizContent, ...more },
    { validateSign: true },
  )) as unknown as Node
}

const trade = (change: Record<string, unknown> = {}) => ({
  out_trade_no: `a_${crypto.randomUUID().replaceAll("-", "")}`,
  total_amount: "12.30",
  subject: "豆角 1 斤",
  product_code: "JSAPI_PAY",
  op_app_id: bench.sandbox.environment.ALIPAY_APP_ID,
  buyer_open_id: buyer.alipayOpenId,
  ...change,
})

const pay = (tradeNo: string | undefined, more: Record<string, unknown> = {}) =>
  control<Record<string, unknown>>(bench.sandbox, "POST", `/buyers/${buyer.id}/pay`, {
    bridge: { kind: "alipay", tradeNo },
    ...more,
  })

const noticeOf = (outTradeNo: string, status: string, from = 0) =>
  until(() => {
    const found = bench.notices.received.slice(from).find((one) => {
      const form = new URLSearchParams(one.body)
      return form.get("out_trade_no") === outTradeNo && form.get("trade_status") === status
    })
    return found === undefined ? undefined : Object.fromEntries(new URLSearchParams(found.body))
  }, `${status} for ${outTradeNo}`)

test("alipay-sdk creates, queries, is told, refunds and asks for the refund, checking every signature", async () => {
  const order = trade()
  const created = await exec("alipay.trade.create", order)
  expect(created).toMatchObject({ code: "10000", out_trade_no: order.out_trade_no })
  expect(await exec("alipay.trade.query", { out_trade_no: order.out_trade_no })).toMatchObject({
    trade_status: "WAIT_BUYER_PAY",
  })
  expect(await pay(created.trade_no)).toMatchObject({ result: "paid", resultCode: "9000" })
  const notice = await noticeOf(order.out_trade_no, "TRADE_SUCCESS")
  expect(notice).toMatchObject({
    total_amount: "12.30",
    seller_id: "2088000000000001",
    app_id: order.op_app_id,
    buyer_open_id: buyer.alipayOpenId,
  })
  const sdk = alipaySdk(bench.sandbox)
  const filled = Object.fromEntries(Object.entries(notice).filter(([, value]) => value !== ""))
  expect(sdk.checkNotifySignV2(filled)).toBe(true)
  expect(sdk.checkNotifySignV2({ ...filled, total_amount: "12.31" })).toBe(false)
  expect(await exec("alipay.trade.query", { trade_no: created.trade_no })).toMatchObject({
    trade_status: "TRADE_SUCCESS",
    receipt_amount: "12.30",
  })
  const refund = { out_trade_no: order.out_trade_no, refund_amount: "2.30", out_request_no: "r1" }
  expect(await exec("alipay.trade.refund", refund)).toMatchObject({ fund_change: "Y", refund_fee: "2.30" })
  expect(await exec("alipay.trade.refund", refund)).toMatchObject({ fund_change: "N", refund_fee: "2.30" })
  const asked = await exec("alipay.trade.fastpay.refund.query", {
    out_trade_no: order.out_trade_no,
    out_request_no: "r1",
  })
  expect(asked).toMatchObject({ refund_status: "REFUND_SUCCESS", refund_amount: "2.30" })
  const unknown = await exec("alipay.trade.fastpay.refund.query", {
    out_trade_no: order.out_trade_no,
    out_request_no: "r2",
  })
  expect([unknown.code, unknown.refund_status]).toEqual(["10000", undefined])
  await exec("alipay.trade.refund", { ...refund, refund_amount: "10.00", out_request_no: "r3" })
  expect(await exec("alipay.trade.query", { out_trade_no: order.out_trade_no })).toMatchObject({
    trade_status: "TRADE_CLOSED",
  })
})

describe("refusals", () => {
  const refused = async (
    method: string,
    content: Record<string, unknown>,
    subCode: string,
    more: Record<string, string> = {},
  ) => {
    const node = await exec(method, content, more)
    expect([node.code, node.sub_code]).toEqual([subCode.startsWith("ACQ.") ? "40004" : (node.code ?? ""), subCode])
  }

  test.each([
    ["a slash in the subject", { subject: "a/b" }, "ACQ.INVALID_PARAMETER"],
    ["a dash in the order number", { out_trade_no: "a-b" }, "ACQ.INVALID_PARAMETER"],
    ["another product", { product_code: "FAST_INSTANT_TRADE_PAY" }, "ACQ.INVALID_PARAMETER"],
    ["no buyer", { buyer_open_id: undefined }, "ACQ.INVALID_PARAMETER"],
    ["an unknown buyer", { buyer_open_id: "nobody" }, "ACQ.INVALID_PARAMETER"],
    ["an amount of 0", { total_amount: "0.00" }, "ACQ.TOTAL_FEE_EXCEED"],
    ["three decimals", { total_amount: "1.001" }, "ACQ.INVALID_PARAMETER"],
    ["buyer and seller the same", { buyer_open_id: undefined, buyer_id: "2088000000000001" }, "ACQ.BUYER_SELLER_EQUAL"],
  ])("%s", async (_name, change, subCode) => refused("alipay.trade.create", trade(change), subCode))

  test("the same order number with another amount, and after payment or close", async () => {
    const order = trade()
    const created = await exec("alipay.trade.create", order)
    expect((await exec("alipay.trade.create", order)).trade_no).toBe(String(created.trade_no))
    await refused("alipay.trade.create", { ...order, total_amount: "12.31" }, "ACQ.CONTEXT_INCONSISTENT")
    await exec("alipay.trade.close", { out_trade_no: order.out_trade_no })
    await refused("alipay.trade.create", order, "ACQ.TRADE_HAS_CLOSE")
    await refused("alipay.trade.close", { out_trade_no: order.out_trade_no }, "ACQ.TRADE_STATUS_ERROR")
    const paid = trade()
    await pay((await exec("alipay.trade.create", paid)).trade_no)
    await refused("alipay.trade.create", paid, "ACQ.TRADE_HAS_SUCCESS")
    await refused("alipay.trade.close", { out_trade_no: paid.out_trade_no }, "ACQ.TRADE_STATUS_ERROR")
    const over = { out_trade_no: paid.out_trade_no, refund_amount: "12.31", out_request_no: "x" }
    await refused("alipay.trade.refund", over, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    await exec("alipay.trade.refund", { ...over, refund_amount: "1.00" })
    await refused("alipay.trade.refund", { ...over, refund_amount: "1.01" }, "ACQ.DISCORDANT_REPEAT_REQUEST")
  })

  test("a trade that is not there, or another merchant's", async () => {
    await refused("alipay.trade.query", { out_trade_no: "nothing" }, "ACQ.TRADE_NOT_EXIST")
    const order = trade()
    await exec("alipay.trade.create", order, { app_auth_token: "sandbox-auth-2088000000000042" })
    await refused("alipay.trade.query", { out_trade_no: order.out_trade_no }, "ACQ.TRADE_NOT_EXIST")
    await refused("alipay.trade.query", { out_trade_no: "x" }, "aop.invalid-app-auth-token", {
      app_auth_token: "made up",
    })
    const own = await exec(
      "alipay.trade.query",
      { out_trade_no: order.out_trade_no },
      { app_auth_token: "sandbox-auth-2088000000000042" },
    )
    expect(own.trade_status).toBe("WAIT_BUYER_PAY")
  })

  test("a call signed by another key is refused with the text that should have been signed", async () => {
    const sdk = alipaySdk(bench.sandbox)
    const { generateKeyPairSync } = await import("node:crypto")
    sdk.config.privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString()
    const node = (await sdk.exec(
      "alipay.trade.query",
      { biz_content: { out_trade_no: "x" } },
      { validateSign: true },
    )) as unknown as Node
    expect([node.code, node.sub_code]).toEqual(["40002", "isv.invalid-signature"])
    expect(node.sub_msg).toContain("app_id=2021000100000001&biz_content=")
  })

  test("another app, an unknown method", async () => {
    const sdk = alipaySdk(bench.sandbox)
    sdk.config.appId = "2021000100000002"
    const node = (await sdk.exec("alipay.trade.query", { biz_content: { out_trade_no: "x" } })) as unknown as Node
    expect(node.sub_code).toBe("isv.invalid-app-id")
    expect((await exec("alipay.trade.pay", { out_trade_no: "x" })).sub_code).toBe("isv.invalid-method")
  })
})

test("a trade is told again until the answer is exactly success", async () => {
  bench.notices.answers.push(
    { status: 200, body: "SUCCESS" },
    { status: 200, body: "success\n" },
    { status: 200, body: "success" },
  )
  const order = trade()
  await pay((await exec("alipay.trade.create", order)).trade_no)
  const ids = await until(() => {
    const forms = bench.notices.received.map((one) => new URLSearchParams(one.body))
    const own = forms
      .filter((form) => form.get("out_trade_no") === order.out_trade_no)
      .map((form) => form.get("notify_id"))
    return own.length >= 3 ? own : undefined
  }, "three posts")
  expect(new Set(ids).size).toBe(1)
})

test("a trade not paid in time closes by itself and says so", async () => {
  const order = trade({ timeout_express: "1m" })
  const created = await exec("alipay.trade.create", order)
  aheadMs += 61_000
  expect(await noticeOf(order.out_trade_no, "TRADE_CLOSED")).toMatchObject({ trade_no: created.trade_no })
  expect(await pay(created.trade_no)).toMatchObject({ result: "failed", reason: "closed", resultCode: "4000" })
})

test("cancelling answers 6001 and leaves the trade open", async () => {
  const created = await exec("alipay.trade.create", trade())
  expect(await pay(created.trade_no, { decision: "cancel" })).toMatchObject({ result: "cancelled", resultCode: "6001" })
  expect(await pay(created.trade_no)).toMatchObject({ result: "paid" })
})
