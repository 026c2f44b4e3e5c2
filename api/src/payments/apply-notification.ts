import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { raiseAlarm } from "./alarm"
import { applyRefundOutcome } from "./apply-refund-outcome"
import { type AttemptRow, attemptKeyOf, findAttempt, findRefund, lockAttempt, refundKeyOf } from "./attempts"
import { recordClosed } from "./close-payment"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents, type PaymentEvent } from "./payment-events"
import type { NotificationFault, NotificationMessage, Platform, PlatformNotice } from "./payment-provider"
import { settleLocked } from "./settle"

/** A platform waits 5 s for an answer; whatever is stuck by then is given back and comes again. */
const statementMsMax = 4000

export type NotificationOutcome =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly fault: NotificationFault | "notification/unknown-number" }

type PaymentNotice = Extract<PlatformNotice, { about: "payment" }>
type RefundNotice = Extract<PlatformNotice, { about: "refund" }>

/**
 * A platform's word about a payment or a refund. Nothing of it is believed before its signature; then number, payee
 * and amount are held against what we stored. Repeating it changes nothing. Calls no platform, so that it is
 * answered in time: what follows (closing other attempts, sending a refund back) is left to the jobs.
 */
export async function applyNotification(
  ctx: Context,
  deps: PaymentDeps,
  platform: Platform,
  message: NotificationMessage,
): Promise<NotificationOutcome> {
  const read = await deps.providers[platform].readNotification(message)
  if (!read.ok) return { accepted: false, fault: read.error }
  const notice = read.value
  switch (notice.about) {
    case "other":
      return { accepted: true }
    case "payment":
      return applyPaymentNotice(ctx, deps, platform, notice)
    case "refund":
      return applyRefundNotice(ctx, deps, platform, notice)
  }
}

async function applyPaymentNotice(
  ctx: Context,
  deps: PaymentDeps,
  platform: Platform,
  notice: PaymentNotice,
): Promise<NotificationOutcome> {
  const key = attemptKeyOf(notice.outTradeNo)
  if (key === undefined) return unknownNumber(ctx, notice.outTradeNo)
  return ctx.db.transaction(async (tx) => {
    const [, found] = await Promise.all([limitStatements(tx), lockAttempt(tx, key)])
    if (found?.attempt.platform !== platform) return unknownNumber(ctx, notice.outTradeNo)
    const { sale, attempt } = found
    if (!(await isPayee(ctx, tx, attempt, notice))) return { accepted: false, fault: "notification/not-ours" }
    const { trade } = notice
    const events = [received(attempt, trade.state)]
    if (trade.state === "paid") {
      await settleLocked(ctx, deps, tx, found, { trade, via: "notification", events })
      return { accepted: true }
    }
    await appendEvents(ctx, tx, events)
    if (attempt.state !== "succeeded") await recordClosed(ctx, tx, sale, attempt, "closed")
    return { accepted: true }
  })
}

async function applyRefundNotice(
  ctx: Context,
  deps: PaymentDeps,
  platform: Platform,
  notice: RefundNotice,
): Promise<NotificationOutcome> {
  const key = refundKeyOf(notice.outRefundNo)
  const refund = key && (await findRefund(ctx.db, key))
  const attemptKey = attemptKeyOf(notice.outTradeNo)
  const attempt = attemptKey && (await findAttempt(ctx.db, attemptKey))
  const related = refund !== undefined && refund.outTradeNo === notice.outTradeNo && refund.platform === platform
  if (attempt === undefined || !related) return unknownNumber(ctx, notice.outRefundNo)
  return ctx.db.transaction(async (tx) => {
    await limitStatements(tx)
    if (!(await isPayee(ctx, tx, attempt, notice))) return { accepted: false, fault: "notification/not-ours" }
    const { outRefundNo } = notice
    await appendEvents(ctx, tx, [{ ...received(attempt, notice.refund.state), outRefundNo }])
    await applyRefundOutcome(ctx, deps, tx, refund, { kind: "succeeded", value: notice.refund }, "notification")
    return { accepted: true }
  })
}

function unknownNumber(ctx: Context, number: string): NotificationOutcome {
  ctx.log.error({ number }, "a verified notification names a number that we do not have")
  return { accepted: false, fault: "notification/unknown-number" }
}

/** Signed by the platform, and still for somebody else's account: a mix-up that a person must see. */
async function isPayee(
  ctx: Context,
  tx: Transaction,
  attempt: AttemptRow,
  notice: PaymentNotice | RefundNotice,
): Promise<boolean> {
  const sameAccount = notice.payeeAccount === undefined || notice.payeeAccount === attempt.payeeAccount
  if (sameAccount && notice.directAccount === (attempt.payeeDirectAccount ?? undefined)) return true
  await raiseAlarm(ctx, tx, "payments/wrong-payee", { number: attempt.outTradeNo, siteId: attempt.siteId })
  return false
}

async function limitStatements(tx: Transaction): Promise<void> {
  await tx.execute(sql.raw(`SET LOCAL statement_timeout = ${statementMsMax}`))
}

function received({ outTradeNo, siteId }: AttemptRow, answer: string): PaymentEvent {
  return { outTradeNo, siteId, kind: "notification/received", detail: { answer } }
}
