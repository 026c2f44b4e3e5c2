import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { describePiles, type PileDescription } from "../trace/describe-piles"
import { isBoundTo, requireBooks } from "./find-books"

/** One of a stall's piles as it is now. */
export type StallPile = PileDescription & {
  readonly pileId: string
  readonly commodity: number
  readonly nameZh: string
  readonly nameEn: string
  /** Where the pile is of one lot, kept apart. */
  readonly lotId: string | null
}

export type StallOrigins = {
  readonly merchantId: string
  readonly stallNumber: string
  readonly name: string
  readonly siteId: string
  readonly asOf: Date
  /** Those that hold something by the book. */
  readonly piles: readonly StallPile[]
}

/** Nothing keeps so long that a pile that nothing happened to since is asked about. */
const quietDaysMax = 60

/**
 * What a stall has now, by commodity, and where it is from. Three round trips when its piles are remembered.
 * @throws ServiceError merchant/unknown; request/forbidden for anybody but the merchant, a wallet bound to it, and an actor
 *   with `traces:read` at its site.
 */
export async function readStallOrigins(ctx: Context, actor: Actor, merchantId: string): Promise<StallOrigins> {
  const asOf = new Date(ctx.clock.nowMs())
  const since = new Date(asOf.getTime() - quietDaysMax * 86_400_000).toISOString()
  const [stall] = await ctx.db.execute<StallRow>(sql`
    SELECT m.site_id, m.stall_number, m.name, ${isBoundTo(actor, merchantId, asOf)} AS is_own,
      (SELECT json_agg(own) FROM (
        SELECT encode(pile.id, 'hex') AS "pileId", pile.commodity, pile.lot_id AS "lotId",
          coalesce(known.name_zh, pile.commodity::text) AS "nameZh", coalesce(known.name_en, pile.commodity::text) AS "nameEn"
        FROM ${piles} AS pile LEFT JOIN ${commodities} AS known ON known.code = pile.commodity
        WHERE pile.merchant_id = m.id AND pile.last_at >= ${since}::timestamptz ORDER BY pile.commodity, pile.lot_id
      ) AS own) AS piles
    FROM ${merchants} AS m WHERE m.id = ${merchantId}::uuid`)
  requireBooks(actor, { merchantId }, stall)
  if (!stall) throw new ServiceError("merchant/unknown")
  const own = stall.piles ?? []
  const described = await describePiles(
    ctx,
    own.map(({ pileId }) => pileId),
  )
  const held = own.flatMap((pile) => {
    const description = described.get(pile.pileId)
    return description && description.origin.grams > 0 ? [{ ...pile, ...description }] : []
  })
  return { merchantId, stallNumber: stall.stall_number, name: stall.name, siteId: stall.site_id, asOf, piles: held }
}

type StallRow = {
  readonly site_id: string
  readonly stall_number: string
  readonly name: string
  readonly is_own: boolean
  readonly piles: readonly Omit<StallPile, keyof PileDescription>[] | null
}
