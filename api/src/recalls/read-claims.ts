import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"
import type { PileSums } from "../trace/sum-days"
import { arrayOf } from "../unnest"
import { type ReachedPile, type ReachedRow, rowOf } from "./reached-pile"

/** A pile whose seller said that some sales were of a recalled lot: those sales, and what of them was never handed over. */
export type ClaimingPile = Pick<ReachedPile, "pileId" | "siteId" | "merchantId" | "commodity" | "lotId" | "rows">

/** As it is read: pile, site, merchant, commodity; then the sale, as days keep it. */
export type RawClaim = readonly [string, string, string, number, PileSums["singles"][number]]

/**
 * Query of the `claims` that are in nothing that is read: of piles that goods of the set never came to, or of before they came
 * or after they were gone. Beside `wanted` and not joined: a plan that is made once does not know how many there are.
 */
export const claimsApart = sql`
  SELECT json_agg(json_build_array(encode(pile_id, 'hex'), site_id, merchant_id, commodity, json_build_array(
    extract(epoch FROM at)::float8 * 1000, 1, encode(record_id, 'hex'), line, grams_low, grams_high, 'outflow', lot_id, NULL, NULL, NULL)))
  FROM (
    SELECT *, max(after) OVER (PARTITION BY pile_id) AS read_after, max(until) OVER (PARTITION BY pile_id) AS read_until FROM (
      SELECT claims.*, NULL::timestamptz AS after, NULL::timestamptz AS until FROM claims
      UNION ALL
      SELECT pile_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, after, until FROM wanted WHERE EXISTS (SELECT FROM claims)
    ) AS parts
  ) AS beside
  WHERE record_id IS NOT NULL AND (read_after IS NULL OR at <= read_after OR at > read_until)`

/** With the voids of these sales (RG-4): one query where there are such sales, which is seldom. */
export async function readClaims(reader: Reader, claims: readonly RawClaim[]): Promise<readonly ClaimingPile[]> {
  if (claims.length === 0) return []
  const piles = new Map<string, ClaimingPile & { readonly rows: ReachedRow[] }>()
  for (const [pileId, siteId, merchantId, commodity, single] of claims) {
    const known = piles.get(pileId)
    if (known) known.rows.push(rowOf(single))
    else piles.set(pileId, { pileId, siteId, merchantId, commodity, lotId: null, rows: [rowOf(single)] })
  }
  const records = claims.map(([, , , , [, , recordId]]) => recordId)
  const voids = await reader.execute<{ readonly pile_id: string; readonly event: PileSums["singles"][number] }>(sql`
    SELECT encode(pile_id, 'hex') AS pile_id, json_build_array(extract(epoch FROM effective_at)::float8 * 1000, direction,
      encode(record_id, 'hex'), line, grams_low, grams_high, source, lot_id, encode(upstream_pile_id, 'hex'),
      encode(upstream_record_id, 'hex'), upstream_line) AS event
    FROM ${pileEvents} WHERE source = 'void' AND upstream_record_id = ANY (${arrayOf("bytea", records)})`)
  for (const { pile_id, event } of voids) piles.get(pile_id)?.rows.push(rowOf(event))
  return [...piles.values()]
}
