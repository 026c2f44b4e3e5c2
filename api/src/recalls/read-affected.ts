import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { sales } from "@suyuan/drizzle/schema/sales"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { recordDaySql } from "../ledger/record-day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { saleMark, saleMarkSql } from "../trace/sale-mark"
import { arrayOf, unnest } from "../unnest"
import type { SummedRun } from "./reached-pile"

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
  readonly mustGrams: number
  readonly otherGrams: number
  readonly expectedGrams: number
  /** Of a sale whose seller said that it is of the set: so much beyond `mayGrams` (RC-21). */
  readonly claimedGrams: number
  /** Bought by a merchant whose pile is followed too: its goods are counted where they went. */
  readonly isFollowed: boolean
  /** Of a run that was summed before: its sales need be read only to be shown. */
  readonly sums: SummedRun | undefined
}

export type AffectedPile = {
  readonly pileId: string
  readonly sales: number
  readonly claimedSales: number
  readonly mayGrams: number
  readonly mustGrams: number
  readonly expectedGrams: number
  readonly claimedGrams: number
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
  readonly claimedGrams: number
  readonly isFollowed: boolean
  readonly buyerMerchantId: string | null
  readonly platform: string | null
  readonly appId: string | null
  readonly openId: string | null
}

/** Where a page goes on: after this sale. */
export type SaleCursor = Pick<AffectedSale, "expectedGrams" | "claimedGrams" | "mayGrams" | "recordId" | "line">

/** One row a sale line, as a part of a statement: columns pile_id, record_id, line, day, at, grams, may, must, expected, claimed, followed. */
export function affectedLines(runs: readonly AffectedRun[]): SQL {
  const { first: firstDay, last: lastDay } = daysOf(runs)
  return sql`
    SELECT pile_id, record_id, line, day, at, grams, may, least(must, may) AS must, claimed, followed,
      greatest(least(must, may), least(may, expected)) AS expected
    FROM (
      SELECT event.pile_id, event.record_id, event.line, event.day, event.effective_at AS at, event.grams_high AS grams,
        least(run.may, event.grams_high) AS may, greatest(0, event.grams_low - run.others) AS must,
        CASE WHEN run.grams = 0 THEN 0 ELSE (run.expected * event.grams_high + run.grams / 2) / run.grams END AS expected,
        run.claimed, run.followed = 1 AS followed
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
        claimed: ["bigint", runs.map(({ claimedGrams }) => claimedGrams)],
        followed: ["smallint", runs.map(({ isFollowed }) => (isFollowed ? 1 : 0))],
      })}
      JOIN ${pileEvents} AS event ON event.pile_id = run.pile_id AND event.effective_at BETWEEN run.first AND run.last
        AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date AND event.source = 'outflow'
        AND event.day BETWEEN (run.first AT TIME ZONE 'UTC')::date AND (run.last AT TIME ZONE 'UTC')::date
        AND event.line < ${discardedLineOffset}::int
        -- A chosen lot (RG-25) stands alone.
        AND (run.record_id IS NULL AND event.lot_id IS NULL OR event.record_id = run.record_id AND event.line = run.line)
    ) AS affected WHERE may > 0 OR claimed > 0`
}

function daysOf(runs: readonly AffectedRun[]): { first: string; last: string } {
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, 0]
  for (const run of runs) {
    firstMs = Math.min(firstMs, run.firstMs)
    lastMs = Math.max(lastMs, run.lastMs)
  }
  return { first: utcDay(new Date(firstMs)), last: utcDay(new Date(lastMs)) }
}

/**
 * Sums by pile, and one page of the sales that are expected, or said by their sellers, to hold most. The sales themselves stay in the database; of
 * those that stand alone, and of runs that were summed before, it reads for the first page those that can be on it.
 */
export async function readAffected(
  reader: Reader,
  given: readonly AffectedRun[],
  merchantIds: readonly string[],
  { after, limit }: { after: SaleCursor | undefined; limit: number },
): Promise<{ piles: AffectedPile[]; sales: AffectedSale[]; stalls: Stall[] }> {
  // What was thrown away is no sale.
  const runs = given.filter(({ recordId, line }) => recordId === undefined || line < discardedLineOffset)
  const read = new Set(after ? runs : needed(runs, limit))
  const found = await readLines(reader, [...read], merchantIds, { after, limit })
  const piles = new Map((found?.piles ?? []).map((pile) => [pile.pileId, { ...pile, mark: BigInt(pile.mark) }]))
  const expected = expectedOf(runs)
  for (const run of runs) if (!read.has(run)) addSums(pileOf(piles, run.pileId), run)
  return {
    piles: [...piles.values()].map(({ mark, ...pile }) => {
      return { ...pile, expectedGrams: expected.get(pile.pileId) ?? 0, mark: mark.toString() }
    }),
    sales: found?.sales ?? [],
    stalls: found?.stalls ?? [],
  }
}

