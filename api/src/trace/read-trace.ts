import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { and, asc, eq, inArray, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { localDay } from "../day"
import { ServiceError } from "../errors"
import { recordDay } from "../ledger/record-day"
import { describeOrigin, readLots } from "./describe-origin"
import { certifiedLots } from "./describe-piles"
import { findStatements } from "./find-statements"
import { type Histories, lotsOf, readHistories } from "./read-histories"
import { type InspectionDescription, presentSinceMs, readInspections } from "./read-inspections"
import type { PileRow } from "./read-pile-rows"
import { clockErrorMs, resolve } from "./resolve"

/** How much of a trace its reader may see: a share shows neither buyer, price, total, payment nor the time of day. */
export type TraceView = "purchase" | "share"

/**
 * The way of one sale back to its bases: per line the origin range at the time of the sale, the trades that may have
 * brought it there, tests and certificates on the way. One query a level, a few for names.
 * @throws ServiceError trace/unknown for a record that is no sale.
 */
export async function readTrace(ctx: Context, reader: Reader, recordId: string, view: TraceView) {
  const [found] = await reader
    .select({ sale: sales, merchant: merchants, site: sites, recordState: records.state })
    .from(sales)
    .innerJoin(merchants, eq(merchants.id, sales.merchantId))
    .innerJoin(sites, eq(sites.id, sales.siteId))
    .innerJoin(records, and(eq(records.recordId, sales.recordId), eq(records.day, recordDay(recordId))))
    .where(eq(sales.recordId, recordId))
  if (!found) throw new ServiceError("trace/unknown")
  const { sale, merchant, site } = found
  const lines = await reader
    .select({ line: saleLines, nameZh: commodities.nameZh, nameEn: commodities.nameEn })
    .from(saleLines)
    .leftJoin(commodities, eq(commodities.code, saleLines.commodity))
    .where(
      sql`${saleLines.terminalId} = ${sale.terminalId} AND ${saleLines.counter} = ${sale.counter} AND ${saleLines.day} = ${sale.day}`,
    )
    .orderBy(asc(saleLines.line))
  const pileIds = [...new Set(lines.flatMap(({ line }) => (line.pileId === null ? [] : [line.pileId])))]
  const {
    histories,
    rows: allRows,
    neededUntil,
    levels,
  } = await readHistories(
    reader,
    pileIds.map((pileId) => ({
      pileId,
      until: new Date(sale.effectiveAt.getTime() + 2 * clockErrorMs),
      outflows: lines.flatMap(({ line }) =>
        line.pileId === pileId ? [outflowKey({ recordId, line: line.line })] : [],
      ),
    })),
    ctx.clock.nowMs(),
  )
  const rows = allRows.filter((row) => row.effectiveAt.getTime() <= (neededUntil.get(row.pileId) ?? 0))
  const facts = await readLots(reader, lotsOf(rows))
  const origins = resolve(histories, {
    lotGrams: new Map([...facts.values()].map((lot) => [lot.id, lot.grams])),
    keep: (pileId, key) => pileIds.includes(pileId) && key.startsWith(recordId),
  })
  const ranges = lines.map(({ line }) => {
    const key = outflowKey({ recordId, line: line.line })
    return (line.pileId !== null && origins?.piles.get(line.pileId)?.outflows.get(key)) || undefined
  })
  const tests = await readInspections(reader, staysOf(rows, neededUntil))
  const certified = await certifiedLots(reader, [...facts.keys()])
  const stops = await readStops(reader, rows, pileIds)
  // The time of day would tell who it was: a share has days, as the market's calendar counts them.
  const shown = (instant: string) => (view === "share" ? localDay(new Date(instant), site.zone) : instant)
  return {
    recordId,
    recordState: found.recordState,
    development: ctx.config.SUYUAN_ENV !== "production",
    stall: { name: merchant.name, number: merchant.stallNumber, site: site.name, siteEn: site.nameEn },
    soldAt: shown(sale.effectiveAt.toISOString()),
    amountFen: view === "share" ? null : sale.amountFen,
    state: sale.state,
    /** None until the day's first statement: origins are provisional as long as that is so. */
    originStatements: await findStatements(reader, recordId),
    levels,
    lines: lines.map(({ line, nameZh, nameEn }, index) => {
      const range = ranges[index]
      const origin = range ? describeOrigin(range, facts) : undefined
      return {
        name: nameZh,
        nameEn,
        grams: view === "share" ? null : line.gramsHigh,
        origin: origin === undefined ? null : view === "share" ? withoutGrams(origin, shown) : origin,
        certificates: origin?.sources.filter(({ lotId }) => certified.has(lotId)).length ?? 0,
        inspections: (tests.get(line.pileId ?? "") ?? []).map((one) => ({ ...one, testedAt: shown(one.testedAt) })),
        way: line.pileId === null ? [] : wayOf(line.pileId, rows, stops, tests, shown),
      }
    }),
  }
}

export type Trace = Awaited<ReturnType<typeof readTrace>>

type Described = ReturnType<typeof describeOrigin>

/** Shares of what may be in the bag, in whole per cent: a stranger is not told what somebody bought, only whence. */
function withoutGrams(origin: Described, shown: (instant: string) => string): Described {
  const percent = (grams: number, rounded: (share: number) => number) =>
    origin.grams === 0 ? 0 : rounded((grams * 100) / origin.grams)
  return {
    ...origin,
    grams: 100,
    unknown: {
      mustGrams: percent(origin.unknown.mustGrams, Math.floor),
      mayGrams: percent(origin.unknown.mayGrams, Math.ceil),
    },
    sources: origin.sources.map((source) => ({
      ...source,
      harvestedAt: shown(source.harvestedAt),
      mustGrams: percent(source.mustGrams, Math.floor),
      mayGrams: percent(source.mayGrams, Math.ceil),
    })),
  }
}

/** In each pile on the way: since it was last empty before these goods left it, until they did. */
function staysOf(rows: readonly PileRow[], neededUntil: Histories["neededUntil"]) {
  return [...Map.groupBy(rows, (row) => row.pileId)].flatMap(([pileId, own]) => {
    const leftMs = neededUntil.get(pileId) ?? 0
    // The goods themselves have left by then: what was there just before counts.
    const sinceMs = presentSinceMs(
      own.filter((row) => row.direction === 0 || row.effectiveAt.getTime() < leftMs - 2 * clockErrorMs),
      leftMs,
    )
    return sinceMs === undefined ? [] : [{ pileId, sinceMs, untilMs: leftMs }]
  })
}

type Stop = { readonly site: string; readonly kind: string; readonly stall: string; readonly stallNumber: string }

async function readStops(
  reader: Reader,
  rows: readonly PileRow[],
  pileIds: readonly string[],
): Promise<Map<string, Stop>> {
  const merchantIds = [...new Set(rows.map((row) => row.merchantId))]
  if (merchantIds.length === 0 || pileIds.length === 0) return new Map()
  const found = await reader
    .select({ merchant: merchants, site: sites })
    .from(merchants)
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(inArray(merchants.id, merchantIds))
  return new Map(
    found.map(({ merchant, site }) => [
      merchant.id,
      { site: site.name, kind: site.kind, stall: merchant.name, stallNumber: merchant.stallNumber },
    ]),
  )
}

/** Earlier first, then by record: the database returns rows as they came, and a way must not tell of that. */
function compareArrivals(a: PileRow, b: PileRow): number {
  const later = a.effectiveAt.getTime() - b.effectiveAt.getTime()
  return later || (a.recordId < b.recordId ? -1 : a.recordId > b.recordId ? 1 : a.line - b.line)
}

/** Stops from this pile back towards the field, nearest first: each pile once, with when goods came in. */
function wayOf(
  pileId: string,
  rows: readonly PileRow[],
  stops: ReadonlyMap<string, Stop>,
  tests: ReadonlyMap<string, readonly InspectionDescription[]>,
  shown: (instant: string) => string,
) {
  const byPile = Map.groupBy(rows, (row) => row.pileId)
  const seen = new Set<string>()
  const way = []
  let level = 0
  let current = [pileId]
  while (current.length > 0) {
    const next = new Set<string>()
    for (const id of current) {
      if (seen.has(id)) continue
      seen.add(id)
      const own = byPile.get(id) ?? []
      const inflows = own.filter((row) => row.direction === 0 && row.source !== "void").sort(compareArrivals)
      const stop = stops.get(own[0]?.merchantId ?? "")
      for (const row of inflows) if (row.upstreamPileId && row.source === "purchase") next.add(row.upstreamPileId)
      const newest = inflows.reduce((latest, row) => Math.max(latest, row.effectiveAt.getTime()), 0)
      way.push({
        level,
        site: stop?.site ?? null,
        kind: stop?.kind ?? null,
        stall: stop?.stall ?? null,
        stallNumber: stop?.stallNumber ?? null,
        arrivedAt: newest === 0 ? null : shown(new Date(newest).toISOString()),
        harvested: inflows.some((row) => row.source === "lot"),
        inspections: tests.get(id)?.length ?? 0,
      })
    }
    current = [...next]
    level += 1
  }
  return way
}
