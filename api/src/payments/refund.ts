import { type AttemptEvent, changeAttempt } from "@suyuan/protocol/payment/attempt-state"
import { applyRefund } from "@suyuan/protocol/payment/payment-state"
import type { Context, Transaction } from "../context"
import { raiseAlarm } from "./alarm"
import {
  type AttemptRow,
  findAttempt,
  lockRefund,
  lockSale,
  type RefundKey,
  type RefundRow,
  saleKeyOf,
  updateRefund,
} from "./attempts"
import { changeSale, settlementOf } from "./change-sale"
import { claimUntil } from "./due"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents, type PaymentEventDetail } from "./payment-events"
import { payeeOf } from "./payment-order"
import type { Outcome, PaymentProvider, PlatformRefund } from "./payment-provider"
import { prepareRefund } from "./prepare-refund"
import { nextRefundTryMs } from "./query-schedule"
import { recordRefunds } from "./record-refund"

/** So often a refund that the gateway itself owes is begun anew under another number when the platform ends it. */
const reissuesMax = 5

const words = {
  seller: "摊主退款",
  "second-payment": "重复付款自动退回",
  "after-close": "订单已关闭，自动退回",
  "wrong-amount": "金额不符，自动退回",
} as const satisfies Record<RefundRow["reason"], string>

/**
 * Moves a refund on by one step: sends it, repeats it under the same number while its outcome is unknown, asks after
 * it while the platform works on it. Called when it is made and then on the schedule until the outcome is known.
 */
export async function pursueRefund(ctx: Context, deps: PaymentDeps, key: RefundKey): Promise<RefundRow> {
  const refund = await noteTrying(ctx, key)
  if (refund.platform === "cash") return settleCashRefund(ctx, deps, key)
  if (refund.state !== "sent" && refund.state !== "open") return refund
  const attempt = await findAttempt(ctx.db, { outTradeNo: refund.outTradeNo, day: refund.attemptDay })
  if (attempt === undefined) throw new Error(`refund ${refund.outRefundNo} has lost its attempt`)
  const provider = deps.providers[refund.platform]
  const via = refund.state === "sent" ? "response" : "query"
  const outcome = await askFor(ctx, provider, refund, attempt)
  return ctx.db.transaction((tx) => applyRefundOutcome(ctx, deps, tx, refund, outcome, via))
}

async function askFor(
  ctx: Context,
  provider: PaymentProvider,
  refund: RefundRow,
  attempt: AttemptRow,
): Promise<Outcome<PlatformRefund>> {
  const { outTradeNo, outRefundNo } = refund
  const payee = await payeeOf(ctx.db, attempt)
  if (refund.state === "open") {
    const answer = await provider.queryRefund({ outTradeNo, outRefundNo, payee })
    if (answer.kind !== "succeeded" || answer.value.state !== "absent") return answer
  }
  // Under its own number it is the same refund, however often it is asked for.
  return provider.refund({
    outTradeNo,
    outRefundNo,
    payee,
    refundFen: refund.amountFen,
    totalFen: attempt.receivedFen ?? attempt.amountFen,
    reason: words[refund.reason],
  })
}

async function noteTrying(ctx: Context, key: RefundKey): Promise<RefundRow> {
  return ctx.db.transaction(async (tx) => {
    const found = await lockRefund(tx, key)
    if (found === undefined) throw new Error(`no refund ${key.outRefundNo}`)
    const { refund } = found
    const change = changeAttempt(refund.state, "sending")
    const sends = refund.platform !== "cash" && (change.kind === "applied" || refund.state === "sent")
    if (sends) {
      const { outTradeNo, outRefundNo, siteId } = refund
      await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind: "refund/sent" }])
    }
    const ended = ["succeeded", "failed", "closed"].includes(refund.state)
    return updateRefund(tx, refund, {
      ...(sends && change.kind === "applied" && { state: change.state }),
      tries: refund.tries + 1,
      nextTryAt: ended ? null : claimUntil(ctx),
    })
  })
}

function nextTry(ctx: Pick<Context, "clock" | "config">, refund: RefundRow): Date {
  return new Date(nextRefundTryMs(refund.tries, ctx.config.QUERY_SCHEDULE_SECONDS, ctx.clock.nowMs()))
}

async function settleCashRefund(ctx: Context, deps: PaymentDeps, key: RefundKey): Promise<RefundRow> {
  const given = { state: "succeeded", refundId: undefined } as const
  return ctx.db.transaction((tx) =>
    applyRefundOutcome(ctx, deps, tx, key, { kind: "succeeded", value: given }, "response"),
  )
}

