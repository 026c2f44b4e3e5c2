import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { piles } from "@suyuan/drizzle/schema/trace"
import { mostPercent } from "@suyuan/protocol/trace/finest-statement"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { localDay } from "../day"
import { ServiceError } from "../errors"
import { coverageOf, percentsOf, readLotChecks, withFailedLots } from "../inspections/coverage"
import { recordDay } from "../ledger/record-day"
import { stallPhotoPath } from "../merchants/stall-photo-path"
import { arrayOf } from "../unnest"
import { businessDayOf } from "./business-day"
import { describeOrigin, type LotFacts, limitsOfLots, readLots } from "./describe-origin"
import { expectedOf } from "./expected-origins"
import { findStatements } from "./find-statements"
import { type FollowedPurchases, followPurchases } from "./follow-purchases"
import { startsBeforeSql } from "./history-start"
import { type WalkStartRow, walkStart, walkStartOf } from "./pile-days"
import { type Histories, lotsOf, readHistories } from "./read-histories"
import { type InspectionDescription, readInspections } from "./read-inspections"
import { readRecallsInForce, recallsOf } from "./recalls-in-force"
import { rememberThese } from "./remember-purchases"
import { openOrderMs, resolve } from "./resolve"
import { type Way, type WayStop, wayThrough } from "./way"

/** How much of a trace its reader may see: a share shows neither buyer, price, total, payment nor the time of day. */
export type TraceView = "purchase" | "share"

/**
 * The way of one sale back to its bases: per line the origin range at the time of the sale, the trades that may have
 * brought it there, tests and certificates on the way. Three round trips where its piles are remembered, and what they
 * bought; two more for each level that is not.
 * @throws ServiceError trace/unknown for a record that is no sale.
 */
export async function readTrace(ctx: Context, reader: Reader, recordId: string, view: TraceView) {
  const [found, { lines, starts }] = await Promise.all([readSale(reader, recordId), readLines(reader, recordId)])
  if (!found) throw new ServiceError("trace/unknown")
  const { sale, merchant, site } = found
  const pileIds = [...new Set(lines.flatMap(({ pileId }) => (pileId === null ? [] : [pileId])))]
  const soldMs = sale.effectiveAt.getTime()
  const histories = await readHistories(
    reader,
    pileIds.map((pileId) => ({
      pileId,
      until: new Date(soldMs + openOrderMs),
      from: sale.effectiveAt,
      outflows: lines.flatMap((one) => (one.pileId === pileId ? [outflowKey({ recordId, line: one.line })] : [])),
    })),
    ctx.clock.nowMs(),
    starts,
  )
  const { origins, ways, facts, tests, stalls, statements, checks, recalled, learned, expected } = await nameAll(
    reader,
    histories,
    {
      ...{ pileIds, leftMs: soldMs + openOrderMs },
      businessDay: businessDayOf(site, sale.effectiveAt),
    },
  )
  if (learned.length > 0) ctx.afterwards.do(`bought for ${recordId}`, () => rememberThese(ctx, learned))
  const covered = coverageOf(histories.histories, checks, { ...limitsOfLots(facts), keep: histories.isNamed })
  const ranges = lines.map(({ line, pileId }) => {
    const key = outflowKey({ recordId, line })
    return (pileId !== null && origins?.piles.get(pileId)?.outflows.get(key)) || undefined
  })
  const all = [...ways.values()]
  // The time of day would tell who it was: a share has days, as the market's calendar counts them.
  const shown = (instant: string) => (view === "share" ? localDay(new Date(instant), site.zone) : instant)
  return {
    recordId,
    recordState: found.recordState,
    development: ctx.config.SUYUAN_ENV !== "production",
    stall: {
      name: merchant.name,
      number: merchant.stallNumber,
      site: site.name,
      siteEn: site.nameEn,
      zone: site.zone,
      photo: stallPhotoPath(merchant),
    },
    soldAt: shown(sale.effectiveAt.toISOString()),
    amountFen: view === "share" ? null : sale.amountFen,
    state: sale.state,
    /** None until the day's first statement: origins are provisional as long as that is so. */
    originStatements: statements,
    levels: Math.max(0, ...all.flatMap(({ stops }) => stops.map(({ level }) => level + 1))),
    lines: lines.map(({ line, pileId, lotId, gramsHigh, nameZh, nameEn }, index) => {
      const range = ranges[index]
      const key = outflowKey({ recordId, line })
      const origin = range && describeOrigin(range, facts, expected.sharesOf(pileId ?? "", key, range))
      const coverage = covered(pileId ?? "", key)
      const own = tests.get(pileId ?? "") ?? []
      const lotIds = (range?.sources ?? []).flatMap(({ sourceId, mayGrams }) => (mayGrams > 0 ? [sourceId] : []))
      return {
        name: nameZh,
        nameEn,
        grams: view === "share" ? null : gramsHigh,
        origin: origin === undefined ? null : view === "share" ? withoutGrams(origin, range ?? origin, shown) : origin,
        certificates: origin?.sources.filter(({ lotId }) => facts.get(lotId)?.isCertified).length ?? 0,
        /** In per cent, which tell a stranger no weight. */
        coverage: coverage ? percentsOf(coverage) : null,
        inspections: withFailedLots(own, lotIds, checks).map((one) => ({ ...one, testedAt: shown(one.testedAt) })),
        /** In force, and this bag may be of it. */
        recalls: recallsOf(recalled.get(pileId ?? ""), origin, lotId),
        chosenLot: lotId,
        way: (ways.get(pileId ?? "")?.stops ?? []).map((stop) => describeStop(stop, stalls, tests, shown)),
      }
    }),
  }
}

