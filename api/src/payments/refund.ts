import type { Context, Transaction } from "../context"
import { applyRefundOutcome, applyRefundRefusal } from "./apply-refund-outcome"
import { findAttempt, isLive, lockRefund, type RefundKey, type RefundRow, updateRefund } from "./attempts"
import { claimRefundAgain, claimUntil } from "./due"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"
import { payeeOf } from "./payment-order"
import type { Outcome, PaymentProvider, PlatformRefund } from "./payment-provider"

const words = {
  seller: "摊主退款",
  "second-payment": "重复付款自动退回",
  "after-close": "订单已关闭，自动退回",
  "wrong-amount": "金额不符，自动退回",
} as const satisfies Record<RefundRow["reason"], string>

/**
 * Moves a refund on by one step: sends it, and from then on asks after it and sends it again, under the same number, only
 * where the platform has none. Called when it is made and then on the schedule until the outcome is known.
 */
export async function pursueRefund(ctx: Context, deps: PaymentDeps, key: RefundKey): Promise<RefundRow> {
  const refund = await noteTrying(ctx, key)
  if (refund.platform === "cash") return settleCashRefund(ctx, deps, key)
  if (!isLive(refund)) return refund
  const platform = await callsOf(ctx, deps.providers[refund.platform], refund)
  // Before the first request there is nothing to ask after.
  const { outcome, ...how } =
    refund.tries === 1 ? answered(await platform.send(), true) : await askAgain(ctx, platform, refund)
  return ctx.db.transaction((tx) =>
    outcome.kind === "failed"
      ? applyRefundRefusal(ctx, tx, refund, { ...how, code: outcome.code })
      : applyRefundOutcome(ctx, deps, tx, refund, outcome, how.via),
  )
}

type Calls = Record<"send" | "query", () => Promise<Outcome<PlatformRefund>>>

async function callsOf(ctx: Context, provider: PaymentProvider, refund: RefundRow): Promise<Calls> {
  const attempt = await findAttempt(ctx.db, { outTradeNo: refund.outTradeNo, day: refund.attemptDay })
  if (attempt === undefined) throw new Error(`refund ${refund.outRefundNo} has lost its attempt`)
  const { outTradeNo, outRefundNo, amountFen: refundFen } = refund
  const reference = { outTradeNo, outRefundNo, payee: await payeeOf(ctx.db, attempt) }
  const totalFen = attempt.receivedFen ?? attempt.amountFen
  return {
    // Under its own number it is the same refund, however often it is asked for.
    send: () => provider.refund({ ...reference, refundFen, totalFen, reason: words[refund.reason] }),
    query: () => provider.queryRefund(reference),
  }
}

type Answer = {
  readonly outcome: Outcome<PlatformRefund>
  readonly via: "response" | "query"
  /** Of a refusal: it is certain that the platform has no such refund. */
  readonly isCertain: boolean
}

const answered = (outcome: Outcome<PlatformRefund>, isCertain = false): Answer => ({
  ...{ outcome, via: "response", isCertain },
})
const found = (outcome: Outcome<PlatformRefund>): Answer => ({ outcome, via: "query", isCertain: false })
const isAbsent = (answer: Outcome<PlatformRefund>) => answer.kind === "succeeded" && answer.value.state === "absent"

/**
 * Of a request that was sent before nobody knows what became of it, or the platform is at work on it: what a repetition
 * meets with says nothing of the first. It is certain that there is none when the try before met with a refusal as well,
 * so that no request is on its way since a minute, and the platform knows of none even after this one.
 */
async function askAgain(ctx: Context, { send, query }: Calls, refund: RefundRow): Promise<Answer> {
  const before = await query()
  if (!isAbsent(before) || !(await noteSendingAgain(ctx, refund))) return found(before)
  const again = await send()
  if (again.kind !== "failed" || refund.failureCode === null) return answered(again)
  await claimRefundAgain(ctx, refund)
  const after = await query()
  return isAbsent(after) ? answered(again, true) : found(after)
}

async function noteTrying(ctx: Context, key: RefundKey): Promise<RefundRow> {
  return ctx.db.transaction(async (tx) => {
    const locked = await lockRefund(tx, key)
    if (locked === undefined) throw new Error(`no refund ${key.outRefundNo}`)
    const { refund } = locked
    const isFirst = refund.platform !== "cash" && refund.state === "prepared"
    if (isFirst) await noteSending(ctx, tx, refund)
    return updateRefund(tx, refund, {
      ...(isFirst && { state: "sent" }),
      tries: refund.tries + 1,
      nextTryAt: isLive(refund) ? claimUntil(ctx) : null,
    })
  })
}

/** The refusal before is forgotten: of this request nothing is known until it is answered. */
async function noteSendingAgain(ctx: Context, tried: RefundRow): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const refund = (await lockRefund(tx, tried))?.refund
    if (refund === undefined || !isLive(refund) || refund.tries !== tried.tries) return false
    await noteSending(ctx, tx, refund)
    await updateRefund(tx, refund, { failureCode: null, nextTryAt: claimUntil(ctx) })
    return true
  })
}

async function noteSending(ctx: Context, tx: Transaction, refund: RefundRow): Promise<void> {
  const { outTradeNo, outRefundNo, siteId } = refund
  await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind: "refund/sent" }])
}

async function settleCashRefund(ctx: Context, deps: PaymentDeps, key: RefundKey): Promise<RefundRow> {
  const given = { state: "succeeded", refundId: undefined } as const
  return ctx.db.transaction((tx) =>
    applyRefundOutcome(ctx, deps, tx, key, { kind: "succeeded", value: given }, "response"),
  )
}
