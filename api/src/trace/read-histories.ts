import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { outflowKey, type PileEvent, UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { purchasedSources } from "@suyuan/protocol/trace/source-grams"
import type { Reader } from "../context"
import { type BoughtByKey, type Remembered, readBoughtOrigins, upstreamKey } from "./bought-origins"
import { type PileRevision, type PileRow, readPileRows, type WantedPile } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

/** How far back a trace reads. What a pile held by then opens its history as goods of unknown origin. */
export const historyDays = 14
/** base → wholesale → wet market is three; more is a trade between stalls. */
export const levelsMax = 8
/** One trace reads at most this many rows, or is refused as too wide. */
const rowsMax = 200_000

export type Histories = {
  readonly histories: readonly PileHistory[]
  readonly rows: readonly PileRow[]
  readonly levels: number
  /** What was remembered of lines that these piles bought: their piles were not read for them. */
  readonly bought: BoughtByKey
  readonly revisions: ReadonlyMap<string, PileRevision>
  /** Whether a pile's outflow is asked about, or was bought by one of these piles and is not remembered. */
  readonly isNamed: (pileId: string, key: string) => boolean
}

/**
 * The events of the asked piles, and level by level those of every pile that something was bought from by the time
 * that matters, unless it is remembered what was bought: one query a level, and one for what is remembered. Each pile is read to the present, because a later void or a sale beyond the book
 * says something about what was there before. Outflows that are neither asked about nor bought come summed up.
 * @param wanted with the outflows whose ranges are asked for, as `outflowKey`.
 * @param nowMs the present.
 */
export async function readHistories(
  reader: Reader,
  wanted: readonly { readonly pileId: string; readonly until: Date; readonly outflows?: readonly string[] }[],
  nowMs: number,
): Promise<Histories> {
  const needed = new Map<string, Needed>()
  const rowsByPile = new Map<string, readonly PileRow[]>()
  const openings = new Map<string, PileEvent>()
  const bought = new Map<string, Remembered>()
  const revisions = new Map<string, PileRevision>()
  let next = new Set<string>()
  for (const { pileId, until, outflows = [] } of wanted) {
    need(needed, next, { pileId, untilMs: until.getTime(), outflows })
  }
  let levels = 0
  while (next.size > 0 && levels < levelsMax) {
    levels += 1
    const read = await readPileRows(
      reader,
      [...next].map((pileId) => wantedOf(pileId, needed)),
      nowMs,
    )
    const { rows, openingGrams } = read
    for (const [pileId, revision] of read.revisions) revisions.set(pileId, revision)
    const byPile = Map.groupBy(rows, (row) => row.pileId)
    for (const pileId of next) {
      rowsByPile.set(pileId, byPile.get(pileId) ?? [])
      const grams = openingGrams.get(pileId) ?? 0
      const effectiveAtMs = wantedOf(pileId, needed).since.getTime()
      if (grams > 0) openings.set(pileId, { kind: "count", recordId: "opening", line: 0, effectiveAtMs, grams })
    }
    const total = [...rowsByPile.values()].reduce((sum, some) => sum + some.length, 0)
    if (total > rowsMax) throw new Error(`a trace over ${rowsMax} pile events was stopped`)
    const purchases = purchasesOf(next, rowsByPile, needed)
    for (const [key, known] of await readBoughtOrigins(reader, purchases)) bought.set(key, known)
    next = upstreamOf(
      purchases.filter((row) => !bought.has(upstreamKey(row))),
      needed,
    )
  }
  const histories = [...rowsByPile].map(([pileId, rows]) => {
    const opening = openings.get(pileId)
    return { pileId, events: [...(opening ? [opening] : []), ...rows.map((row) => pileEventOf(row, bought))] }
  })
  const isNamed = (pileId: string, key: string) => needed.get(pileId)?.outflows.has(key) ?? false
  return { histories, rows: [...rowsByPile.values()].flat(), levels, bought, revisions, isNamed }
}

type Needed = { untilMs: number; readonly outflows: Set<string> }

function wantedOf(pileId: string, needed: ReadonlyMap<string, Needed>): WantedPile {
  const { untilMs, outflows } = needed.get(pileId) ?? { untilMs: 0, outflows: new Set() }
  return { pileId, since: new Date(untilMs - historyDays * 86_400_000), untilMs, named: outflows }
}

/** Notes what is needed of a pile, and in `next` that it must be read (again) when that is more than so far. */
function need(
  needed: Map<string, Needed>,
  next: Set<string>,
  { pileId, untilMs, outflows }: { pileId: string; untilMs: number; outflows: readonly string[] },
): void {
  const known = needed.get(pileId)
  if (known && untilMs <= known.untilMs && outflows.every((key) => known.outflows.has(key))) return
  const all = new Set([...(known?.outflows ?? []), ...outflows])
  needed.set(pileId, { untilMs: Math.max(untilMs, known?.untilMs ?? 0), outflows: all })
  next.add(pileId)
}

/** What these piles bought by the time that matters. */
function purchasesOf(
  pileIds: ReadonlySet<string>,
  rowsByPile: ReadonlyMap<string, readonly PileRow[]>,
  needed: ReadonlyMap<string, Needed>,
): PileRow[] {
  return [...pileIds].flatMap((pileId) => {
    const untilMs = needed.get(pileId)?.untilMs ?? 0
    const own = rowsByPile.get(pileId) ?? []
    return own.filter((row) => row.source === "purchase" && row.upstreamPileId && row.effectiveAt.getTime() <= untilMs)
  })
}

/** Piles that these purchases came from, where more of them is needed than was so far. */
function upstreamOf(purchases: readonly PileRow[], needed: Map<string, Needed>): Set<string> {
  const next = new Set<string>()
  for (const row of purchases) {
    const [pileId, untilMs] = [row.upstreamPileId ?? "", row.effectiveAt.getTime() + openOrderMs]
    need(needed, next, { pileId, untilMs, outflows: [upstreamKey(row)] })
  }
  return next
}

/** A stored row as the pure engine takes it. */
export function pileEventOf(row: PileRow, bought: BoughtByKey = new Map()): PileEvent {
  const at = { recordId: row.recordId, line: row.line, effectiveAtMs: row.effectiveAt.getTime() }
  const weight = { grams: row.gramsHigh, lowGrams: row.gramsLow }
  const upstream = { recordId: row.upstreamRecordId ?? "", line: row.upstreamLine ?? 0 }
  switch (row.source) {
    case "outflow":
      return { kind: "out", ...at, ...weight }
    case "void":
      return { kind: "void", ...at, voids: upstream, grams: row.gramsHigh }
    case "lot":
      return {
        kind: "in",
        ...at,
        ...weight,
        sources: [{ sourceId: row.lotId ?? "", lowGrams: row.gramsLow, highGrams: row.gramsHigh }],
      }
    case "purchase": {
      const known = bought.get(outflowKey(upstream))
      if (known) return { kind: "in", ...at, ...weight, carried: purchasedSources(known, row.gramsHigh) }
      return { kind: "in", ...at, ...weight, upstream: { ...upstream, pileId: row.upstreamPileId ?? "" } }
    }
    case "return":
      return { kind: "in", ...at, ...weight, returnOf: upstream }
    case "unknown":
      return { kind: "in", ...at, ...weight }
  }
}

/** Lots that can be in these piles: by their own harvest, and by what is remembered of what they bought. */
export function lotsOf(rows: readonly PileRow[], bought: BoughtByKey): string[] {
  const harvested = rows.flatMap((row) => (row.lotId === null ? [] : [row.lotId]))
  const remembered = [...bought.values()].flatMap(({ sources }) => sources.map(({ sourceId }) => sourceId))
  return [...new Set([...harvested, ...remembered])].filter((id) => id !== UNKNOWN_SOURCE)
}
