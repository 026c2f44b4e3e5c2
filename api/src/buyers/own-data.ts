import { bindings, buyerJoins, buyerSessions, purchaseProblems, shares } from "@suyuan/drizzle/schema/buyers"
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { messageConsents, recallNotices } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, gte, inArray, isNull, ne, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { arrayOf } from "../unnest"
import { ownIdentities } from "./own-identities"

/** No attempt stays open for longer: it expires within the day, and is closed. */
const openDaysMax = 4

/** How much of a person's is here: what the page says before anything is deleted. */
export type OwnData = {
  readonly identities: number
  readonly purchases: number
  readonly shares: number
  readonly sessions: number
  readonly leaves: number
  readonly notices: number
  readonly problems: number
  readonly bindings: number
  readonly joins: number
}

export async function readOwnData(
  ctx: Context,
  actor: Actor,
): Promise<OwnData & { readonly isPaymentUnderWay: boolean }> {
  requireBuyer(actor)
  const own = await ownIdentities(ctx.db, actor.id)
  return { ...(await countOwnData(ctx.db, own)), isPaymentUnderWay: await isPaymentUnderWay(ctx, ctx.db, own) }
}

export async function countOwnData(reader: Reader, own: readonly string[]): Promise<OwnData> {
  const ids = [...own]
  const paid = await paidSales(reader, own)
  const isJoined = sql`${buyerJoins.state} = 'active' AND (${inArray(buyerJoins.offeredBy, ids)} OR ${inArray(buyerJoins.claimedBy, ids)})`
  return {
    identities: ids.length,
    purchases: paid.length,
    shares: await reader.$count(shares, and(inArray(shares.buyerId, ids), isNull(shares.revokedAt))),
    sessions: await reader.$count(buyerSessions, inArray(buyerSessions.buyerId, ids)),
    leaves: await reader.$count(messageConsents, inArray(messageConsents.buyerId, ids)),
    notices: await reader.$count(recallNotices, inArray(recallNotices.buyerId, ids)),
    problems: await reader.$count(purchaseProblems, inArray(purchaseProblems.buyerId, ids)),
    bindings: await reader.$count(bindings, and(inArray(bindings.buyerId, ids), ne(bindings.state, "ended"))),
    joins: await reader.$count(buyerJoins, isJoined),
  }
}

export type PaidSale = {
  readonly record_id: string | null
  readonly refund_record_ids: readonly string[]
}

/** Every sale that one of these paid for, in the session or from outside, with the records that tell of it. */
export async function paidSales(reader: Reader, own: readonly string[]): Promise<readonly PaidSale[]> {
  const ids = arrayOf("uuid", own)
  return reader.execute<PaidSale>(sql`
    WITH paid AS (
      SELECT terminal_id, counter, day, record_id FROM ${sales} WHERE buyer_id = ANY (${ids}) AND state = 'paid'
      UNION
      SELECT own.terminal_id, own.counter, own.day, own.record_id FROM ${attempts} AS attempt
        JOIN ${sales} AS own ON own.terminal_id = attempt.terminal_id AND own.counter = attempt.counter
          AND own.day = attempt.sale_day AND own.settled_by = attempt.out_trade_no
        WHERE attempt.wallet_buyer_id = ANY (${ids})
    )
    SELECT encode(paid.record_id, 'hex') AS record_id, ARRAY(
      SELECT encode(refund.record_id, 'hex') FROM ${refunds} AS refund
      WHERE refund.terminal_id = paid.terminal_id AND refund.counter = paid.counter AND refund.record_id IS NOT NULL
    ) AS refund_record_ids FROM paid`)
}

/** Whoever pays must stay known until it is certain that they have, or have not. */
export async function isPaymentUnderWay(
  ctx: Pick<Context, "clock">,
  reader: Reader,
  own: readonly string[],
): Promise<boolean> {
  const since = utcDay(new Date(ctx.clock.nowMs() - openDaysMax * 86_400_000))
  const open = await reader
    .select({ number: attempts.outTradeNo })
    .from(attempts)
    .where(
      and(
        gte(attempts.day, since),
        inArray(attempts.buyerId, [...own]),
        inArray(attempts.state, ["prepared", "sent", "unknown", "open"]),
      ),
    )
    .limit(1)
  return open.length > 0
}
