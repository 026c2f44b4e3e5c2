import { groupOfLevel, type PlaceOf } from "@suyuan/protocol/trace/finest-statement"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { outflowKey, UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { type BoughtByKey, readBoughtOfPiles, readBoughtOrigins, upstreamKey } from "../trace/bought-origins"
import { type LotFacts, limitsOfLots, readRecentLots } from "../trace/describe-origin"
import { beginning } from "../trace/history-start"
import { openingOf, type WalkStart, walkStartOf } from "../trace/pile-days"
import { lotsOf, pileEventOf } from "../trace/read-histories"
import { rememberThese } from "../trace/remember-purchases"
import { resolve } from "../trace/resolve"
import { type DayRow, readDayRows, readSellingSite, type SellingPile } from "./day-goods"
import type { SiteDayBounds } from "./find-books"

export type GramsOf = { readonly mustGrams: number; readonly mayGrams: number }
export type PlaceGrams = GramsOf & { readonly place: string; readonly name: string }

/** What of one commodity the stalls of a site sold on a day, and how much of it must and may be from each place. */
export type GoodsOrigin = {
  readonly commodity: number
  readonly nameZh: string
  readonly nameEn: string
  readonly soldGrams: number
  /** Each level by itself, the likeliest first: a place's range is its own, not the sum of what is inside. */
  readonly provinces: readonly PlaceGrams[]
  /** GB/T 2260 area codes. */
  readonly counties: readonly PlaceGrams[]
  readonly bases: readonly PlaceGrams[]
  readonly unknown: GramsOf
}

export type DayOrigins = SiteDayBounds & { readonly goods: readonly GoodsOrigin[] }

const levels = ["province", "county", "base"] as const
type Level = (typeof levels)[number]

/**
 * Where the goods of a market's day are from, as far as the books say. Sales of a pile between two purchases count as one,
 * so that a stall is some rows however much it sold; each such run has its range, and they add up (RG-14). Goods that one
 * stall sold to another of the site count at both. Three round trips, and those that find out what is not remembered yet.
 * @throws ServiceError request/forbidden without `traces:read` at the site; site/unknown; statement/day-not-begun.
 */
export async function readDayOrigins(
  ctx: Context,
  actor: Actor,
  asked: { readonly siteId: string; readonly day: string; readonly commodity?: number | undefined },
): Promise<DayOrigins> {
  requireScope(actor, "traces:read", asked.siteId)
  const nowMs = ctx.clock.nowMs()
  const site = await readSellingSite(ctx.db, asked)
  if (!site) throw new ServiceError("site/unknown")
  const [startsAt, endsAt] = [new Date(site.starts_at), new Date(site.ends_at)]
  if (nowMs < startsAt.getTime()) throw new ServiceError("statement/day-not-begun", { field: "day" })
  const at: SiteDayBounds = {
    ...{ siteId: site.id, siteName: site.name, siteNameEn: site.name_en, zone: site.zone, day: asked.day },
    ...{ dayStartsAtMinutes: site.day_starts_at_minutes, startsAt, endsAt, isOver: nowMs >= endsAt.getTime() },
  }
  const selling = site.piles ?? []
  const read = await readGoods(ctx, at, selling, nowMs)
  return { ...at, goods: addUp(selling, read) }
}

type Goods = {
  readonly histories: readonly PileHistory[]
  readonly sold: ReadonlySet<string>
  readonly facts: ReadonlyMap<string, LotFacts>
}

const soldKey = (pileId: string, key: string) => `${pileId} ${key}`

async function readGoods(
  ctx: Context,
  at: SiteDayBounds,
  selling: readonly SellingPile[],
  nowMs: number,
): Promise<Goods> {
  const starts = new Map<string, WalkStart>()
  for (const { pile_id, start } of selling) if (start) starts.set(pile_id, walkStartOf(start))
  const after = new Map(
    selling.map(({ pile_id, after_ms }) => [pile_id, new Date(starts.get(pile_id)?.atMs ?? after_ms ?? beginning)]),
  )
  const [rows, remembered] = await Promise.all([
    readDayRows(ctx.db, at, after, nowMs),
    readBoughtOfPiles(
      ctx.db,
      [...after].map(([pileId, since]) => ({ pileId, after: since, until: at.endsAt })),
    ),
  ])
  const bought = await completed(ctx, at, rows, remembered)
  const facts = await readRecentLots(ctx, lotsOf({ rows, bought, starts }))
  const byPile = Map.groupBy(rows, ({ pileId }) => pileId)
  const histories = selling.map(({ pile_id: pileId }) => {
    const start = starts.get(pileId)
    const events = (byPile.get(pileId) ?? []).map((row) => pileEventOf(row, bought))
    return { pileId, events: [...(start ? [openingOf(start)] : []), ...events] }
  })
  const sold = new Set(rows.filter(({ isSold }) => isSold).map((row) => soldKey(row.pileId, outflowKey(row))))
  return { histories, sold, facts }
}

/** Finds out what purchases held that nobody asked about yet. */
async function completed(
  ctx: Context,
  { endsAt }: SiteDayBounds,
  rows: readonly DayRow[],
  remembered: BoughtByKey,
): Promise<BoughtByKey> {
  const missing = rows.filter(
    (row) => row.source === "purchase" && row.effectiveAt < endsAt && !remembered.has(upstreamKey(row)),
  )
  if (missing.length === 0) return remembered
  await rememberThese(
    ctx,
    missing.map(({ upstreamPileId, upstreamRecordId, upstreamLine }) => ({
      ...{ pileId: upstreamPileId ?? "", recordId: upstreamRecordId ?? "", line: upstreamLine ?? 0 },
    })),
  )
  return new Map([...remembered, ...(await readBoughtOrigins(ctx.db, missing))])
}

function addUp(selling: readonly SellingPile[], goods: Goods): GoodsOrigin[] {
  const { facts } = goods
  const placeOf: PlaceOf = (lotId) => {
    const lot = facts.get(lotId)
    return lot && { base: lot.baseSiteId, county: lot.regionCode, province: lot.province }
  }
  const nameOf = new Map([...facts.values()].map((lot) => [lot.baseSiteId, lot.base]))
  const byLevel = new Map(levels.map((level) => [level, soldRanges(goods, level, placeOf)]))
  const byCommodity = Map.groupBy(selling, ({ commodity }) => commodity)
  return [...byCommodity]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([commodity, own]) => {
      const rangesAt = (level: Level) => own.flatMap(({ pile_id }) => byLevel.get(level)?.get(pile_id) ?? [])
      const soldGrams = rangesAt("province").reduce((sum, range) => sum + range.grams, 0)
      if (soldGrams === 0) return []
      const placesAt = (level: Level) => {
        return [...addRanges(rangesAt(level), soldGrams)]
          .filter(([group]) => group !== UNKNOWN_SOURCE)
          .map(([group, grams]) => placeGrams(group, grams, nameOf))
          .toSorted((a, b) => b.mustGrams - a.mustGrams || b.mayGrams - a.mayGrams || (a.place < b.place ? -1 : 1))
      }
      const unknown = addRanges(rangesAt("province"), soldGrams).get(UNKNOWN_SOURCE)
      const [nameZh, nameEn] = [own[0]?.name_zh ?? "", own[0]?.name_en ?? ""]
      return [
        {
          ...{ commodity, nameZh, nameEn, soldGrams, unknown: unknown ?? { mustGrams: 0, mayGrams: 0 } },
          ...{ provinces: placesAt("province"), counties: placesAt("county"), bases: placesAt("base") },
        },
      ]
    })
}

