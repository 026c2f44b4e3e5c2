import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { lots, pileEvents, piles as pileTable } from "@suyuan/drizzle/schema/trace"
import { type RankedSuspect, rankSuspects, type SaleShare } from "@suyuan/protocol/trace/outbreak"
import type { PileCarry } from "@suyuan/protocol/trace/pile"
import { outflowKey, UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { inflowKey, type RecalledPile, type RecallSources } from "@suyuan/protocol/trace/recall-scope"
import { sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { walkStart } from "../trace/pile-days"
import { arrayOf, unnest } from "../unnest"
import type { ReachedPile, ReachedRow } from "./reached-pile"
import type { Reached } from "./reached-rows"
import { readPast } from "./read-reach"
import { resolveScope } from "./recall-scope"

export type SuspectLot = { readonly lotId: string; readonly base: string; readonly declaredOrigin: string }
export type SuspectMerchant = {
  readonly merchantId: string
  readonly stallNumber: string
  readonly name: string
  readonly siteName: string
}

export type OutbreakSources = {
  /** Sales of those asked that a pile was found for. */
  readonly sales: readonly string[]
  readonly lots: readonly RankedSuspect<SuspectLot>[]
  readonly merchants: readonly RankedSuspect<SuspectMerchant>[]
}

/** More are not ranked: the farthest back stay out. */
const suspectsMax = 100

/**
 * Lots, and merchants whose hands goods went through, by how well each explains these sales, with what of each sale is of
 * it. Two queries.
 * @throws ServiceError request/forbidden, recall/sales-unknown.
 */
export async function findOutbreakSources(
  ctx: Context,
  actor: Actor,
  recordIds: readonly string[],
): Promise<OutbreakSources> {
  requireScope(actor, "recalls:read")
  const reached = await readPast(ctx.questions, [...new Set(recordIds)], ctx.clock.nowMs())
  const affected = affectedIn(reached, new Set(recordIds), actor)
  if (affected.length === 0) throw new ServiceError("recall/sales-unknown", { field: "recordIds" })
  const lotIds = [...new Set(reached.piles.flatMap(({ rows }) => rows.flatMap(({ lotId }) => lotId ?? [])))]
  const { openings, ...facts } = await readFacts(ctx.db, reached, affected, lotIds)
  const opened = { ...reached, piles: reached.piles.map((pile) => withOpening(pile, openings.get(pile.pileId))) }
  const shareOf = (sources: RecallSources, lotGrams: ReadonlyMap<string, number>) =>
    sharesOf(affected, resolveScope(opened, sources, lotGrams))
  const lotGrams = new Map(facts.lots.map((lot) => [lot.lotId, lot.grams]))
  const none: ReadonlySet<string> = new Set()
  return {
    sales: [...new Set(affected.map(({ row }) => row.recordId))],
    lots: rankSuspects(
      facts.lots.slice(0, suspectsMax).map(({ grams, ...id }) => ({
        id,
        baseShare: facts.harvestedGrams === 0 ? 0 : Math.min(1, grams / facts.harvestedGrams),
        shares: shareOf({ lots: new Set([id.lotId]), inflows: none }, lotGrams),
      })),
    ).filter(({ possibleSales }) => possibleSales > 0),
    merchants: rankSuspects(
      facts.merchants.slice(0, suspectsMax).map(({ soldGrams, siteGrams, ...id }) => ({
        id,
        baseShare: siteGrams === 0 ? 0 : Math.min(1, soldGrams / siteGrams),
        shares: shareOf({ lots: none, inflows: inflowsOf(reached, id.merchantId) }, new Map()),
      })),
    ).filter(({ possibleSales }) => possibleSales > 0),
  }
}

type AffectedLine = { readonly pile: ReachedPile; readonly row: ReachedRow }

/** An actor of some sites asks about sales there; where the goods came from is told whatever site that is. */
function affectedIn({ piles }: Reached, recordIds: ReadonlySet<string>, { siteIds }: Actor): AffectedLine[] {
  const own = piles.filter(({ siteId }) => siteIds.length === 0 || siteIds.includes(siteId))
  return own.flatMap((pile) =>
    pile.rows.flatMap((row) => (row.source === "outflow" && recordIds.has(row.recordId) ? [{ pile, row }] : [])),
  )
}

/** By sale, over its lines. */
function sharesOf(affected: readonly AffectedLine[], scope: readonly RecalledPile[]): SaleShare[] {
  const found = new Map(scope.map(({ pileId, outflows }) => [pileId, outflows]))
  const bySale = Map.groupBy(affected, ({ row }) => row.recordId)
  return [...bySale].map(([recordId, lines]) => {
    const ranges = lines.map(({ pile, row }) => found.get(pile.pileId)?.get(outflowKey(row)))
    const sum = (of: "mustGrams" | "mayGrams" | "expectedGrams") =>
      ranges.reduce((total, range) => total + (range?.[of] ?? 0), 0)
    const grams = lines.reduce((total, { row }) => total + row.gramsHigh, 0)
    const [mustGrams, mayGrams, expectedGrams] = [sum("mustGrams"), sum("mayGrams"), sum("expectedGrams")]
    return { recordId, grams, mustGrams, mayGrams, expectedGrams }
  })
}

/** Everything that ever lay in a merchant's piles, as it came in. */
function inflowsOf({ piles }: Reached, merchantId: string): Set<string> {
  const own = piles.filter((pile) => pile.merchantId === merchantId)
  return new Set(
    own.flatMap(({ pileId, rows }) => [
      inflowKey(pileId, { recordId: "opening" }),
      ...rows.filter(({ direction }) => direction === 0).map((row) => inflowKey(pileId, row)),
    ]),
  )
}

type Opening = { readonly pileId: string; readonly atMs: number; readonly carry: PileCarry }

/**
 * A pile with what it is remembered to have held before it is read: goods that keep for longer than that, or were sold
 * beyond their shelf life, are of their lots. Where it was read since ever, or since it was counted, that takes the place of
 * what happened by then.
 */
function withOpening(pile: ReachedPile, opening: Opening | undefined): ReachedPile {
  if (opening === undefined || !isFilled(opening.carry)) return pile
  const { atMs, carry } = opening
  const { grams: openingGrams, lowGrams: openingLowGrams, sources: openingSources } = carry
  if (atMs === pile.sinceMs) return pile.openingGrams === openingGrams ? { ...pile, openingSources } : pile
  const isBefore = (row: ReachedRow) => row.atMs <= pile.sinceMs
  const later = pile.rows.filter((row) => row.atMs > atMs)
  const isCounted = later.some((row) => isBefore(row) && row.source === "count")
  const isHalf = later.some(({ firstMs }) => firstMs <= atMs)
  if (!pile.rows.some(isBefore) || isCounted || isHalf) return pile
  return { ...pile, sinceMs: atMs, openingGrams, openingLowGrams, openingSources, rows: later }
}

/** Where lots' own weights (RG-18) and the books contradict each other, nothing is. */
function isFilled({ grams, sources }: PileCarry): boolean {
  const sum = (of: "lowGrams" | "highGrams") => sources.reduce((total, source) => total + source[of], 0)
  return grams > 0 && sum("lowGrams") <= grams && grams <= sum("highGrams")
}

type Facts = {
  readonly openings: ReadonlyMap<string, Opening>
  readonly lots: readonly (SuspectLot & { readonly grams: number })[]
  readonly harvestedGrams: number
  readonly merchants: readonly (SuspectMerchant & { readonly soldGrams: number; readonly siteGrams: number })[]
}

/** Who and what the suspects are, and how much of everything they are: lots of all of the kinds that were harvested meanwhile, merchants of all that their site sold. */
async function readFacts(
  reader: Reader,
  { piles }: Reached,
  affected: readonly AffectedLine[],
  lotIds: readonly string[],
): Promise<Facts> {
  const commodities = [...new Set(affected.map(({ pile }) => pile.commodity))]
  const [first, last] = [Math.min(...piles.map(({ sinceMs }) => sinceMs)), Math.max(...affected.map(atMs))]
  const [from, until] = [first, last].map((ms) => new Date(ms).toISOString())
  const merchantIds = [...new Set(piles.map(({ merchantId }) => merchantId))]
  const kinds = arrayOf("integer", commodities)
  const [found] = await reader.execute<{
    readonly openings: readonly Opening[] | null
    readonly lots: Facts["lots"] | null
    readonly harvested: number | null
    readonly merchants: Facts["merchants"] | null
  }>(sql`
    WITH sold AS MATERIALIZED (
      SELECT pile.site_id, pile.merchant_id, sum(event.grams_high) AS grams
      FROM ${pileTable} AS pile JOIN ${pileEvents} AS event ON event.pile_id = pile.id
        AND event.effective_at BETWEEN ${from}::timestamptz AND ${until}::timestamptz
        AND event.day BETWEEN (${from}::timestamptz AT TIME ZONE 'UTC')::date AND (${until}::timestamptz AT TIME ZONE 'UTC')::date
      WHERE event.source = 'outflow' AND pile.commodity = ANY (${kinds})
        AND pile.site_id IN (SELECT site_id FROM ${merchants} WHERE id = ANY (${arrayOf("uuid", merchantIds)}))
      GROUP BY 1, 2
    ), opening AS MATERIALIZED (
      SELECT asked.pile_id, at_ms, state -> 'carry' AS carry FROM ${unnest("asked", {
        pile_id: ["bytea", piles.map(({ pileId }) => pileId)],
        before: ["timestamptz", piles.map(({ sinceMs }) => new Date(sinceMs + 1))],
      })} CROSS JOIN LATERAL (${walkStart(sql`asked.pile_id`, sql`asked.before`)}) AS start
    ), suspect AS MATERIALIZED (
      SELECT * FROM ${lots} WHERE id = ANY (${arrayOf("uuid", lotIds)}) OR id IN (
        SELECT (source ->> 'sourceId')::uuid FROM opening CROSS JOIN LATERAL jsonb_array_elements(carry -> 'sources') AS source
        WHERE source ->> 'sourceId' <> ${UNKNOWN_SOURCE})
    )
    SELECT (
      SELECT json_agg(json_build_object('pileId', encode(pile_id, 'hex'), 'atMs', round(at_ms), 'carry', carry)) FROM opening
    ) AS openings, (
      SELECT json_agg(json_build_object('lotId', lot.id, 'base', site.name, 'declaredOrigin', declared_origin,
        'grams', grams) ORDER BY harvested_at DESC)
      FROM suspect AS lot JOIN ${sites} AS site ON site.id = lot.site_id
    ) AS lots, (
      SELECT sum(grams)::float8 FROM ${lots} WHERE commodity = ANY (${kinds})
        AND harvested_at BETWEEN least(${from}::timestamptz, (SELECT min(harvested_at) FROM suspect)) AND ${until}::timestamptz
    ) AS harvested, (
      SELECT json_agg(json_build_object('merchantId', m.id, 'stallNumber', stall_number, 'name', m.name,
        'siteName', site.name, 'soldGrams', coalesce((SELECT sum(grams) FROM sold WHERE merchant_id = m.id), 0),
        'siteGrams', coalesce((SELECT sum(grams) FROM sold WHERE sold.site_id = m.site_id), 0)) ORDER BY m.id)
      FROM ${merchants} AS m JOIN ${sites} AS site ON site.id = m.site_id WHERE m.id = ANY (${arrayOf("uuid", merchantIds)})
    ) AS merchants`)
  return {
    openings: new Map(found?.openings?.map((opening) => [opening.pileId, opening])),
    ...{ lots: found?.lots ?? [], harvestedGrams: found?.harvested ?? 0, merchants: found?.merchants ?? [] },
  }
}

function atMs({ row }: AffectedLine): number {
  return row.atMs
}
