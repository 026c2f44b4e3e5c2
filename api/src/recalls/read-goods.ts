import { commodities } from "@suyuan/drizzle/schema/merchants"
import { recalls, stallHolds } from "@suyuan/drizzle/schema/recalls"
import { lots, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { GoodsName } from "../catalogue/read-catalogue"
import type { Reader } from "../context"
import { arrayOf } from "../unnest"

/** What each of these recalls is of, by its sources: for people, who look for the goods' name first. */
export async function goodsOfRecalls(
  reader: Reader,
  recallIds: readonly string[],
): Promise<ReadonlyMap<string, readonly GoodsName[]>> {
  if (recallIds.length === 0) return new Map()
  const rows = await reader.execute<{ id: string } & GoodsName>(sql`
    SELECT DISTINCT source.id, source.code, coalesce(name_zh, source.code::text) AS zh, coalesce(name_en, source.code::text) AS en
    FROM (
      SELECT recall.id, lot.commodity AS code FROM ${recalls} AS recall
        CROSS JOIN LATERAL jsonb_array_elements(recall.sources -> 'lots') AS named
        JOIN ${lots} AS lot ON lot.id = (named ->> 'id')::uuid
        WHERE recall.id = ANY (${arrayOf("uuid", recallIds)})
      UNION
      SELECT recall.id, pile.commodity FROM ${recalls} AS recall
        CROSS JOIN LATERAL jsonb_array_elements(recall.sources -> 'inflows') AS named
        JOIN ${piles} AS pile ON pile.id = decode(named ->> 'pileId', 'hex')
        WHERE recall.id = ANY (${arrayOf("uuid", recallIds)})
    ) AS source LEFT JOIN ${commodities} AS good ON good.code = source.code ORDER BY source.code`)
  const goods = new Map<string, GoodsName[]>()
  for (const { id, ...name } of rows) goods.set(id, [...(goods.get(id) ?? []), name])
  return goods
}

/** Those of these merchants whose terminals are to hold goods of this recall. */
export async function holdersOf(
  reader: Reader,
  recallId: string,
  merchantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (merchantIds.length === 0) return new Set()
  const rows = await reader
    .select({ merchantId: stallHolds.merchantId })
    .from(stallHolds)
    .where(
      sql`${stallHolds.merchantId} = ANY (${arrayOf("uuid", [...new Set(merchantIds)])})
        AND ${stallHolds.holds} @> ${JSON.stringify([{ recallId }])}::jsonb`,
    )
  return new Set(rows.map(({ merchantId }) => merchantId))
}
