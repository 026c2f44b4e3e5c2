import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"
import { type Presence, presenceIn, type Stay } from "./stay"

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
 * The way of goods that left a pile, from its rows and the ways of what it had bought by then. What came before it was last
 * empty is gone.
 * @param leftMs when they left, with the clocks' error allowed for.
 * @param start how it was before these rows, where they are not all.
 */
export function wayThrough(
  pile: {
    readonly pileId: string
    readonly rows: readonly PileRow[]
    readonly leftMs: number
    readonly start?: { readonly presence: Presence; readonly way: Way } | undefined
  },
  wayOfPurchase: (purchase: PileRow) => Way | undefined,
): Way {
  const { pileId, rows, leftMs, start } = pile
  const known = rows.filter((row) => row.effectiveAt.getTime() <= leftMs)
  // The goods themselves have left by then: what was there just before counts.
  const before = known.filter((row) => row.direction === 0 || row.effectiveAt.getTime() < leftMs - openOrderMs)
  const { sinceMs } = presenceIn(before, leftMs, start?.presence)
  // Goods that came back may have come long ago.
  const isWhole = known.some(({ source }) => source === "return")
  const fromMs = isWhole ? 0 : (sinceMs ?? Number.POSITIVE_INFINITY)
  const isIn = (row: PileRow) => row.direction === 0 && row.source !== "void" && row.effectiveAt.getTime() >= fromMs
  const inflows = known.filter(isIn).sort(compareArrivals)
  const startedMs = start?.presence.sinceMs
  const earlier = start && startedMs !== undefined && fromMs <= startedMs ? [start.way] : []
  const newestMs = inflows.reduce((latest, row) => Math.max(latest, row.effectiveAt.getTime()), 0)
  const own: WayStop = {
    level: 0,
    pileId,
    arrivedAtMs: newestMs === 0 ? null : newestMs,
    harvested: inflows.some((row) => row.source === "lot"),
  }
  const ways = inflows.flatMap((row) => (row.source === "purchase" ? (wayOfPurchase(row) ?? []) : []))
  return {
    stops: mergeStops([
      { stops: [own], above: 0 },
      ...earlier.map(({ stops }) => ({ stops, above: 0 })),
      ...ways.map(({ stops }) => ({ stops, above: 1 })),
    ]),
    stays: mergeStays([
      ...(sinceMs === undefined ? [] : [{ pileId, sinceMs, untilMs: leftMs }]),
      ...earlier.flatMap(({ stays }) => stays.filter((stay) => stay.pileId !== pileId)),
      ...ways.flatMap(({ stays }) => stays),
    ]),
  }
}

/** Each pile once, at its nearest level, with its latest arrival. `above` is added to their levels. */
function mergeStops(ways: readonly { readonly stops: readonly WayStop[]; readonly above: number }[]): WayStop[] {
  const byPile = new Map<string, WayStop>()
  for (const { stops, above } of ways) {
    for (const { pileId, level: own, arrivedAtMs, harvested } of stops) {
      const [level, seen] = [own + above, byPile.get(pileId)]
      const latestMs = Math.max(arrivedAtMs ?? 0, seen?.arrivedAtMs ?? 0)
      byPile.set(pileId, {
        level: Math.min(level, seen?.level ?? level),
        pileId,
        arrivedAtMs: latestMs === 0 ? null : latestMs,
        harvested: harvested || (seen?.harvested ?? false),
      })
    }
  }
  const inOrder = (a: WayStop, b: WayStop) =>
    a.level - b.level || (a.arrivedAtMs ?? 0) - (b.arrivedAtMs ?? 0) || (a.pileId < b.pileId ? -1 : 1)
  return [...byPile.values()].sort(inOrder)
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
