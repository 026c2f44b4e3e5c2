/** `POST /v3/refund/domestic/refunds`: 200 means accepted; the end is told by a notification and by the query. */
import { randomInt } from "node:crypto"
import { z } from "zod"
import { wechat } from "../accounts"
import type { Order, Refund } from "../orders/order"
import { compactDay } from "../time/china-time"
import type { World } from "../world"
import { checkNotifyUrl, parseBody } from "./create-order"
import { paramError, wechatErrors } from "./error"

const partsMax = 50
const refundableMs = 365 * 24 * 3600 * 1000
const number = (max: number) =>
  z.string().regex(new RegExp(`^[0-9A-Za-z_\\-|*@]{1,${max}}$`), "只能是数字、大小写字母_-|*@")

const refundInput = z.object({
  sub_mchid: z.string().min(1).max(32).optional(),
  transaction_id: number(32).optional(),
  out_trade_no: number(32).optional(),
  out_refund_no: number(64),
  reason: z.string().min(1).max(80).optional(),
  notify_url: z.string().min(1).max(256).optional(),
  funds_account: z.literal("AVAILABLE").optional(),
  amount: z.object({
    refund: z.number().int("必须为整数，单位为分").min(1, "值低于最小值 1"),
    total: z.number().int("必须为整数，单位为分").min(1, "值低于最小值 1"),
    currency: z.literal("CNY"),
  }),
})

type RefundInput = z.output<typeof refundInput>

/** A service provider names its sub-merchant, a merchant by itself nobody. */
function payeeOf(signer: string, subMchid: string | undefined, location: "body" | "query"): string {
  if (signer !== wechat.spMchid) {
    if (subMchid !== undefined) throw paramError("/sub_mchid", subMchid, "直连商户不支持该参数", location)
    return signer
  }
  if (subMchid === undefined) throw paramError("/sub_mchid", "", "必填", location)
  return subMchid
}

function refundedOrder(world: World, signer: string, input: RefundInput): Order {
  const payeeNo = payeeOf(signer, input.sub_mchid, "body")
  if ((input.transaction_id === undefined) === (input.out_trade_no === undefined)) {
    throw paramError("/out_trade_no", "", "transaction_id和out_trade_no必须且只能填写一个")
  }
  const order =
    input.out_trade_no === undefined
      ? world.store.orderByTradeNo("wechat-pay", input.transaction_id ?? "")
      : world.store.order("wechat-pay", input.out_trade_no)
  if (order === undefined || order.payeeNo !== payeeNo || order.collector !== signer || order.state !== "paid") {
    throw wechatErrors.resourceNotExists("订单号不存在")
  }
  return order
}

function checkRefundable(world: World, order: Order, input: RefundInput, nowMs: number): void {
  const earlier = world.store.refundsOf("wechat-pay", order.orderNo)
  const taken = earlier
    .filter((refund) => refund.state === "processing" || refund.state === "succeeded")
    .reduce((sum, refund) => sum + refund.amountFen, 0)
  if (input.amount.total !== order.amountFen)
    throw wechatErrors.invalidRequest("订单金额或退款金额与之前请求不一致，请核实后再试")
  if (taken + input.amount.refund > order.amountFen)
    throw wechatErrors.invalidRequest("申请退款金额大于订单剩余可退金额")
  if (earlier.length >= partsMax) throw wechatErrors.invalidRequest("退款笔数已达上限")
  if (nowMs - (order.paidAtMs ?? 0) > refundableMs) throw wechatErrors.invalidRequest("订单已经超过可退款的最大期限")
}

export function createRefund(
  world: World,
  signer: string,
  body: unknown,
): { order: Order; refund: Refund; fresh: boolean } {
  const input = parseBody(refundInput, body)
  const order = refundedOrder(world, signer, input)
  const existing = world.store.refund("wechat-pay", input.out_refund_no)
  if (existing !== undefined) {
    const same = existing.orderNo === order.orderNo && existing.amountFen === input.amount.refund
    if (!same || input.amount.total !== order.amountFen) {
      throw wechatErrors.invalidRequest("订单金额或退款金额与之前请求不一致，请核实后再试")
    }
    return { order, refund: existing, fresh: false }
  }
  const now = world.settings.clockMs()
  checkRefundable(world, order, input, now)
  if (input.notify_url !== undefined) checkNotifyUrl(world, input.notify_url)
  const refund: Refund = {
    platform: "wechat-pay",
    orderNo: order.orderNo,
    refundNo: input.out_refund_no,
    refundId: `5030${randomInt(1e6, 1e7)}${compactDay(now)}${randomInt(1e8, 1e9)}`,
    amountFen: input.amount.refund,
    reason: input.reason ?? "",
    notifyUrl: input.notify_url ?? "",
    state: "processing",
    createdAtMs: now,
    dueAtMs: now + world.settings.schedule.refundSettleMs,
    settledAtMs: null,
  }
  world.store.saveRefund(refund)
  world.notifier.onDue()
  return { order, refund, fresh: true }
}

export function findRefund(
  world: World,
  signer: string,
  refundNo: string,
  subMchid: string | undefined,
): { order: Order; refund: Refund } {
  const payeeNo = payeeOf(signer, subMchid, "query")
  const refund = world.store.refund("wechat-pay", refundNo)
  const order = refund === undefined ? undefined : world.store.order("wechat-pay", refund.orderNo)
  if (refund === undefined || order === undefined || order.payeeNo !== payeeNo || order.collector !== signer) {
    throw wechatErrors.resourceNotExists("退款单不存在")
  }
  return { order, refund }
}
