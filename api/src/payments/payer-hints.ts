/**
 * What is known of payers before anybody knows of money: a phone's word that its wallet gave up, and the platform's
 * that an order is no more. Hints for the seller's screen (`down/hint`): they settle nothing and change no sale.
 */
import { paymentEvents } from "@suyuan/drizzle/schema/payments"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, asc, gte, inArray, lte, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { enqueue } from "../outbox"
import { arrayOf } from "../unnest"
import { type AttemptRow, attemptsOf, isLive, type SaleRow } from "./attempts"
import { appendEvents } from "./payment-events"

const hintKinds = ["payer/gave-up", "payer/came-back"] as const

/**
 * Of these attempts those whose payer gave up last, by number. Each payer's reports are counted too. Under the sale's
 * lock: so only the days are read on which a hint may lie, by one statement for any number of attempts.
 */
export async function giveUpsOf(
  ctx: Pick<Context, "clock">,
  tx: Transaction,
  made: readonly AttemptRow[],
): Promise<{ readonly isAway: (attempt: AttemptRow) => boolean; readonly reports: (attempt: AttemptRow) => number }> {
  const numbers = made.map(({ outTradeNo }) => outTradeNo)
  // A clock of another gateway may be past midnight already.
  const tomorrow = utcDay(new Date(ctx.clock.nowMs() + 86_400_000))
  const [oldest = tomorrow] = made.map(({ day }) => day).sort()
  const told = await tx
    .select({ outTradeNo: paymentEvents.outTradeNo, kind: paymentEvents.kind })
    .from(paymentEvents)
    .where(
      and(
        sql`${paymentEvents.outTradeNo} = ANY (${arrayOf("text", numbers)})`,
        gte(paymentEvents.day, oldest),
        lte(paymentEvents.day, tomorrow),
        inArray(paymentEvents.kind, [...hintKinds]),
      ),
    )
    .orderBy(asc(paymentEvents.at), asc(paymentEvents.id))
  const newest = new Map(told.map(({ outTradeNo, kind }) => [outTradeNo, kind]))
  return {
    isAway: ({ outTradeNo }) => newest.get(outTradeNo) === "payer/gave-up",
    reports: (attempt) =>
      told.filter(({ outTradeNo, kind }) => outTradeNo === attempt.outTradeNo && kind === "payer/gave-up").length,
  }
}

/** Tells the terminal that nobody is at it any more, as far as is known. Not while another payer may be. */
export async function tellWhenAllGaveUp(ctx: Context, tx: Transaction, sale: SaleRow): Promise<boolean> {
  if (sale.state !== "paying") return false
  const live = (await attemptsOf(tx, sale)).filter(isLive)
  const { isAway } = await giveUpsOf(ctx, tx, live)
  if (!live.every(isAway)) return false
  await tell(ctx, tx, sale, "gave-up")
  return true
}

/**
 * A payer begins, again or as one more. The terminal hears of it where it was told that nobody is at it; of the first
 * one the sale's own change tells.
 * @param before the sale's attempts without a new one
 */
export async function tellWhenBegunAgain(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  before: readonly AttemptRow[],
  own: AttemptRow | undefined,
): Promise<void> {
  if (sale.state !== "paying") return
  const live = before.filter(isLive)
  const { isAway } = await giveUpsOf(ctx, tx, live)
  if (own !== undefined && isAway(own)) {
    const { outTradeNo, siteId } = own
    await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "payer/came-back" }])
  }
  if (live.every(isAway)) await tell(ctx, tx, sale, "came-back")
}

async function tell(ctx: Context, tx: Transaction, sale: SaleRow, hint: "gave-up" | "came-back"): Promise<void> {
  const { counter, version } = sale
  const payload = { v: 1, counter, hint, version, atMs: ctx.clock.nowMs() }
  const recipient = terminalToHex(sale.terminalId)
  await enqueue(ctx, tx, [{ channel: "terminal", recipient, topic: "hint", version, payload }])
}