export type Trace = Awaited<ReturnType<typeof readTrace>>

async function readSale(reader: Reader, recordId: string) {
  const [found] = await reader
    .select({
      sale: { effectiveAt: sales.effectiveAt, amountFen: sales.amountFen, state: sales.state },
      merchant: { name: merchants.name, stallNumber: merchants.stallNumber, photo: merchants.photo },
      site: { name: sites.name, nameEn: sites.nameEn, zone: sites.zone, dayStartsAtMinutes: sites.dayStartsAtMinutes },
      recordState: records.state,
    })
    .from(sales)
    .innerJoin(merchants, eq(merchants.id, sales.merchantId))
    .innerJoin(sites, eq(sites.id, sales.siteId))
    .innerJoin(records, and(eq(records.recordId, sales.recordId), eq(records.day, recordDay(recordId))))
    .where(and(eq(sales.recordId, recordId), eq(sales.day, recordDay(recordId))))
  return found
}

type LineRow = {
  readonly line: number
  readonly pile_id: string | null
  /** What the seller chose. */
  readonly lot_id: string | null
  readonly grams_high: number | null
  readonly name_zh: string | null
  readonly name_en: string | null
} & (WalkStartRow | { readonly at_ms: null })

/** The sale's lines, and where the walks through their piles may begin. */
async function readLines(reader: Reader, recordId: string) {
  const start = walkStart(sql`item.pile_id`, startsBeforeSql(sql`sold.effective_at`))
  const rows = await reader.execute<LineRow>(sql`
    SELECT item.line, encode(item.pile_id, 'hex') AS pile_id, item.lot_id, item.grams_high::float8 AS grams_high,
      goods.name_zh, goods.name_en, start.*
    FROM ${sales} AS sold
    JOIN ${saleLines} AS item ON item.terminal_id = sold.terminal_id AND item.counter = sold.counter AND item.day = sold.day
    LEFT JOIN ${commodities} AS goods ON goods.code = item.commodity
    LEFT JOIN LATERAL (${start}) AS start ON true
    WHERE sold.record_id = ${Buffer.from(recordId, "hex")} AND sold.day = ${recordDay(recordId)}::date
      AND item.day = ${recordDay(recordId)}::date
    ORDER BY item.line`)
  const starts = new Map(
    rows.flatMap((row) =>
      row.at_ms === null || row.pile_id === null ? [] : [[row.pile_id, walkStartOf(row)] as const],
    ),
  )
  const lines = rows.map((row) => {
    const { line, pile_id: pileId, lot_id: lotId, grams_high: gramsHigh } = row
    return { line, pileId, lotId, gramsHigh, nameZh: row.name_zh, nameEn: row.name_en }
  })
  return { lines, starts }
}