/** The day's sales by pile, with the ranges of the places of one level. */
function soldRanges({ histories, sold, facts }: Goods, level: Level, placeOf: PlaceOf): Map<string, OutflowRange[]> {
  const keep = (pileId: string, key: string) => sold.has(soldKey(pileId, key))
  const resolved = resolve(histories, { ...limitsOfLots(facts), keep, groupOf: groupOfLevel(level, placeOf) })
  return new Map([...(resolved?.piles ?? [])].map(([pileId, pile]) => [pileId, [...pile.outflows.values()]]))
}

/** Never more than was sold. A lot's weight is no limit here: its goods are sold twice where stalls sell to stalls. */
function addRanges(ranges: readonly OutflowRange[], soldGrams: number): Map<string, GramsOf> {
  const sums = new Map<string, GramsOf>()
  for (const { sources } of ranges) {
    for (const { sourceId, mustGrams, mayGrams } of sources) {
      const sum = sums.get(sourceId) ?? { mustGrams: 0, mayGrams: 0 }
      const most = Math.min(soldGrams, sum.mayGrams + mayGrams)
      sums.set(sourceId, { mustGrams: sum.mustGrams + mustGrams, mayGrams: most })
    }
  }
  return sums
}

/** A group's id is `level:place`; a lot whose place is not known stands for itself. */
function placeGrams(group: string, grams: GramsOf, nameOf: ReadonlyMap<string, string>): PlaceGrams {
  const place = group.slice(group.indexOf(":") + 1)
  return { place, name: nameOf.get(place) ?? place, ...grams }
}
