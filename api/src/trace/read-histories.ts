import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { outflowKey, type PileEvent, UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { purchasedSources } from "@suyuan/protocol/trace/source-grams"
import type { Reader } from "../context"
import { recordDay } from "../ledger/record-day"
import { type BoughtByKey, type Remembered, upstreamKey } from "./bought-origins"
import { startsBefore } from "./history-start"
import { openingOf, readWalkStarts, type WalkStart } from "./pile-days"
import { type PileRevision, type PileRow, readPileRows, type WantedPile } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

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
  /** What was remembered of these piles: their rows are those after it. */
  readonly starts: ReadonlyMap<string, WalkStart>
  readonly revisions: ReadonlyMap<string, PileRevision>
  /** Whether a pile's outflow is asked about, or was bought by one of these piles and is not remembered. */
  readonly isNamed: (pileId: string, key: string) => boolean
}

export type AskedPile = {
  readonly pileId: string
  readonly until: Date
  /** Rows from then on are wanted themselves; left out: from `until` on. */
  readonly from?: Date
  /** Whose ranges are asked for, as `outflowKey`. */
  readonly outflows?: readonly string[]
}

/**
 * The events of the asked piles, and level by level those of every pile that something was bought from by the time
 * that matters, unless it is remembered what was bought. Of a pile that is remembered only the events since: two round
 * trips a level. A pile is read to the present where a later void or a sale beyond the book says something about what
 * was there before. Outflows that are neither asked about nor bought come summed up.
 * @param nowMs the present.
 * @param known where the walks through the asked piles may begin, where that was read already.
 */
export async function readHistories(
  reader: Reader,
  asked: readonly AskedPile[],
  nowMs: number,
  known?: ReadonlyMap<string, WalkStart>,
): Promise<Histories> {
  const needed = new Map<string, Needed>()
  const starts = new Map<string, WalkStart>()
  const rowsByPile = new Map<string, readonly PileRow[]>()
  const bought = new Map<string, Remembered>()
  const revisions = new Map<string, PileRevision>()
  let next = new Set<string>()
  for (const one of asked) need(needed, next, neededOf(one))
  let levels = 0
  while (next.size > 0 && levels < levelsMax) {
    const found = (levels === 0 && known) || (await readStarts(reader, next, needed))
    levels += 1
    for (const pileId of next) starts.delete(pileId)
    for (const [pileId, start] of found) starts.set(pileId, start)
    let [unread, isAgain] = [[...next], false]
    while (unread.length > 0) {
      const read = await readSome(reader, unread, needed, starts, { nowMs, mayEnd: !isAgain })
      for (const [pileId, revision] of read.revisions) revisions.set(pileId, revision)
      for (const [key, one] of read.bought) bought.set(key, one)
      for (const pileId of unread) rowsByPile.set(pileId, read.rows.get(pileId) ?? [])
      // What is asked about was before what is remembered, or after what matters, by a clock that was set since.
      unread = isAgain ? [] : unread.filter((pileId) => isMissing(pileId, needed, rowsByPile))
      for (const pileId of unread) starts.delete(pileId)
      isAgain = true
    }
    const total = [...rowsByPile.values()].reduce((sum, some) => sum + some.length, 0)
    if (total > rowsMax) throw new Error(`a trace over ${rowsMax} pile events was stopped`)
    const purchases = purchasesOf(next, rowsByPile, needed)
    next = upstreamOf(
      purchases.filter((row) => !bought.has(upstreamKey(row))),
      needed,
    )
  }
  const histories = [...rowsByPile].map(([pileId, rows]) => {
    const start = starts.get(pileId)
    return { pileId, events: [...(start ? [openingOf(start)] : []), ...rows.map((row) => pileEventOf(row, bought))] }
  })
  const isNamed = (pileId: string, key: string) => needed.get(pileId)?.outflows.has(key) ?? false
  return { histories, rows: [...rowsByPile.values()].flat(), levels, bought, starts, revisions, isNamed }
}

type Needed = { untilMs: number; fromMs: number; readonly outflows: Set<string> }

function neededOf({ pileId, until, from, outflows = [] }: AskedPile) {
  return { pileId, untilMs: until.getTime(), fromMs: (from ?? until).getTime(), outflows }
}

