import { commodities } from "@suyuan/drizzle/schema/merchants"
import { recallSteps, recalls, stallHolds } from "@suyuan/drizzle/schema/recalls"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { lots, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { GoodsName } from "../catalogue/read-catalogue"
import type { Context, Reader } from "../context"
import { offlineAfterMs } from "../sales/judge-window"
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

/** A stall that was told to hold goods of a recall. */
export type Holder = {
  readonly terminals: number
  /** Those of them that cannot know it: not seen since it last told stalls, and not online now. */
  readonly unheard: number
}

/** Those of these merchants whose terminals are to hold goods of this recall. A terminal that is online has the newest list. */
export async function holdersOf(
  { db, clock }: Pick<Context, "db" | "clock">,
  recallId: string,
  merchantIds: readonly string[],
): Promise<ReadonlyMap<string, Holder>> {
  if (merchantIds.length === 0) return new Map()
  const online = new Date(clock.nowMs() - offlineAfterMs).toISOString()
  const rows = await db.execute<{ merchant_id: string } & Holder>(sql`
    SELECT held.merchant_id, count(own.id)::integer AS terminals,
      count(own.id) FILTER (WHERE own.last_seen_at IS NULL OR own.last_seen_at < least(told.at, ${online}::timestamptz))::integer AS unheard
    FROM ${stallHolds} AS held
    CROSS JOIN (SELECT max(at) AS at FROM ${recallSteps} WHERE recall_id = ${recallId}::uuid AND action IN ('activated', 'extended')) AS told
    LEFT JOIN ${terminals} AS own ON own.merchant_id = held.merchant_id AND own.state <> 'revoked'
    WHERE held.merchant_id = ANY (${arrayOf("uuid", [...new Set(merchantIds)])})
      AND held.holds @> ${JSON.stringify([{ recallId }])}::jsonb
    GROUP BY held.merchant_id`)
  return new Map(rows.map(({ merchant_id, terminals, unheard }) => [merchant_id, { terminals, unheard }]))
}

/** Somebody has to go there: it has no terminal that could refuse the goods, or one that has not heard of it. */
export const mustBeVisited = ({ terminals, unheard }: Holder): boolean => terminals === 0 || unheard > 0