type Sums = "sales" | "claimedSales" | "mayGrams" | "mustGrams" | "claimedGrams"
type PileSum = { readonly pileId: string; mark: bigint } & { -readonly [Of in Sums]: AffectedPile[Of] }

function pileOf(piles: Map<string, PileSum>, pileId: string): PileSum {
  const known = piles.get(pileId)
  if (known) return known
  const sum = { pileId, sales: 0, claimedSales: 0, mayGrams: 0, mustGrams: 0, claimedGrams: 0, mark: 0n }
  piles.set(pileId, sum)
  return sum
}

/** Of sales that need not be read; what is followed is counted where it went, but for what is claimed, which goes nowhere. */
function addSums(
  sum: PileSum,
  { recordId, line, isFollowed, mayGrams, mustGrams, otherGrams, claimedGrams, sums }: AffectedRun,
): void {
  if (sums) {
    sum.sales += sums.sales
    sum.mayGrams += sums.gramsHigh
    // Of all of the set each holds its low weight; of any share, none must hold any.
    sum.mustGrams += otherGrams === 0 ? mustGrams : 0
    sum.mark ^= BigInt(sums.mark)
    return
  }
  sum.mark ^= saleMark(recordId ?? "", line)
  sum.claimedSales += claimedGrams > 0 ? 1 : 0
  sum.claimedGrams += claimedGrams
  if (!isFollowed || claimedGrams > 0) sum.sales += 1
  if (isFollowed) return
  sum.mayGrams += mayGrams
  sum.mustGrams += mustGrams
}

/** In proportion, so that the parts of a run add up to it; not what is counted where it went. */
function expectedOf(runs: readonly AffectedRun[]): ReadonlyMap<string, number> {
  const grams = new Map<string, number>()
  for (const { pileId, isFollowed, expectedGrams } of runs) {
    if (!isFollowed) grams.set(pileId, (grams.get(pileId) ?? 0) + expectedGrams)
  }
  return grams
}

/**
 * Runs whose sales are read one by one: those that were not summed before, those of which the sums do not tell what each
 * sale may and must hold, and what can be among the first `limit`.
 */
function needed(runs: readonly AffectedRun[], limit: number): AffectedRun[] {
  const ranked = runs.map((run) => ({ run, ...rankOf(run) }))
  const [open, known] = [ranked.filter(({ sales }) => sales === 0), ranked.filter(({ sales }) => sales > 0)]
  const atLeast = known.flatMap(({ sales, topGrams, manyGrams }) => [
    { sales: 1, grams: topGrams },
    { sales: sales - 1, grams: manyGrams },
  ])
  let [count, least] = [0, 0]
  for (const { sales, grams } of atLeast.sort((a, b) => b.grams - a.grams)) {
    count += sales
    least = grams
    if (count >= limit) break
  }
  // Rounded to whole grams, and the order of those that are equal is by what they may hold.
  const isHopeless = ({ mostGrams }: { mostGrams: number }) => count >= limit && mostGrams < least - 1
  return [...open, ...known.filter((one) => !isHopeless(one))].map(({ run }) => run)
}

/**
 * So many of its sales are expected to hold `manyGrams` or more, one of them `topGrams` or more, and none more than
 * `mostGrams`; none known: they must be read.
 */
function rankOf(run: AffectedRun) {
  const { recordId, grams, expectedGrams, claimedGrams, sums } = run
  if (recordId !== undefined) {
    const rankGrams = expectedGrams + claimedGrams
    return { sales: 1, topGrams: rankGrams, manyGrams: rankGrams, mostGrams: rankGrams }
  }
  if (sums === undefined || !(isAnyShare(run, sums) || isAllOfSet(run, sums))) {
    return { sales: 0, topGrams: 0, manyGrams: 0, mostGrams: 0 }
  }
  const expectedIn = (saleGrams: number) => (grams === 0 ? 0 : (expectedGrams * saleGrams) / grams)
  // At least a tenth of a run's sales weigh as much as `manyHigh`.
  const sales = Math.max(1, Math.floor(sums.sales / 10))
  const topGrams = expectedIn(sums.mostHigh)
  const mostGrams = isAllOfSet(run, sums) ? Math.max(topGrams, sums.mostLow) : topGrams
  return { sales, topGrams, manyGrams: expectedIn(sums.manyHigh), mostGrams }
}

