import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"
import type { PileSums } from "../trace/sum-days"
import { arrayOf } from "../unnest"
import { namedKey, type ReachedPile, type ReachedRow, rowOf } from "./reached-pile"

/**
 * The same piles, with outflows of before what was read that something in it takes back or brings back, and with all else
 * that takes from them, so that the pure engine judges how much of each can come back (RG-4, RG-5). They left before the
 * pile was counted, and so weigh nothing in what is there since. One query where there are such, which is seldom.
 */
export async function withEarlier(reader: Reader, piles: readonly ReachedPile[]): Promise<readonly ReachedPile[]> {
  const missing = new Map(piles.map((pile) => [pile.pileId, missingIn(pile)]))
  const names = [...missing].flatMap(([pileId, keys]) => [...keys].map((key) => ({ pileId, key })))
  if (names.length === 0) return piles
  const records = [...new Set(names.map(({ key }) => key.slice(0, key.indexOf("#"))))]
  const pileIds = [...new Set(names.map(({ pileId }) => pileId))]
  const found = await reader.execute<{ readonly pile_id: string; readonly event: PileSums["singles"][number] }>(sql`
    SELECT encode(pile_id, 'hex') AS pile_id, json_build_array(extract(epoch FROM effective_at)::float8 * 1000, direction,
      encode(record_id, 'hex'), line, grams_low, grams_high, source, lot_id, encode(upstream_pile_id, 'hex'),
      encode(upstream_record_id, 'hex'), upstream_line) AS event
    FROM (
      SELECT * FROM ${pileEvents} WHERE record_id = ANY (${arrayOf("bytea", records)}) AND source = 'outflow'
      UNION ALL
      SELECT * FROM ${pileEvents} WHERE upstream_record_id = ANY (${arrayOf("bytea", records)}) AND source IN ('void', 'return')
    ) AS named WHERE pile_id = ANY (${arrayOf("bytea", pileIds)})`)
  const earlier = Map.groupBy(found, ({ pile_id }) => pile_id)
  return piles.map((pile) => {
    const keys = missing.get(pile.pileId)
    const known = new Set(pile.rows.map(identityOf))
    const rows = (earlier.get(pile.pileId) ?? [])
      .map(({ event }) => rowOf(event))
      // What is later was read, or says nothing of what was.
      .filter(
        (row) => row.atMs <= pile.sinceMs && keys?.has(row.source === "outflow" ? outflowKey(row) : namedKey(row)),
      )
      .filter((row) => !known.has(identityOf(row)))
    return rows.length === 0 ? pile : { ...pile, rows: [...pile.rows, ...rows] }
  })
}

/** What its rows name of it and do not hold, as `outflowKey`. */
function missingIn({ rows }: ReachedPile): ReadonlySet<string> {
  const back = rows.filter(({ source }) => source === "void" || source === "return")
  const names = new Set(back.map(namedKey))
  if (names.size === 0) return names
  for (const row of rows) if (row.source === "outflow") names.delete(outflowKey(row))
  return names
}

function identityOf(row: ReachedRow): string {
  return `${row.source}:${outflowKey(row)}`
}
