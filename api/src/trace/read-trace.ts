import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { piles } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { and, asc, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { localDay } from "../day"
import { ServiceError } from "../errors"
import { recordDay } from "../ledger/record-day"
import { arrayOf } from "../unnest"
import { keepBoughtOrigins } from "./bought-origins"
import { businessDayOf } from "./business-day"
import { describeOrigin, readLots } from "./describe-origin"
import { findStatements } from "./find-statements"
import { followPurchases } from "./follow-purchases"
import { lotsOf, readHistories } from "./read-histories"
import { type InspectionDescription, readInspections } from "./read-inspections"
import { openOrderMs, resolve } from "./resolve"
import { type WayStop, wayThrough } from "./way"

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
    .where(and(eq(sales.recordId, recordId), eq(sales.day, recordDay(recordId))))
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
  const untilMs = sale.effectiveAt.getTime() + openOrderMs
  const histories = await readHistories(
    reader,
    pileIds.map((pileId) => ({
      pileId,
      until: new Date(untilMs),
      outflows: lines.flatMap(({ line }) =>
        line.pileId === pileId ? [outflowKey({ recordId, line: line.line })] : [],
      ),
    })),
    ctx.clock.nowMs(),
  )
  const facts = await readLots(reader, lotsOf(histories.rows, histories.bought))
  const origins = resolve(histories.histories, {
    lotGrams: new Map([...facts.values()].map((lot) => [lot.id, lot.grams])),
    keep: histories.isNamed,
  })
  const followed = followPurchases(histories, origins)
  const ways = new Map(
    pileIds.map((pileId) => {
      const rows = histories.rows.filter((row) => row.pileId === pileId)
      return [pileId, wayThrough({ pileId, rows, leftMs: untilMs }, followed.originsOf)]
    }),
  )
  const learned = followed.learned()
  if (learned.length > 0) ctx.afterwards.do(`bought for ${recordId}`, () => keepBoughtOrigins(ctx, learned))
  const ranges = lines.map(({ line }) => {
    const key = outflowKey({ recordId, line: line.line })
    return (line.pileId !== null && origins?.piles.get(line.pileId)?.outflows.get(key)) || undefined
  })
  const all = [...ways.values()]
  const [tests, stalls, statements] = await Promise.all([
    readInspections(
      reader,
      all.flatMap(({ stays }) => stays),
    ),
    readStalls(
      reader,
      all.flatMap(({ stops }) => stops),
    ),
    findStatements(reader, pileIds, businessDayOf(site, sale.effectiveAt)),
  ])
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
    originStatements: statements,
    levels: Math.max(0, ...all.flatMap(({ stops }) => stops.map(({ level }) => level + 1))),
    lines: lines.map(({ line, nameZh, nameEn }, index) => {
      const range = ranges[index]
      const origin = range ? describeOrigin(range, facts) : undefined
      return {
        name: nameZh,
        nameEn,
        grams: view === "share" ? null : line.gramsHigh,
        origin: origin === undefined ? null : view === "share" ? withoutGrams(origin, shown) : origin,
        certificates: origin?.sources.filter(({ lotId }) => facts.get(lotId)?.isCertified).length ?? 0,
        inspections: (tests.get(line.pileId ?? "") ?? []).map((one) => ({ ...one, testedAt: shown(one.testedAt) })),
        way: (ways.get(line.pileId ?? "")?.stops ?? []).map((stop) => describeStop(stop, stalls, tests, shown)),
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

type Stall = { readonly site: string; readonly kind: string; readonly stall: string; readonly stallNumber: string }

async function readStalls(reader: Reader, stops: readonly WayStop[]): Promise<Map<string, Stall>> {
  const pileIds = [...new Set(stops.map(({ pileId }) => pileId))]
  if (pileIds.length === 0) return new Map()
  const found = await reader
    .select({ pileId: piles.id, merchant: merchants, site: sites })
    .from(piles)
    .innerJoin(merchants, eq(merchants.id, piles.merchantId))
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(sql`${piles.id} = ANY (${arrayOf("bytea", pileIds)})`)
  return new Map(
    found.map(({ pileId, merchant, site }) => [
      pileId,
      { site: site.name, kind: site.kind, stall: merchant.name, stallNumber: merchant.stallNumber },
    ]),
  )
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
    kind: stall?.kind ?? null,
    stall: stall?.stall ?? null,
    stallNumber: stall?.stallNumber ?? null,
    arrivedAt: arrivedAtMs === null ? null : shown(new Date(arrivedAtMs).toISOString()),
    harvested,
    inspections: tests.get(pileId)?.length ?? 0,
  }
}
