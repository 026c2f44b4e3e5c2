import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"
import { presenceIn, type Stay } from "./stay"

/** A pile that goods may have come through, and when goods last came into it by the time that they left. */
export type WayStop = {
  /** 0 for the pile itself, 1 for those that supplied it, and so on. */
  readonly level: number
  readonly pileId: string
  readonly arrivedAtMs: number | null
  readonly harvested: boolean
}

export type Way = {
  /** Nearest first, each pile once. */
  readonly stops: readonly WayStop[]
  /** From when to when the goods can have lain in each pile. */
  readonly stays: readonly Stay[]
}

/** Earlier first, then by record: the database returns rows as they came, and a way must not tell of that. */
function compareArrivals(a: PileRow, b: PileRow): number {
  const later = a.effectiveAt.getTime() - b.effectiveAt.getTime()
  return later || (a.recordId < b.recordId ? -1 : a.recordId > b.recordId ? 1 : a.line - b.line)
}

/**
 * The way of goods that left a pile, from its rows and the ways of what it had bought by then.
 * @param leftMs when they left, with the clocks' error allowed for.
 */
export function wayThrough(
  pile: { readonly pileId: string; readonly rows: readonly PileRow[]; readonly leftMs: number },
  wayOfPurchase: (purchase: PileRow) => Way | undefined,
): Way {
  const { pileId, rows, leftMs } = pile
  const known = rows.filter((row) => row.effectiveAt.getTime() <= leftMs)
  const inflows = known.filter((row) => row.direction === 0 && row.source !== "void").sort(compareArrivals)
  const newestMs = inflows.reduce((latest, row) => Math.max(latest, row.effectiveAt.getTime()), 0)
  const own: WayStop = {
    level: 0,
    pileId,
    arrivedAtMs: newestMs === 0 ? null : newestMs,
    harvested: inflows.some((row) => row.source === "lot"),
  }
  // The goods themselves have left by then: what was there just before counts.
  const before = known.filter((row) => row.direction === 0 || row.effectiveAt.getTime() < leftMs - openOrderMs)
  const { sinceMs } = presenceIn(before, leftMs)
  const ways = inflows.flatMap((row) => (row.source === "purchase" ? (wayOfPurchase(row) ?? []) : []))
  return {
    stops: mergeStops([own, ...ways.flatMap(({ stops }) => stops.map((stop) => ({ ...stop, level: stop.level + 1 })))]),
    stays: mergeStays([
      ...(sinceMs === undefined ? [] : [{ pileId, sinceMs, untilMs: leftMs }]),
      ...ways.flatMap(({ stays }) => stays),
    ]),
  }
}

/** Each pile once, at its nearest level, with its latest arrival. */
function mergeStops(stops: readonly WayStop[]): WayStop[] {
  const byPile = new Map<string, WayStop>()
  for (const stop of stops) {
    const seen = byPile.get(stop.pileId)
    const arrivedAtMs = Math.max(stop.arrivedAtMs ?? 0, seen?.arrivedAtMs ?? 0)
    byPile.set(stop.pileId, {
      ...stop,
      level: Math.min(stop.level, seen?.level ?? stop.level),
      arrivedAtMs: arrivedAtMs === 0 ? null : arrivedAtMs,
      harvested: stop.harvested || (seen?.harvested ?? false),
    })
  }
  return [...byPile.values()].sort((a, b) => a.level - b.level)
}

/** Of each pile the stays that do not overlap. */
function mergeStays(stays: readonly Stay[]): Stay[] {
  return [...Map.groupBy(stays, ({ pileId }) => pileId).values()].flatMap((own) => {
    const merged: Stay[] = []
    for (const stay of own.toSorted((a, b) => a.sinceMs - b.sinceMs)) {
      const last = merged.at(-1)
      if (!last || stay.sinceMs > last.untilMs) merged.push(stay)
      else merged[merged.length - 1] = { ...last, untilMs: Math.max(last.untilMs, stay.untilMs) }
    }
    return merged
  })
}