/** Notes what is needed of a pile, and in `next` that it must be read (again) when that is more than so far. */
function need(
  needed: Map<string, Needed>,
  next: Set<string>,
  wanted: { pileId: string; untilMs: number; fromMs: number; outflows: readonly string[] },
): void {
  const { pileId, untilMs, fromMs, outflows } = wanted
  const known = needed.get(pileId)
  const isKnown = known && untilMs <= known.untilMs && fromMs >= known.fromMs
  if (isKnown && outflows.every((key) => known.outflows.has(key))) return
  needed.set(pileId, {
    untilMs: Math.max(untilMs, known?.untilMs ?? 0),
    fromMs: Math.min(fromMs, known?.fromMs ?? Number.POSITIVE_INFINITY),
    outflows: new Set([...(known?.outflows ?? []), ...outflows]),
  })
  next.add(pileId)
}

function readStarts(reader: Reader, pileIds: Iterable<string>, needed: ReadonlyMap<string, Needed>) {
  const asked = [...pileIds].map((pileId) => {
    const { fromMs } = needOf(pileId, needed)
    return { pileId, before: startsBefore(fromMs) }
  })
  return readWalkStarts(reader, asked)
}

function needOf(pileId: string, needed: ReadonlyMap<string, Needed>): Needed {
  return needed.get(pileId) ?? { untilMs: 0, fromMs: 0, outflows: new Set() }
}

async function readSome(
  reader: Reader,
  pileIds: readonly string[],
  needed: ReadonlyMap<string, Needed>,
  starts: ReadonlyMap<string, WalkStart>,
  { nowMs, mayEnd }: { readonly nowMs: number; readonly mayEnd: boolean },
) {
  const wanted = pileIds.map((pileId): WantedPile => {
    const { fromMs, untilMs, outflows } = needOf(pileId, needed)
    const start = starts.get(pileId)
    return { pileId, after: start && new Date(start.atMs), fromMs, untilMs, mayEnd, named: outflows }
  })
  const read = await readPileRows(reader, wanted, nowMs)
  // Of goods that were gone before what is read it may be remembered, too, what they were.
  const named = new Set(read.rows.flatMap((row) => (row.source === "purchase" ? [upstreamKey(row)] : [])))
  const known = new Map([...read.bought].filter(([key]) => named.has(key)))
  return { rows: Map.groupBy(read.rows, (row) => row.pileId), revisions: read.revisions, bought: known }
}

function isMissing(
  pileId: string,
  needed: ReadonlyMap<string, Needed>,
  rowsByPile: ReadonlyMap<string, readonly PileRow[]>,
): boolean {
  const missing = new Set(needed.get(pileId)?.outflows)
  for (const row of rowsByPile.get(pileId) ?? []) if (row.source === "outflow") missing.delete(outflowKey(row))
  return missing.size > 0
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
    const untilMs = row.effectiveAt.getTime() + openOrderMs
    // Goods that were accepted late left before, on the day that the record names by the seller's clock.
    const fromMs = Math.min(row.effectiveAt.getTime(), Date.parse(recordDay(row.upstreamRecordId ?? "")))
    need(needed, next, { pileId: row.upstreamPileId ?? "", untilMs, fromMs, outflows: [upstreamKey(row)] })
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
      return { kind: "out", ...at, ...weight, ...(row.lotId !== null && { chosen: row.lotId }) }
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
      if (known) {
        const { expected } = known
        const carried = purchasedSources(known, row.gramsHigh)
        return { kind: "in", ...at, ...weight, carried, ...(expected && { expected }) }
      }
      return { kind: "in", ...at, ...weight, upstream: { ...upstream, pileId: row.upstreamPileId ?? "" } }
    }
    case "return":
      return { kind: "in", ...at, ...weight, returnOf: upstream }
    case "unknown":
      return { kind: "in", ...at, ...weight }
    case "count":
      return { kind: "count", ...at, grams: row.gramsHigh }
  }
}

type Sources = Pick<Histories, "rows" | "bought" | "starts">

/** Lots that can be in these piles: by their own harvest, and by what is remembered of them and of what they bought. */
export function lotsOf({ rows, bought, starts }: Sources): string[] {
  const harvested = rows.flatMap((row) => (row.lotId === null ? [] : [row.lotId]))
  const remembered = [...bought.values(), ...[...starts.values()].map(({ carry }) => carry)]
  const known = remembered.flatMap(({ sources }) => sources.map(({ sourceId }) => sourceId))
  return [...new Set([...harvested, ...known])].filter((id) => id !== UNKNOWN_SOURCE)
}
