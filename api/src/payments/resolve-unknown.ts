import { changeAttempt } from "@suyuan/protocol/payment/attempt-state"
import type { Context, Transaction } from "../context"
import { askPlatform } from "./ask-platform"
import { type AttemptKey, type AttemptRow, lockAttempt, type SaleRow, updateAttempt } from "./attempts"
import { closePayment, recordClosed } from "./close-payment"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"
import type { PlatformTrade } from "./payment-provider"
import { isWanted, nextLookAtOpen, recordUnknown, sendAttempt } from "./send-attempt"
import { settleLocked } from "./settle"

/**
 * Finds out what became of an attempt and does what follows: called on the schedule, when something made it due, and
 * when its payer asks again. An order that the platform does not have is sent again under its number, never failed;
 * an attempt that is no longer wanted (expired, or the sale paid, cancelled or settled in cash) is closed.
 */
export async function resolveAttempt(ctx: Context, deps: PaymentDeps, key: AttemptKey): Promise<AttemptRow> {
  const { attempt, wanted } = await ctx.db.transaction((tx) => look(ctx, tx, key))
  if (attempt.state === "succeeded") return attempt
  if (!wanted) return closePayment(ctx, deps, attempt)
  if (attempt.state === "prepared") return sendAttempt(ctx, deps, attempt)
  const answer = await askPlatform(ctx, deps, attempt)
  const trade = answer.kind === "succeeded" ? answer.value : undefined
  const learned = await ctx.db.transaction((tx) => learn(ctx, deps, tx, key, trade))
  return learned.sendAgain ? sendAttempt(ctx, deps, key) : learned.attempt
}

async function look(ctx: Context, tx: Transaction, key: AttemptKey) {
  const found = await lockAttempt(tx, key)
  if (found === undefined) throw new Error(`no attempt ${key.outTradeNo}`)
  // Sent, and due already: whoever sent it was cut off or is overdue.
  const attempt =
    found.attempt.state === "sent" ? await recordUnknown(ctx, tx, found.sale, found.attempt, "overdue") : found.attempt
  return { attempt, wanted: isWanted(ctx, found.sale, attempt) }
}

type Learned = { readonly attempt: AttemptRow; readonly sendAgain: boolean }

async function learn(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  key: AttemptKey,
  trade: PlatformTrade | undefined,
): Promise<Learned> {
  const found = await lockAttempt(tx, key)
  if (found === undefined) throw new Error(`no attempt ${key.outTradeNo}`)
  const { sale, attempt } = found
  if (attempt.state === "succeeded") return { attempt, sendAgain: false }
  const lookAgain = () => updateAttempt(tx, attempt, { nextQueryAt: nextLookAtOpen(ctx, sale, attempt) })
  switch (trade?.state) {
    case "paid":
      return { attempt: (await settleLocked(ctx, deps, tx, found, { trade, via: "query" })).attempt, sendAgain: false }
    case "closed":
      return { attempt: await recordClosed(ctx, tx, sale, attempt, "closed"), sendAgain: false }
    case "open":
      return recordKnown(ctx, tx, sale, attempt)
    case "absent": {
      const sendAgain = changeAttempt(attempt.state, "not-found").kind === "send-again"
      return { attempt: await lookAgain(), sendAgain: sendAgain && isWanted(ctx, sale, attempt) }
    }
    case undefined:
      return { attempt: await lookAgain(), sendAgain: false }
  }
}

/** The platform has the order. What the phone pays with came in the answer that was lost: asked for again. */
async function recordKnown(ctx: Context, tx: Transaction, sale: SaleRow, attempt: AttemptRow): Promise<Learned> {
  const change = changeAttempt(attempt.state, "accepted")
  const { outTradeNo, siteId } = attempt
  if (change.kind === "applied") {
    await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "attempt/open", detail: { via: "query" } }])
  }
  const known = await updateAttempt(tx, attempt, {
    ...(change.kind === "applied" && { state: change.state }),
    nextQueryAt: nextLookAtOpen(ctx, sale, attempt),
  })
  return { attempt: known, sendAgain: known.state === "open" && known.platformHandle === null }
}
