import { bindings, buyers } from "@suyuan/drizzle/schema/buyers"
import { bindingProposals } from "@suyuan/drizzle/schema/matching"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { and, inArray, lt, sql } from "drizzle-orm"
import type { Context } from "../context"
import { utcDay } from "../day"
import { arrayOf } from "../unnest"

const dayMs = 86_400_000

/** What makes a wallet look like a merchant's at one wholesale stall: so often, on so many days, so heavy each time. */
export const merchantLike = { windowDays: 14, purchases: 5, days: 3, leastGrams: 20_000 } as const

/** Weights are told in steps of this: enough to judge by, too coarse to find a purchase by. */
const stepGrams = 10_000

/** A proposal that nobody answered and nothing renewed is forgotten. */
const keptDays = 30

const proposalsMax = 500

/**
 * Proposes to operators that a wallet which buys at a wholesale stall as a merchant would be bound. It binds nothing, and
 * tells nobody who it is: only wholesale sites are looked at, one stall at a time, and what is kept are counts under a
 * name that means nothing at another stall. Who holds the wallet binds it, by the code on a terminal, or does not.
 * Returns how many were proposed.
 */
export async function proposeBindings(ctx: Context): Promise<number> {
  const found = await findMerchantLike(ctx)
  const proposedAt = new Date(ctx.clock.nowMs())
  let proposed = 0
  for (const one of found) {
    const id = ctx.random.uuid()
    const counts = {
      purchases: one.purchases,
      days: one.days,
      leastGrams: Math.floor(one.least_grams / stepGrams) * stepGrams,
      commodities: one.commodities,
      lastDay: one.last_day,
    }
    const [row] = await ctx.db
      .insert(bindingProposals)
      .values({
        ...{ id, siteId: one.site_id, sellerMerchantId: one.seller, ...counts },
        ...{ pseudonym: pseudonymOf(ctx, one.seller, one.wallet), state: "new", proposedAt },
      })
      // One that was dismissed stays so.
      .onConflictDoUpdate({
        target: [bindingProposals.sellerMerchantId, bindingProposals.pseudonym],
        set: counts,
        setWhere: inArray(bindingProposals.state, ["new", "invited"]),
      })
      .returning({ id: bindingProposals.id })
    if (row?.id === id) proposed += 1
  }
  await closeBound(ctx)
  await forgetOld(ctx)
  return proposed
}

function pseudonymOf(ctx: Pick<Context, "keys">, sellerMerchantId: string, walletId: string): string {
  return ctx.keys.fingerprint(`binding-proposal:${sellerMerchantId}:${walletId}`)
}

type MerchantLike = {
  readonly site_id: string
  readonly seller: string
  readonly wallet: string
  readonly purchases: number
  readonly days: number
  readonly least_grams: number
  readonly commodities: number
  readonly last_day: string
}

