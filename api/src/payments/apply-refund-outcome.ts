import { type AttemptEvent, changeAttempt } from "@suyuan/protocol/payment/attempt-state"
import { applyRefund } from "@suyuan/protocol/payment/payment-state"
import type { Context, Transaction } from "../context"
import { raiseAlarm } from "./alarm"
import {
  findAttempt,
  isLive,
  lockRefund,
  lockSale,
  type RefundKey,
  type RefundRow,
  saleKeyOf,
  updateRefund,
} from "./attempts"
import { changeSale, settlementOf } from "./change-sale"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents, type PaymentEventDetail } from "./payment-events"
import type { Outcome, PlatformRefund } from "./payment-provider"
import { prepareRefund } from "./prepare-refund"
import { nextPatientTryMs, nextRefundTryMs } from "./query-schedule"
import { recordRefunds } from "./record-refund"

/** So often a refund that the gateway itself owes is begun anew under another number when the platform ends it. */
const reissuesMax = 5

type Via = "response" | "notification" | "query"
type KnownOutcome = Exclude<Outcome<PlatformRefund>, { kind: "failed" }>

const eventOf = {
  processing: "accepted",
  succeeded: "succeeded",
  closed: "closed",
  abnormal: "gave-up",
  absent: "not-found",
} as const satisfies Record<PlatformRefund["state"], AttemptEvent>

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
  outcome: KnownOutcome,
  via: Via,
): Promise<RefundRow> {
  const found = await lockRefund(tx, key)
  if (found === undefined) throw new Error(`no refund ${key.outRefundNo}`)
  const { sale, refund } = found
  const event = outcome.kind === "unknown" ? "answer-missing" : eventOf[outcome.value.state]
  const change = changeAttempt(refund.state, event)
  if (change.kind !== "applied") {
    if (refund.nextTryAt === null) return refund
    return updateRefund(tx, refund, { failureCode: null, nextTryAt: nextTry(ctx, refund) })
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
    failureCode: change.state === "failed" ? "ABNORMAL" : null,
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

export type RefundRefusal = {
  readonly code: string
  readonly via: Via
  /** The platform has no such refund, and nothing is on its way that could make one. */
  readonly isCertain: boolean
}

/**
 * The platform refuses to give back, or to say. Only a seller's refund is ended by that, and only where it is certain:
 * what may have been taken before is asked after, and what the gateway owes is tried, for as long as it takes, with an
 * alarm.
 * @param tried as it was when this try began; where another has begun since, that one decides
 */
export async function applyRefundRefusal(
  ctx: Context,
  tx: Transaction,
  tried: RefundRow,
  { code, via, isCertain }: RefundRefusal,
): Promise<RefundRow> {
  const found = await lockRefund(tx, tried)
  if (found === undefined) throw new Error(`no refund ${tried.outRefundNo}`)
  const { refund } = found
  if (!isLive(refund)) return refund
  const isOver = isCertain && refund.reason === "seller" && refund.tries === tried.tries
  const change = changeAttempt(refund.state, isOver ? "refused" : "answer-missing")
  const state = change.kind === "applied" ? change.state : refund.state
  const { outTradeNo, outRefundNo, siteId, reason } = refund
  if (state === "failed" || tried.failureCode !== code) {
    const kind = state === "failed" ? "refund/failed" : "refund/refused"
    await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind, detail: { via, code } }])
    const alarm = state === "failed" ? "payments/refund-failed" : "payments/refund-refused"
    await raiseAlarm(ctx, tx, alarm, { number: outRefundNo, siteId, detail: { code, reason } })
  }
  const againAt = new Date(nextPatientTryMs(refund.createdAt.getTime(), ctx.clock.nowMs()))
  return updateRefund(tx, refund, { state, failureCode: code, nextTryAt: state === "failed" ? null : againAt })
}

function nextTry(ctx: Pick<Context, "clock" | "config">, refund: RefundRow): Date {
  return new Date(nextRefundTryMs(refund.tries, ctx.config.QUERY_SCHEDULE_SECONDS, ctx.clock.nowMs()))
}

function detailOf(outcome: KnownOutcome, via: Via): PaymentEventDetail {
  if (outcome.kind === "unknown")
    return { via, cause: outcome.cause, ...(outcome.code !== undefined && { code: outcome.code }) }
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