/** Each of its sales may be of the set, whole, and none must hold any of it. */
function isAnyShare({ mayGrams, otherGrams }: AffectedRun, { mostLow, mostHigh }: SummedRun): boolean {
  return mayGrams >= mostHigh && otherGrams >= mostLow
}

/** There was nothing else: each of its sales is of the set, by its low weight and up to its high one. */
function isAllOfSet({ mayGrams, otherGrams }: AffectedRun, { mostHigh }: SummedRun): boolean {
  return mayGrams >= mostHigh && otherGrams === 0
}

async function readLines(
  reader: Reader,
  runs: readonly AffectedRun[],
  merchantIds: readonly string[],
  { after, limit }: { after: SaleCursor | undefined; limit: number },
): Promise<Found | undefined> {
  const stalls = sql`
    SELECT json_agg(json_build_object('merchantId', m.id, 'stallNumber', m.stall_number, 'name', m.name, 'siteName', s.name))
    FROM ${merchants} AS m JOIN ${sites} AS s ON s.id = m.site_id WHERE m.id = ANY (${arrayOf("uuid", merchantIds)})`
  if (runs.length === 0) {
    const [found] = await reader.execute<{ stalls: Stall[] | null }>(sql`SELECT (${stalls}) AS stalls`)
    return { piles: [], sales: [], stalls: found?.stalls ?? [] }
  }
  const isAfter = after
    ? sql`WHERE (-expected - claimed, -may, record_id, line) > (${-after.expectedGrams - after.claimedGrams}::bigint, ${-after.mayGrams}::bigint,
        ${Buffer.from(after.recordId, "hex")}::bytea, ${after.line}::smallint)`
    : sql``
  const [found] = await reader.execute<Found>(sql`
    WITH hit AS MATERIALIZED (${affectedLines(runs)})
    SELECT (${stalls}) AS stalls, (
      SELECT json_agg(pile) FROM (
        SELECT encode(pile_id, 'hex') AS "pileId", count(*) FILTER (WHERE NOT followed OR claimed > 0) AS sales,
          count(*) FILTER (WHERE claimed > 0) AS "claimedSales", sum(claimed)::float8 AS "claimedGrams",
          coalesce(sum(may) FILTER (WHERE NOT followed), 0)::float8 AS "mayGrams",
          coalesce(sum(must) FILTER (WHERE NOT followed), 0)::float8 AS "mustGrams",
          bit_xor(${saleMarkSql(sql`record_id`, sql`line`)})::text AS mark
        FROM hit GROUP BY pile_id
      ) AS pile
    ) AS piles, (
      SELECT json_agg(sale) FROM (
        SELECT encode(page.pile_id, 'hex') AS "pileId", encode(page.record_id, 'hex') AS "recordId", page.line,
          extract(epoch FROM at)::float8 * 1000 AS "atMs", grams::float8 AS grams, may::float8 AS "mayGrams",
          must::float8 AS "mustGrams", expected::float8 AS "expectedGrams", claimed::float8 AS "claimedGrams", followed AS "isFollowed",
          sale.buyer_merchant_id AS "buyerMerchantId", buyer.platform, buyer.app_id AS "appId", buyer.open_id AS "openId"
        FROM (SELECT * FROM hit ${isAfter} ORDER BY expected + claimed DESC, may DESC, record_id, line LIMIT ${limit}) AS page
        LEFT JOIN LATERAL (
          SELECT * FROM ${sales} AS own WHERE own.record_id = page.record_id
            AND own.day = ${recordDaySql(sql`page.record_id`)} LIMIT 1
        ) AS sale ON true
        LEFT JOIN ${buyers} AS buyer ON buyer.id = sale.buyer_id
        ORDER BY expected + claimed DESC, may DESC, page.record_id, page.line
      ) AS sale
    ) AS sales`)
  return found
}

type Found = {
  readonly piles: Omit<AffectedPile, "expectedGrams">[] | null
  readonly sales: AffectedSale[] | null
  readonly stalls: Stall[] | null
}
