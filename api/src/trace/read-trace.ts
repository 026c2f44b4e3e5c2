import { mostPercent } from "@suyuan/protocol/trace/finest-statement"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import type { Context, Reader } from "../context"
import { localDay } from "../day"
import { ServiceError } from "../errors"
import { coverageOf, isCertified, percentsOf, withFailedLots } from "../inspections/coverage"
import { stallPhotoPath } from "../merchants/stall-photo-path"
import { businessDayOf } from "./business-day"
import { describeOrigin, type LotFacts, limitsOfLots, lookForLots, readLots } from "./describe-origin"
import { expectedOf } from "./expected-origins"
import { type FollowedPurchases, followPurchases } from "./follow-purchases"
import { type Histories, lotsOf, readHistories } from "./read-histories"
import type { InspectionDescription } from "./read-inspections"
import { readNamed, type TracedStall } from "./read-named"
import { readSale, type TracedSale } from "./read-sale"
import { recallsOf } from "./recalls-in-force"
import { rememberThese } from "./remember-purchases"
import { openOrderMs, resolve } from "./resolve"
import { type Way, type WayStop, wayThrough } from "./way"

/** How much of a trace its reader may see: a share shows neither buyer, price, total, payment nor the time of day. */
export type TraceView = "purchase" | "share"

/**
 * The way of one sale back to its bases: per line the origin range at the time of the sale, the trades that may have
 * brought it there, tests and certificates on the way. Three round trips where its piles are remembered, and what they
 * bought; two more for each level that is not.
 * @param asker who they are is found out while the sale is read, and nothing more before it is known. What comes of it refuses
 * whoever may not know; the rest is read meanwhile, and told only after it.
 * @throws ServiceError trace/unknown for a record that is no sale; what `asker` throws.
 */
export async function readTrace(
  ctx: Context,
  reader: Reader,
  recordId: string,
  view: TraceView,
  asker: Promise<(sale: TracedSale | undefined) => Promise<void>> = Promise.resolve(async () => {}),
) {
  const [sale, mayKnow] = await Promise.all([readSale(reader, recordId), asker])
  const allowed = mayKnow(sale)
  allowed.catch(() => {})
  if (!sale) await allowed
  if (!sale) throw new ServiceError("trace/unknown")
  const { merchant, site, lines, starts, soldMs } = sale
  const pileIds = [...new Set(lines.flatMap(({ pileId }) => (pileId === null ? [] : [pileId])))]
  const soldAt = new Date(soldMs)
  const histories = await readHistories(
    reader,
    pileIds.map((pileId) => ({
      pileId,
      until: new Date(soldMs + openOrderMs),
      from: soldAt,
      outflows: lines.flatMap((one) => (one.pileId === pileId ? [outflowKey({ recordId, line: one.line })] : [])),
    })),
    ctx.clock.nowMs(),
    starts,
  )
  const { origins, ways, facts, limits, tests, stalls, statements, checks, recalled, learned, expected } =
    await nameAll(ctx, reader, histories, {
      ...{ pileIds, leftMs: soldMs + openOrderMs },
      businessDay: businessDayOf(site, soldAt),
    })
  await allowed
  if (learned.length > 0) ctx.afterwards.do(`bought for ${recordId}`, () => rememberThese(ctx, learned))
  const covered = coverageOf(histories.histories, checks, { ...limits, keep: histories.isNamed })
  const ranges = lines.map(({ line, pileId }) => {
    const key = outflowKey({ recordId, line })
    return (pileId !== null && origins?.piles.get(pileId)?.outflows.get(key)) || undefined
  })
  const all = [...ways.values()]
  // The time of day would tell who it was: a share has days, as the market's calendar counts them.
  const shown = (instant: string) => (view === "share" ? localDay(new Date(instant), site.zone) : instant)
  return {
    recordId,
    recordState: sale.recordState,
    development: ctx.config.SUYUAN_ENV !== "production",
    stall: {
      name: merchant.name,
      number: merchant.stallNumber,
      site: site.name,
      siteEn: site.nameEn,
      zone: site.zone,
      photo: stallPhotoPath(merchant),
    },
    soldAt: shown(soldAt.toISOString()),
    amountFen: view === "share" ? null : sale.amountFen,
    state: sale.state,
    /** None until the day's first statement: origins are provisional as long as that is so. */
    originStatements: [...statements],
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
        certificates: origin?.sources.filter(({ lotId }) => isCertified(checks.get(lotId))).length ?? 0,
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

/** Origins and ways, and in one more round trip all that they name. */
async function nameAll(
  ctx: Context,
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
  const resolveAll = (facts: ReadonlyMap<string, LotFacts>) => {
    const limits = limitsOfLots(facts)
    return { facts, limits, origins: resolve(histories.histories, { ...limits, keep: histories.isNamed }) }
  }
  const lotIds = lotsOf(histories)
  const lots = lookForLots(ctx, lotIds)
  const read = async (ways: ReadonlyMap<string, Way>, unknownLotIds: readonly string[]) => {
    const all = [...ways.values()]
    const [stops, stays] = [all.flatMap((way) => way.stops), all.flatMap((way) => way.stays)]
    const { pileIds, businessDay } = asked
    const stopPileIds = stops.map(({ pileId }) => pileId)
    return { ways, ...(await readNamed(reader, { lotIds, unknownLotIds, pileIds, businessDay, stopPileIds, stays })) }
  }
  if (histories.levels > 1) {
    lots.keep(await readLots(reader, lots.missing))
    const resolved = resolveAll(lots.found)
    const followed = followPurchases(histories, resolved.origins)
    const named = await read(waysOf(followed), [])
    return { ...named, ...resolved, learned: followed.learned(), expected: followed.expected() }
  }
  // All that was bought is remembered, with its way: what origins turn out to be changes no name.
  const named = await read(waysOf(followPurchases(histories, undefined)), lots.missing)
  lots.keep(named.lots)
  const resolved = resolveAll(lots.found)
  return { ...named, ...resolved, learned: [], expected: expectedOf(histories, resolved.origins) }
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

function placeOf({ latitude, longitude }: Pick<TracedStall, "latitude" | "longitude">) {
  return latitude === null || longitude === null ? null : { latitude: latitude / 1e6, longitude: longitude / 1e6 }
}

function describeStop(
  { level, pileId, arrivedAtMs, harvested }: WayStop,
  stalls: ReadonlyMap<string, TracedStall>,
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