const eventOf = {
  processing: "accepted",
  succeeded: "succeeded",
  closed: "closed",
  abnormal: "refused",
} as const satisfies Record<Exclude<PlatformRefund["state"], "absent">, AttemptEvent>

const kindOf = {
  open: "refund/open",
  unknown: "refund/unknown",
  failed: "refund/failed",
  succeeded: "refund/succeeded",
  closed: "refund/closed",
} as const

/** What an answer, a notification or a query says of a refund, taken in under the sale's lock; once, however often it comes. */
export async function applyRefundOutcome(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  key: RefundKey,
  outcome: Outcome<PlatformRefund>,
  via: "response" | "notification" | "query",
): Promise<RefundRow> {
  const found = await lockRefund(tx, key)
  if (found === undefined) throw new Error(`no refund ${key.outRefundNo}`)
  const { sale, refund } = found
  const change = changeAttempt(refund.state, refundEvent(outcome))
  if (change.kind !== "applied") {
    return refund.nextTryAt === null ? refund : updateRefund(tx, refund, { nextTryAt: nextTry(ctx, refund) })
  }
  const detail = detailOf(outcome, via)
  const { outTradeNo, outRefundNo, siteId } = refund
  if (change.state !== "prepared" && change.state !== "sent") {
    await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind: kindOf[change.state], detail }])
  }
  const ended = change.state === "succeeded" || change.state === "failed" || change.state === "closed"
  const changed = await updateRefund(tx, refund, {
    state: change.state,
    platformRefundId: detail.refundId ?? refund.platformRefundId,
    failureCode: change.state === "failed" ? (detail.code ?? "ABNORMAL") : null,
    nextTryAt: ended ? null : nextTry(ctx, refund),
    ...(change.state === "succeeded" && { succeededAt: new Date(ctx.clock.nowMs()) }),
  })
  if (change.state === "succeeded") {
    const money = applyRefund(settlementOf(sale), refund.state, refund.amountFen)
    await changeSale(ctx, tx, sale, money.settlement)
    if (money.kind === "overdrawn") {
      const { paidFen, refundedFen } = money.settlement
      const detail = { paidFen, refundedFen }
      await raiseAlarm(ctx, tx, "payments/refunded-too-much", { number: outRefundNo, siteId, detail })
    }
    await recordRefunds(ctx, deps, tx, sale)
  } else if (ended) {
    await raiseAlarm(ctx, tx, "payments/refund-failed", {
      number: outRefundNo,
      siteId,
      detail: { code: changed.failureCode ?? "CLOSED", reason: refund.reason },
    })
    if (change.state === "closed") await reissue(ctx, tx, changed)
  }
  return changed
}

function refundEvent(outcome: Outcome<PlatformRefund>): AttemptEvent {
  if (outcome.kind === "unknown") return "answer-missing"
  if (outcome.kind === "failed") return "refused"
  return outcome.value.state === "absent" ? "not-found" : eventOf[outcome.value.state]
}

function detailOf(outcome: Outcome<PlatformRefund>, via: "response" | "notification" | "query"): PaymentEventDetail {
  if (outcome.kind === "unknown")
    return { via, cause: outcome.cause, ...(outcome.code !== undefined && { code: outcome.code }) }
  if (outcome.kind === "failed") return { via, code: outcome.code }
  const refundId = outcome.value.state === "absent" ? undefined : outcome.value.refundId
  return { via, answer: outcome.value.state, ...(refundId !== undefined && { refundId }) }
}

/** The platform closed a refund that the gateway owes: begun again, under a number of its own. */
async function reissue(ctx: Context, tx: Transaction, closed: RefundRow): Promise<void> {
  if (closed.reason === "seller") return
  const attempt = await findAttempt(tx, { outTradeNo: closed.outTradeNo, day: closed.attemptDay })
  const sale = await lockSale(tx, saleKeyOf(closed))
  if (attempt === undefined || sale === undefined) throw new Error(`refund ${closed.outRefundNo} has lost its payment`)
  if (Number(closed.outRefundNo.slice(-2)) >= reissuesMax) return
  const { amountFen, reason, goods, lines, requestedBy } = closed
  await prepareRefund(ctx, tx, sale, attempt, { id: ctx.random.uuid(), amountFen, reason, goods, lines, requestedBy })
}