/** Origins and ways, and in one more round trip all that they name. */
async function nameAll(
  reader: Reader,
  histories: Histories,
  asked: { readonly pileIds: readonly string[]; readonly leftMs: number; readonly businessDay: string },
) {
  const waysOf = (followed: FollowedPurchases) =>
    new Map(
      asked.pileIds.map((pileId) => {
        const rows = histories.rows.filter((row) => row.pileId === pileId)
        const pile = { pileId, rows, leftMs: asked.leftMs, start: histories.starts.get(pileId) }
        return [pileId, wayThrough(pile, followed.originsOf)] as const
      }),
    )
  const resolveAll = (facts: ReadonlyMap<string, LotFacts>) =>
    resolve(histories.histories, { ...limitsOfLots(facts), keep: histories.isNamed })
  const readNames = async (ways: ReadonlyMap<string, Way>) => {
    const all = [...ways.values()]
    const [tests, stalls, statements, checks, recalled] = await Promise.all([
      readInspections(
        reader,
        all.flatMap(({ stays }) => stays),
      ),
      readStalls(
        reader,
        all.flatMap(({ stops }) => stops),
      ),
      findStatements(reader, asked.pileIds, asked.businessDay),
      readLotChecks(reader, lotsOf(histories)),
      readRecallsInForce(reader, asked.pileIds),
    ])
    return { ways, tests, stalls, statements, checks, recalled }
  }
  const lots = readLots(reader, lotsOf(histories))
  if (histories.levels > 1) {
    const facts = await lots
    const origins = resolveAll(facts)
    const followed = followPurchases(histories, origins)
    const names = await readNames(waysOf(followed))
    return { ...names, facts, origins, learned: followed.learned(), expected: followed.expected() }
  }
  // All that was bought is remembered, with its way: what origins turn out to be changes no name.
  const [facts, names] = await Promise.all([lots, readNames(waysOf(followPurchases(histories, undefined)))])
  const origins = resolveAll(facts)
  return { ...names, facts, origins, learned: [], expected: expectedOf(histories, origins) }
}

type Described = ReturnType<typeof describeOrigin>

/** Shares of what may be in the bag, in whole per cent: a stranger is not told what somebody bought, only whence. */
function withoutGrams(
  origin: Described,
  weight: Pick<OutflowRange, "grams" | "lowGrams">,
  shown: (instant: string) => string,
): Described {
  const percent = (grams: number, rounded: (share: number) => number) =>
    origin.grams === 0 ? 0 : rounded((grams * 100) / origin.grams)
  const { expected } = origin
  return {
    ...origin,
    ...(expected && {
      expected: {
        ...expected,
        unknownGrams: percent(expected.unknownGrams, Math.round),
        sources: expected.sources.map(({ lotId, grams }) => ({ lotId, grams: percent(grams, Math.round) })),
      },
    }),
    grams: 100,
    unknown: {
      mustGrams: percent(origin.unknown.mustGrams, Math.floor),
      mayGrams: mostPercent(origin.unknown.mayGrams, weight),
    },
    sources: origin.sources.map((source) => ({
      ...source,
      harvestedAt: shown(source.harvestedAt),
      mustGrams: percent(source.mustGrams, Math.floor),
      mayGrams: mostPercent(source.mayGrams, weight),
    })),
  }
}

type Stall = {
  readonly site: string
  readonly siteEn: string
  readonly kind: string
  readonly stall: string
  readonly stallNumber: string
  readonly latitude: number | null
  readonly longitude: number | null
}

async function readStalls(reader: Reader, stops: readonly WayStop[]): Promise<Map<string, Stall>> {
  const pileIds = [...new Set(stops.map(({ pileId }) => pileId))]
  if (pileIds.length === 0) return new Map()
  const found = await reader
    .select({
      pileId: piles.id,
      stall: merchants.name,
      stallNumber: merchants.stallNumber,
      site: sites.name,
      siteEn: sites.nameEn,
      kind: sites.kind,
      latitude: sites.latitudeMicrodegrees,
      longitude: sites.longitudeMicrodegrees,
    })
    .from(piles)
    .innerJoin(merchants, eq(merchants.id, piles.merchantId))
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(sql`${piles.id} = ANY (${arrayOf("bytea", pileIds)})`)
  return new Map(found.map(({ pileId, ...stall }) => [pileId, stall]))
}

function placeOf({ latitude, longitude }: Pick<Stall, "latitude" | "longitude">) {
  return latitude === null || longitude === null ? null : { latitude: latitude / 1e6, longitude: longitude / 1e6 }
}

function describeStop(
  { level, pileId, arrivedAtMs, harvested }: WayStop,
  stalls: ReadonlyMap<string, Stall>,
  tests: ReadonlyMap<string, readonly InspectionDescription[]>,
  shown: (instant: string) => string,
) {
  const stall = stalls.get(pileId)
  return {
    level,
    site: stall?.site ?? null,
    siteEn: stall?.siteEn ?? null,
    kind: stall?.kind ?? null,
    stall: stall?.stall ?? null,
    stallNumber: stall?.stallNumber ?? null,
    /** Of the site, in degrees (WGS 84); null where nobody has said it. */
    place: stall ? placeOf(stall) : null,
    arrivedAt: arrivedAtMs === null ? null : shown(new Date(arrivedAtMs).toISOString()),
    harvested,
    inspections: tests.get(pileId)?.length ?? 0,
  }
}