/** Counts of bulk purchases, by wholesale stall and wallet; wallets that are bound, or were the stall's own, are no question. */
async function findMerchantLike(ctx: Context): Promise<MerchantLike[]> {
  const since = utcDay(new Date(ctx.clock.nowMs() - merchantLike.windowDays * dayMs))
  return ctx.db.execute<MerchantLike>(sql`
    WITH bulk AS (
      SELECT sale.site_id, sale.merchant_id AS seller, sale.terminal_id, sale.counter, sale.buyer_id, sale.settled_by,
        ((sale.effective_at - make_interval(mins => site.day_starts_at_minutes)) AT TIME ZONE site.zone)::date AS business_day,
        goods.grams, goods.codes
      FROM ${sites} AS site
      JOIN ${merchants} AS stall ON stall.site_id = site.id
      JOIN ${sales} AS sale ON sale.merchant_id = stall.id AND sale.day >= ${since}::date AND sale.issued_at >= ${since}::date
      JOIN LATERAL (
        SELECT sum(item.grams_low) AS grams, array_agg(DISTINCT item.commodity) AS codes FROM ${saleLines} AS item
        WHERE item.terminal_id = sale.terminal_id AND item.counter = sale.counter AND item.day = sale.day
      ) AS goods ON goods.grams >= ${merchantLike.leastGrams}::bigint
      WHERE site.kind = 'wholesale' AND sale.state = 'paid' AND sale.buyer_merchant_id IS NULL AND sale.buyer_id IS NOT NULL
    ), bought AS (
      SELECT bulk.*, coalesce(attempt.wallet_buyer_id, bulk.buyer_id) AS wallet
      FROM bulk LEFT JOIN ${attempts} AS attempt ON attempt.out_trade_no = bulk.settled_by AND attempt.day >= ${since}::date - 1
    ), kinds AS (
      SELECT seller, wallet, count(DISTINCT code)::integer AS commodities FROM bought, unnest(codes) AS code GROUP BY seller, wallet
    )
    SELECT site_id, seller, wallet, count(*)::integer AS purchases, count(DISTINCT business_day)::integer AS days,
      min(grams)::float8 AS least_grams, max(business_day)::text AS last_day, commodities
    FROM bought JOIN kinds USING (seller, wallet)
    WHERE NOT EXISTS (SELECT FROM ${bindings} AS bound WHERE bound.buyer_id = bought.wallet AND bound.state = 'active')
      AND EXISTS (SELECT FROM ${buyers} AS known WHERE known.id = bought.wallet AND known.platform <> 'web')
    GROUP BY site_id, seller, wallet, commodities
    HAVING count(*) >= ${merchantLike.purchases}::integer AND count(DISTINCT business_day) >= ${merchantLike.days}::integer
    ORDER BY count(*) DESC LIMIT ${proposalsMax}`)
}

/** A wallet that was bound meanwhile is no question any more. Named are those alone that bought at a stall in question. */
async function closeBound(ctx: Context): Promise<void> {
  const open = await ctx.db
    .select({
      id: bindingProposals.id,
      seller: bindingProposals.sellerMerchantId,
      pseudonym: bindingProposals.pseudonym,
    })
    .from(bindingProposals)
    .where(inArray(bindingProposals.state, ["new", "invited"]))
  if (open.length === 0) return
  const bound = await boundMeanwhile(ctx, [...new Set(open.map(({ seller }) => seller))])
  const names = new Set(bound.map(({ seller, wallet }) => `${seller} ${pseudonymOf(ctx, seller, wallet)}`))
  const ids = open.filter(({ seller, pseudonym }) => names.has(`${seller} ${pseudonym}`)).map(({ id }) => id)
  if (ids.length === 0) return
  const decidedAt = new Date(ctx.clock.nowMs())
  await ctx.db.update(bindingProposals).set({ state: "bound", decidedAt }).where(inArray(bindingProposals.id, ids))
}

function boundMeanwhile(ctx: Context, sellers: readonly string[]) {
  const nowMs = ctx.clock.nowMs()
  const boundSince = new Date(nowMs - keptDays * dayMs).toISOString()
  // What the oldest proposal counts.
  const soldSince = utcDay(new Date(nowMs - (keptDays + merchantLike.windowDays) * dayMs))
  const asked = arrayOf("uuid", sellers)
  return ctx.db.execute<{ seller: string; wallet: string }>(sql`
    WITH bound AS MATERIALIZED (
      SELECT DISTINCT buyer_id FROM ${bindings} WHERE state = 'active' AND valid_from >= ${boundSince}::timestamptz
    )
    SELECT sale.merchant_id AS seller, bound.buyer_id AS wallet
    FROM bound JOIN ${sales} AS sale ON sale.buyer_id = bound.buyer_id AND sale.day >= ${soldSince}::date
    WHERE sale.merchant_id = ANY (${asked})
    UNION
    SELECT attempt.merchant_id, bound.buyer_id
    FROM bound JOIN ${attempts} AS attempt ON attempt.wallet_buyer_id = bound.buyer_id AND attempt.day >= ${soldSince}::date - 1
    WHERE attempt.merchant_id = ANY (${asked})`)
}

async function forgetOld(ctx: Context): Promise<void> {
  const before = utcDay(new Date(ctx.clock.nowMs() - keptDays * dayMs))
  await ctx.db
    .delete(bindingProposals)
    .where(and(inArray(bindingProposals.state, ["new", "invited", "bound"]), lt(bindingProposals.lastDay, before)))
}
