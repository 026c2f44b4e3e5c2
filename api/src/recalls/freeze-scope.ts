import { buyerJoins, buyers } from "@suyuan/drizzle/schema/buyers"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { recallNotices, recallPiles, recalls } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import { eq, sql } from "drizzle-orm"
import { type Actor, gatewayActor, requireScope } from "../actor"
import type { Context, Transaction } from "../context"
import { recordDaySql } from "../ledger/record-day"
import { affectedLines } from "./read-affected"
import { findAffected, type RecallScopeAnswer, type ScopeTotals, scopeOf } from "./recall-scope"
import type { FrozenSources } from "./recall-set"
import type { Recall, ScopeMark } from "./record-step"

/** The scope as it stood when somebody decided by it. */
export type FrozenScope = {
  readonly asOfMs: number
  readonly digest: string
  readonly totals: ScopeTotals
  readonly piles: number
}

/** The whole scope of a recall, of every site. */
export function wholeScope(ctx: Context, tx: Transaction, recall: Recall): Promise<RecallScopeAnswer> {
  return scopeOf(ctx, tx, gatewayActor, recall.sources as FrozenSources, { limit: 1 })
}

/** Deciding is for who may touch every place that it reaches. */
export function requireEveryReached(actor: Actor, { siteId }: Recall, { piles }: RecallScopeAnswer): void {
  for (const site of new Set([siteId, ...piles.map((pile) => pile.siteId)])) requireScope(actor, "recalls:write", site)
}

export function markOf({ digest, totals }: FrozenScope | RecallScopeAnswer): ScopeMark {
  return { digest, sales: totals.sales, mayGrams: totals.mayGrams }
}

/** Keeps the scope with the version of the data that it came from. What was reached before stays reached. */
export async function freezeScope(tx: Transaction, recall: Recall, scope: RecallScopeAnswer): Promise<void> {
  const { asOfMs, digest, totals } = scope
  const frozen: FrozenScope = { asOfMs, digest, totals, piles: scope.piles.length }
  await tx.update(recalls).set({ frozen }).where(eq(recalls.id, recall.id))
  if (scope.piles.length === 0) return
  await tx
    .insert(recallPiles)
    .values(
      scope.piles.map(({ mustGrams: _, stock, ...pile }) => {
        return { ...pile, recallId: recall.id, stockMayGrams: stock.mayGrams }
      }),
    )
    .onConflictDoUpdate({
      target: [recallPiles.recallId, recallPiles.pileId],
      set: {
        sales: sql`excluded.sales`,
        mayGrams: sql`excluded.may_grams`,
        expectedGrams: sql`excluded.expected_grams`,
        claimedSales: sql`excluded.claimed_sales`,
        // What was to be held stays held: that it is thought to be gone is no reason to sell it.
        claimedGrams: sql`greatest(${recallPiles.claimedGrams}, excluded.claimed_grams)`,
        stockMayGrams: sql`greatest(${recallPiles.stockMayGrams}, excluded.stock_may_grams)`,
      },
    })
}

/**
 * One row an identity that calls such a sale its own (as hasPaid), in one statement: the session in which it was paid, the
 * wallet that paid from outside, and what their person joined with them. However many sales, none of them leaves the
 * database. Who has one already keeps it; where it was by the seller's word alone, and the books say so now too, it says that.
 */
export async function enlistBuyers(ctx: Context, tx: Transaction, recall: Recall): Promise<number> {
  const { runs } = await findAffected(tx, recall.sources as FrozenSources, ctx.clock.nowMs())
  if (runs.length === 0) return 0
  const now = new Date(ctx.clock.nowMs()).toISOString()
  const added = await tx.execute(sql`
    WITH RECURSIVE hit AS MATERIALIZED (${affectedLines(runs)}), paid AS MATERIALIZED (
      SELECT payer.buyer_id, hit.record_id, sale.day, hit.expected, hit.may = 0 AS is_claimed
      FROM hit JOIN ${sales} AS sale ON sale.record_id = hit.record_id AND sale.day = ${recordDaySql(sql`hit.record_id`)}
      LEFT JOIN ${attempts} AS attempt ON attempt.out_trade_no = sale.settled_by
        AND attempt.day BETWEEN hit.day - 2 AND hit.day + 2
      CROSS JOIN LATERAL (VALUES (sale.buyer_id), (attempt.wallet_buyer_id)) AS payer (buyer_id)
      WHERE payer.buyer_id IS NOT NULL
    ), own (payer_id, id) AS (
      SELECT DISTINCT buyer_id, buyer_id FROM paid
      UNION
      SELECT own.payer_id, other.id FROM own CROSS JOIN LATERAL (
        SELECT claimed_by AS id FROM ${buyerJoins} WHERE offered_by = own.id AND state = 'active'
        UNION ALL
        SELECT offered_by FROM ${buyerJoins} WHERE claimed_by = own.id AND state = 'active'
      ) AS other
    )
    INSERT INTO ${recallNotices} (id, recall_id, buyer_id, state, sale_record_id, sale_day, is_claimed, tries, next_try_at, created_at)
    SELECT DISTINCT ON (buyer.id) gen_random_uuid(), ${recall.id}::uuid, buyer.id, 'waiting', paid.record_id, paid.day,
      paid.is_claimed, 0, ${now}::timestamptz, ${now}::timestamptz
    FROM paid JOIN own ON own.payer_id = paid.buyer_id JOIN ${buyers} AS buyer ON buyer.id = own.id
    -- What the books say before what a seller says; then one's own payment: it permits an Alipay message.
    ORDER BY buyer.id, paid.is_claimed, own.id = own.payer_id DESC, paid.day DESC, paid.expected DESC, paid.record_id
    ON CONFLICT (recall_id, buyer_id) DO UPDATE
      SET is_claimed = false, sale_record_id = excluded.sale_record_id, sale_day = excluded.sale_day
      WHERE ${recallNotices}.is_claimed AND NOT excluded.is_claimed
    RETURNING id`)
  return added.length
}
