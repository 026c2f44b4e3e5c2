import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { sales } from "@suyuan/drizzle/schema/sales"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { arrayOf, unnest } from "../unnest"

/**
 * Outflows of one pile that share a range: of `grams` together `mayGrams` may be of the set, and `otherGrams` anything
 * else. Of each of them follows what it may and must hold (RC-6). One that was bought is alone, with its record.
 */
export type AffectedRun = {
  readonly pileId: string
  readonly merchantId: string
  readonly firstMs: number
  readonly lastMs: number
  readonly recordId: string | undefined
  readonly line: number
  readonly grams: number
  readonly mayGrams: number
  readonly otherGrams: number
  readonly expectedGrams: number
  /** Bought by a merchant whose pile is followed too: its goods are counted where they went. */
  readonly isFollowed: boolean
}

export type AffectedPile = {
  readonly pileId: string
  readonly sales: number
  readonly mayGrams: number
  readonly mustGrams: number
  readonly expectedGrams: number
  /** Of the sales' names: two scopes with the same marks have the same sales. */
  readonly mark: string
}

export type Stall = {
  readonly merchantId: string
  readonly stallNumber: string
  readonly name: string
  readonly siteName: string
}

export type AffectedSale = {
  readonly pileId: string
  readonly recordId: string
  readonly line: number
  readonly atMs: number
  readonly grams: number
  readonly mayGrams: number
  readonly mustGrams: number
  readonly expectedGrams: number
  readonly isFollowed: boolean
  readonly buyerMerchantId: string | null
  readonly platform: string | null
  readonly appId: string | null
  readonly openId: string | null
}

/** Where a page goes on: after this sale. */
export type SaleCursor = Pick<AffectedSale, "expectedGrams" | "mayGrams" | "recordId" | "line">

/** One row a sale line, as a part of a statement: columns pile_id, record_id, line, day, at, grams, may, must, expected, followed. */
export function affectedLines(runs: readonly AffectedRun[]): SQL {
  const firstDay = utcDay(new Date(Math.min(...runs.map(({ firstMs }) => firstMs))))
  const lastDay = utcDay(new Date(Math.max(...runs.map(({ lastMs }) => lastMs))))
  return sql`
    SELECT pile_id, record_id, line, day, at, grams, may, least(must, may) AS must, followed,
      greatest(least(must, may), least(may, expected)) AS expected
    FROM (
      SELECT event.pile_id, event.record_id, event.line, event.day, event.effective_at AS at, event.grams_high AS grams,
        least(run.may, event.grams_high) AS may, greatest(0, event.grams_low - run.others) AS must,
        CASE WHEN run.grams = 0 THEN 0 ELSE (run.expected * event.grams_high + run.grams / 2) / run.grams END AS expected,
        run.followed = 1 AS followed
      FROM ${unnest("run", {
        pile_id: ["bytea", runs.map(({ pileId }) => pileId)],
        first: ["timestamptz", runs.map(({ firstMs }) => new Date(firstMs))],
        last: ["timestamptz", runs.map(({ lastMs }) => new Date(lastMs))],
        record_id: ["bytea", runs.map(({ recordId }) => recordId ?? null)],
        line: ["smallint", runs.map(({ line }) => line)],
        grams: ["bigint", runs.map(({ grams }) => grams)],
        may: ["bigint", runs.map(({ mayGrams }) => mayGrams)],
        others: ["bigint", runs.map(({ otherGrams }) => otherGrams)],
        expected: ["bigint", runs.map(({ expectedGrams }) => expectedGrams)],
        followed: ["smallint", runs.map(({ isFollowed }) => (isFollowed ? 1 : 0))],
      })}
      JOIN ${pileEvents} AS event ON event.pile_id = run.pile_id AND event.effective_at BETWEEN run.first AND run.last
        AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date AND event.source = 'outflow'
        AND event.line < ${discardedLineOffset}::int
        -- A chosen lot (RG-25) stands alone.
        AND (run.record_id IS NULL AND event.lot_id IS NULL OR event.record_id = run.record_id AND event.line = run.line)
    ) AS affected WHERE may > 0`
}

/** Sums by pile, and one page of the sales that are expected to hold most. The sales themselves stay in the database. */
export async function readAffected(
  reader: Reader,
  runs: readonly AffectedRun[],
  merchantIds: readonly string[],
  { after, limit }: { after: SaleCursor | undefined; limit: number },
): Promise<{ piles: AffectedPile[]; sales: AffectedSale[]; stalls: Stall[] }> {
  const stalls = sql`
    SELECT json_agg(json_build_object('merchantId', m.id, 'stallNumber', m.stall_number, 'name', m.name, 'siteName', s.name))
    FROM ${merchants} AS m JOIN ${sites} AS s ON s.id = m.site_id WHERE m.id = ANY (${arrayOf("uuid", merchantIds)})`
  if (runs.length === 0) {
    const [found] = await reader.execute<{ stalls: Stall[] | null }>(sql`SELECT (${stalls}) AS stalls`)
    return { piles: [], sales: [], stalls: found?.stalls ?? [] }
  }
  const isAfter = after
    ? sql`WHERE (-expected, -may, record_id, line) > (${-after.expectedGrams}::bigint, ${-after.mayGrams}::bigint,
        ${Buffer.from(after.recordId, "hex")}::bytea, ${after.line}::smallint)`
    : sql``
  const [found] = await reader.execute<Found>(sql`
    WITH hit AS MATERIALIZED (${affectedLines(runs)})
    SELECT (${stalls}) AS stalls, (
      SELECT json_agg(pile) FROM (
        SELECT encode(pile_id, 'hex') AS "pileId", count(*) FILTER (WHERE NOT followed) AS sales,
          coalesce(sum(may) FILTER (WHERE NOT followed), 0)::float8 AS "mayGrams",
          coalesce(sum(must) FILTER (WHERE NOT followed), 0)::float8 AS "mustGrams",
          coalesce(sum(expected) FILTER (WHERE NOT followed), 0)::float8 AS "expectedGrams",
          bit_xor(hashtextextended(encode(record_id, 'hex'), line))::text AS mark
        FROM hit GROUP BY pile_id
      ) AS pile
    ) AS piles, (
      SELECT json_agg(sale) FROM (
        SELECT encode(page.pile_id, 'hex') AS "pileId", encode(page.record_id, 'hex') AS "recordId", page.line,
          extract(epoch FROM at)::float8 * 1000 AS "atMs", grams::float8 AS grams, may::float8 AS "mayGrams",
          must::float8 AS "mustGrams", expected::float8 AS "expectedGrams", followed AS "isFollowed",
          sale.buyer_merchant_id AS "buyerMerchantId", buyer.platform, buyer.app_id AS "appId", buyer.open_id AS "openId"
        FROM (SELECT * FROM hit ${isAfter} ORDER BY expected DESC, may DESC, record_id, line LIMIT ${limit}) AS page
        LEFT JOIN LATERAL (
          SELECT * FROM ${sales} AS own WHERE own.record_id = page.record_id
            AND own.day BETWEEN page.day - 2 AND page.day + 2 LIMIT 1
        ) AS sale ON true
        LEFT JOIN ${buyers} AS buyer ON buyer.id = sale.buyer_id
        ORDER BY expected DESC, may DESC, page.record_id, page.line
      ) AS sale
    ) AS sales`)
  return { piles: found?.piles ?? [], sales: found?.sales ?? [], stalls: found?.stalls ?? [] }
}

type Found = {
  readonly piles: AffectedPile[] | null
  readonly sales: AffectedSale[] | null
  readonly stalls: Stall[] | null
}
