import { afterAll, beforeAll, expect, test } from "bun:test"
import {
  type Bench,
  control,
  jsapiOrder,
  type NewBuyer,
  newBuyer,
  openJsapi,
  startBench,
  until,
  wechatCall,
} from "../merchant"

let bench: Bench
let buyer: NewBuyer

beforeAll(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

const refundsPath = "/v3/refund/domestic/refunds"
type Answer = { status: string; code?: string; out_refund_no: string; amount: Record<string, number> }

async function paidOrder() {
  const order = jsapiOrder(bench, buyer)
  const bridge = await openJsapi(bench, order)
  await control(bench.sandbox, "POST", `/buyers/${buyer.id}/pay`, { bridge })
  return order
}

async function refund(order: Record<string, unknown>, refundFen: number, change: Record<string, unknown> = {}) {
  const body = {
    sub_mchid: order.sub_mchid,
    out_trade_no: order.out_trade_no,
    out_refund_no: `r${crypto.randomUUID()}`,
    notify_url: `${bench.notices.url}/notifications/refund`,
    amount: { refund: refundFen, total: 1230, currency: "CNY" },
    ...change,
  }
  const { response, text } = await wechatCall(bench.sandbox, { path: refundsPath, body })
  return { status: response.status, answer: JSON.parse(text) as Answer, body }
}

const find = async (refundNo: string) => {
  const { response, text } = await wechatCall(bench.sandbox, {
    path: `${refundsPath}/${refundNo}?sub_mchid=1900000109`,
  })
  return { status: response.status, answer: JSON.parse(text) as Answer }
}

const settled = (refundNo: string) =>
  until(async () => {
    const { answer } = await find(refundNo)
    return answer.status === "PROCESSING" ? undefined : answer
  }, "the refund's end")

test("is first accepted, then done, told and in the books", async () => {
  const before = await control<{ refundsFen: number }>(bench.sandbox, "GET", "/books")
  const order = await paidOrder()
  const { status, answer } = await refund(order, 230)
  expect([status, answer.status]).toEqual([200, "PROCESSING"])
  expect(await settled(answer.out_refund_no)).toMatchObject({ status: "SUCCESS", amount: { refund: 230, total: 1230 } })
  const notice = await until(
    () => bench.notices.received.find((one) => one.path.endsWith("/refund")),
    "a refund notification",
  )
  expect(JSON.parse(notice.body)).toMatchObject({ event_type: "REFUND.SUCCESS", resource: { original_type: "refund" } })
  const queried = await wechatCall(bench.sandbox, {
    path: `/v3/pay/partner/transactions/out-trade-no/${String(order.out_trade_no)}?sp_mchid=1900000001&sub_mchid=1900000109`,
  })
  expect(JSON.parse(queried.text)).toMatchObject({ trade_state: "REFUND" })
  const after = await control<{ refundsFen: number }>(bench.sandbox, "GET", "/books")
  expect(after.refundsFen - before.refundsFen).toBe(230)
})

test("the same refund number again is the same refund; with another amount it is refused", async () => {
  const order = await paidOrder()
  const { answer, body } = await refund(order, 100)
  await settled(answer.out_refund_no)
  const again = await refund(order, 100, { out_refund_no: body.out_refund_no })
  expect([again.status, again.answer.status]).toEqual([200, "SUCCESS"])
  const changed = await refund(order, 101, { out_refund_no: body.out_refund_no })
  expect([changed.status, changed.answer.code]).toEqual([400, "INVALID_REQUEST"])
})

test("no more goes back than was paid, counting refunds under way", async () => {
  const order = await paidOrder()
  expect((await refund(order, 1000)).status).toBe(200)
  const over = await refund(order, 231)
  expect([over.status, over.answer.code]).toEqual([400, "INVALID_REQUEST"])
  expect((await refund(order, 230)).status).toBe(200)
})

test("another total, an unpaid order and a missing refund are refused", async () => {
  const order = await paidOrder()
  const wrongTotal = await refund(order, 1, { amount: { refund: 1, total: 1229, currency: "CNY" } })
  expect([wrongTotal.status, wrongTotal.answer.code]).toEqual([400, "INVALID_REQUEST"])
  const unpaid = jsapiOrder(bench, buyer)
  await openJsapi(bench, unpaid)
  const early = await refund(unpaid, 1)
  expect([early.status, early.answer.code]).toEqual([404, "RESOURCE_NOT_EXISTS"])
  const missing = await find("neverMade")
  expect([missing.status, missing.answer.code]).toEqual([404, "RESOURCE_NOT_EXISTS"])
})

test("fault refund-abnormal ends a refund ABNORMAL, outside the books", async () => {
  const order = await paidOrder()
  await control(bench.sandbox, "POST", "/faults", { kind: "refund-abnormal", orderNo: order.out_trade_no })
  const { answer } = await refund(order, 10)
  expect(await settled(answer.out_refund_no)).toMatchObject({ status: "ABNORMAL" })
  expect(await control(bench.sandbox, "GET", `/orders/wechat-pay/${String(order.out_trade_no)}`)).toMatchObject({
    refundedFen: 0,
  })
})

test("what ended ABNORMAL is given back by hand, once; a query then says so", async () => {
  const order = await paidOrder()
  await control(bench.sandbox, "POST", "/faults", { kind: "refund-abnormal", orderNo: order.out_trade_no })
  const { answer } = await refund(order, 10)
  const number = String(answer.out_refund_no)
  await settled(answer.out_refund_no)
  const ofOrder = `/orders/wechat-pay/${String(order.out_trade_no)}`
  expect(await control(bench.sandbox, "POST", `${ofOrder}/refunds/${number}/by-hand`, {})).toMatchObject({
    state: "succeeded",
  })
  expect((await find(number)).answer).toMatchObject({ status: "SUCCESS" })
  expect(await control(bench.sandbox, "GET", ofOrder)).toMatchObject({ refundedFen: 10 })
})
