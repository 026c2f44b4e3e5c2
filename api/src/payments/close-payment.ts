import { changeAttempt } from "@suyuan/protocol/payment/attempt-state"
import { closeSettlement, mayOpenAttempt } from "@suyuan/protocol/payment/payment-state"
import type { Context, Transaction } from "../context"
import { askPlatform, askToClose } from "./ask-platform"
import { type AttemptKey, type AttemptRow, attemptsOf, lockAttempt, type SaleRow, updateAttempt } from "./attempts"
import { changeSale, settlementOf } from "./change-sale"
import { claimAttemptAgain } from "./due"
import { tellWhenAllGaveUp } from "./payer-hints"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"
import type { Outcome, PlatformTrade } from "./payment-provider"
import { nextWatchMs } from "./query-schedule"
import { nextLook } from "./send-attempt"
import { settleLocked } from "./settle"

/**
 * Ends an attempt that should take no money: query, close, query. A payment that came first is found by the first
 * query, one that slipped in before the close by the second; one that comes even later by the watch, which calls this
 * again for 48 hours after expiry. Only what a query says is believed.
 */
export async function closePayment(ctx: Context, deps: PaymentDeps, attempt: AttemptRow): Promise<AttemptRow> {
  let answer = await askPlatform(ctx, deps, attempt)
  if (answer.kind === "succeeded" && answer.value.state === "open") {
    await claimAttemptAgain(ctx, attempt)
    await askToClose(ctx, deps, attempt)
    await claimAttemptAgain(ctx, attempt)
    answer = await askPlatform(ctx, deps, attempt)
  }
  return ctx.db.transaction((tx) => conclude(ctx, deps, tx, attempt, answer))
}

async function conclude(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  key: AttemptKey,
  answer: Outcome<PlatformTrade>,
): Promise<AttemptRow> {
  const found = await lockAttempt(tx, key)
  if (found === undefined) throw new Error(`no attempt ${key.outTradeNo}`)
  const { sale, attempt } = found
  const trade = answer.kind === "succeeded" ? answer.value : undefined
  if (trade?.state === "paid") {
    return (await settleLocked(ctx, deps, tx, found, { trade, via: "query" })).attempt
  }
  if (attempt.state === "succeeded") return attempt
  if (trade?.state === "closed" || trade?.state === "absent") {
    return recordClosed(ctx, tx, sale, attempt, trade.state)
  }
  return updateAttempt(tx, attempt, { nextQueryAt: nextLook(ctx, attempt) })
}

/** The platform will take no money for it. Also called when a query finds that it closed the order by itself. */
export async function recordClosed(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  attempt: AttemptRow,
  answer: "closed" | "absent",
): Promise<AttemptRow> {
  const change = changeAttempt(attempt.state, "closed")
  const { outTradeNo, siteId } = attempt
  if (change.kind === "applied") {
    await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "attempt/closed", detail: { answer } }])
  }
  // A create that was refused left nothing to be paid: looked at only until the sale is over.
  const nothingThere = attempt.state === "failed" && answer === "absent" && !mayOpenAttempt(settlementOf(sale))
  const closed = await updateAttempt(tx, attempt, {
    ...(change.kind === "applied" && { state: change.state, clientIp: null }),
    nextQueryAt: nothingThere ? null : nextWatch(ctx, attempt),
  })
  const isOver = await closeSaleWhenOver(ctx, tx, sale)
  if (!isOver && change.kind === "applied") await tellWhenAllGaveUp(ctx, tx, sale)
  return closed
}

function nextWatch(ctx: Pick<Context, "clock">, attempt: AttemptRow): Date | null {
  const times = { expiresAtMs: attempt.expiresAt.getTime(), watchUntilMs: attempt.watchUntil.getTime() }
  const nextMs = nextWatchMs(times, ctx.clock.nowMs())
  return nextMs === undefined ? null : new Date(nextMs)
}

/** A sale that nobody paid is over when no attempt may still take money and no further one may be opened. */
async function closeSaleWhenOver(ctx: Context, tx: Transaction, sale: SaleRow): Promise<boolean> {
  const openableUntilMs =
    Math.max(sale.effectiveAt.getTime(), sale.createdAt.getTime()) + ctx.config.SCAN_WINDOW_SECONDS * 1000
  if (ctx.clock.nowMs() < openableUntilMs) return false
  const made = await attemptsOf(tx, sale)
  const change = closeSettlement(
    settlementOf(sale),
    "expired",
    made.map((attempt) => attempt.state),
  )
  if (change.kind !== "applied") return false
  await changeSale(ctx, tx, sale, change.settlement)
  const last = made.at(-1)
  if (last === undefined) return true
  const { outTradeNo, siteId } = last
  await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "sale/closed", detail: { reason: "expired" } }])
  return true
}
