import { changeAttempt } from "@suyuan/protocol/payment/attempt-state"
import type { Context, Transaction } from "../context"
import { raiseAlarm } from "./alarm"
import {
  type AttemptKey,
  type AttemptRow,
  isLive,
  type LockedAttempt,
  lockAttempt,
  type SaleRow,
  updateAttempt,
} from "./attempts"
import { claimUntil } from "./due"
import { tellWhenAllGaveUp } from "./payer-hints"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"
import { paymentOrderOf } from "./payment-order"
import type { Outcome } from "./payment-provider"
import { nextQueryMs } from "./query-schedule"

/**
 * Sends an attempt's order to its platform and stores the outcome. That it is being sent is committed first, so after
 * a crash at any point a query can tell what became of it. Sending a number again gives the same order.
 */
export async function sendAttempt(ctx: Context, deps: PaymentDeps, key: AttemptKey): Promise<AttemptRow> {
  const attempt = await noteSending(ctx, key)
  if (attempt.state !== "sent" && attempt.state !== "open") return attempt
  return (await sendNoted(ctx, deps, attempt)).attempt
}

/** The same for whoever has committed that it is being sent; with its sale, as it was when the answer was stored. */
export async function sendNoted(ctx: Context, deps: PaymentDeps, attempt: AttemptRow): Promise<LockedAttempt> {
  const order = await paymentOrderOf(ctx, ctx.db, attempt)
  const outcome = await deps.providers[attempt.platform].open(order)
  return recordOpening(ctx, attempt, outcome)
}

async function noteSending(ctx: Context, key: AttemptKey): Promise<AttemptRow> {
  return ctx.db.transaction(async (tx) => {
    const found = await lockAttempt(tx, key)
    if (found === undefined) throw new Error(`no attempt ${key.outTradeNo}`)
    const { attempt } = found
    const change = changeAttempt(attempt.state, "sending")
    if (!isLive(attempt)) return attempt
    const sending = await updateAttempt(tx, attempt, {
      ...(change.kind === "applied" && { state: change.state }),
      nextQueryAt: claimUntil(ctx),
    })
    await appendEvents(ctx, tx, [{ outTradeNo: key.outTradeNo, siteId: attempt.siteId, kind: "attempt/sent" }])
    return sending
  })
}

async function recordOpening(
  ctx: Context,
  key: AttemptKey,
  outcome: Outcome<{ readonly handle: string }>,
): Promise<LockedAttempt> {
  return ctx.db.transaction(async (tx) => {
    const found = await lockAttempt(tx, key)
    if (found === undefined) throw new Error(`no attempt ${key.outTradeNo}`)
    const { attempt, sale } = found
    const record = () => {
      switch (outcome.kind) {
        case "succeeded":
          return recordOpen(ctx, tx, sale, attempt, outcome.value.handle)
        case "failed":
          return recordRefusal(ctx, tx, sale, attempt, outcome.code)
        case "unknown":
          return recordUnknown(ctx, tx, sale, attempt, outcome.cause)
      }
    }
    return { sale, attempt: await record() }
  })
}

async function recordOpen(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  attempt: AttemptRow,
  handle: string,
): Promise<AttemptRow> {
  const now = new Date(ctx.clock.nowMs())
  const change = changeAttempt(attempt.state, "accepted")
  const learned = attempt.state === "open" && attempt.platformHandle === null
  if (change.kind !== "applied" && !learned) {
    // It ended while its order was on the way: the platform has an order now that nobody should pay.
    return attempt.state === "closed" ? updateAttempt(tx, attempt, { nextQueryAt: now }) : attempt
  }
  await appendEvents(ctx, tx, [{ outTradeNo: attempt.outTradeNo, siteId: attempt.siteId, kind: "attempt/open" }])
  return updateAttempt(tx, attempt, {
    state: "open",
    platformHandle: handle,
    nextQueryAt: nextLookAtOpen(ctx, sale, attempt),
  })
}

async function recordRefusal(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  attempt: AttemptRow,
  code: string,
): Promise<AttemptRow> {
  const change = changeAttempt(attempt.state, "refused")
  if (change.kind !== "applied") return attempt
  const { outTradeNo, siteId } = attempt
  await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "attempt/failed", detail: { code } }])
  await raiseAlarm(ctx, tx, "payments/platform-refused", { number: outTradeNo, siteId, detail: { code } })
  // Looked at once more at its expiry: the sale may be over by then.
  const refused = await updateAttempt(tx, attempt, {
    ...{ state: change.state, failureCode: code, nextQueryAt: attempt.expiresAt },
    clientIp: null,
  })
  await tellWhenAllGaveUp(ctx, tx, sale)
  return refused
}

/** Also for an attempt whose sending was cut off by a crash. */
export async function recordUnknown(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  attempt: AttemptRow,
  cause: string,
): Promise<AttemptRow> {
  const change = changeAttempt(attempt.state, "answer-missing")
  if (change.kind !== "applied") return attempt
  const { outTradeNo, siteId } = attempt
  await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "attempt/unknown", detail: { cause } }])
  return updateAttempt(tx, attempt, { state: change.state, nextQueryAt: nextLookAtOpen(ctx, sale, attempt) })
}

/** Whether its payer may still pay with it. One that is not wanted any more is to be closed at its platform. */
export function isWanted(ctx: Pick<Context, "clock">, sale: SaleRow, attempt: AttemptRow): boolean {
  const payable = sale.state === "presented" || sale.state === "paying"
  return payable && isLive(attempt) && ctx.clock.nowMs() < attempt.expiresAt.getTime()
}

/**
 * When to look again at what was open a moment ago. At once where its sale was paid or ended while the platform was
 * being asked: who settled it hurried this row then, and the schedule must not take that back.
 */
export function nextLookAtOpen(ctx: Pick<Context, "clock" | "config">, sale: SaleRow, attempt: AttemptRow): Date {
  return isWanted(ctx, sale, attempt) ? nextLook(ctx, attempt) : new Date(ctx.clock.nowMs())
}

export function nextLook(
  ctx: Pick<Context, "clock" | "config">,
  attempt: Pick<AttemptRow, "createdAt" | "expiresAt">,
): Date {
  const times = { createdAtMs: attempt.createdAt.getTime(), expiresAtMs: attempt.expiresAt.getTime() }
  return new Date(nextQueryMs(times, ctx.config.QUERY_SCHEDULE_SECONDS, ctx.clock.nowMs()))
}
