import type { SourceGrams } from "@suyuan/protocol/trace/pile-event"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import type { PileRow } from "../trace/read-pile-rows"
import type { PileSums, RunSums } from "../trace/sum-days"

/** A pile that goods may have come through, and what happened there since. */
export type ReachedPile = {
  readonly pileId: string
  readonly siteId: string
  readonly merchantId: string
  readonly commodity: number
  readonly lotId: string | null
  /** Before the first of them can have come. What was there by then is of other origin. */
  readonly sinceMs: number
  /** As it is remembered of then, by both weights; nothing where the rows begin before, or where nothing was. */
  readonly openingGrams: number
  readonly openingLowGrams: number
  /** What it was of, where somebody asked and it is remembered; left out, it is of other origin. */
  readonly openingSources?: readonly SourceGrams[]
  /** Not read to the end: what happened later says nothing of the time that is asked about. */
  readonly isCut: boolean
  /** Counted as sold out since. */
  readonly isSoldOut: boolean
  readonly rows: readonly ReachedRow[]
}

export type SummedRun = RunSums & { readonly gramsHigh: number }

/** An event, or a run of outflows as one of their sum: from `firstMs` to the time of its last. */
export type ReachedRow = Omit<PileRow, "pileId" | "effectiveAt"> & {
  readonly atMs: number
  readonly firstMs: number
  readonly isRun: boolean
  /** Of a run that was summed before: what is known of its outflows without reading them. */
  readonly sums: SummedRun | undefined
}

/**
 * As it is read: pile, site, merchant, commodity, lot; since when, what was there then (most and least), whether it was cut
 * and whether it sold out; then the days that were summed, as they were stored, and runs and events that were read besides.
 */
export type RawPile = readonly [
  ...[string, string, string, number, string | null, number, number, number, boolean, boolean],
  ...[readonly PileSums[], readonly (readonly [number, number, number, number])[], PileSums["singles"]],
]

/** Stands in a run of outflows where an outflow has its record; no record has it. A run begins when no other of its pile does. */
const runRecordId = "00"

export function reachedPile(raw: RawPile): ReachedPile {
  const [pileId, siteId, merchantId, commodity, lotId, sinceMs, openingGrams, openingLowGrams, isCut, isSoldOut] = raw
  const [, , , , , , , , , , days, runs, singles] = raw
  const rows: ReachedRow[] = []
  for (const day of days) {
    for (const run of day.runs) rows.push(summedRun(run))
    for (const single of day.singles) rows.push(rowOf(single))
  }
  for (const [firstMs, lastMs, low, high] of runs) rows.push(runOf(firstMs, lastMs, low, high, undefined))
  for (const single of singles) rows.push(rowOf(single))
  return {
    ...{ pileId, siteId, merchantId, commodity, lotId, sinceMs: Math.round(sinceMs) },
    ...{ openingGrams, openingLowGrams, isCut, isSoldOut, rows },
  }
}

function summedRun(run: PileSums["runs"][number]): ReachedRow {
  const sums = { gramsHigh: run[3], sales: run[4], mostLow: run[5], mostHigh: run[6], manyHigh: run[7], mark: run[8] }
  return runOf(run[0], run[1], run[2], run[3], sums)
}

/** Of the outflow that a row names, within its pile. */
export function namedKey({ upstreamRecordId, upstreamLine }: ReachedRow): string {
  return outflowKey({ recordId: upstreamRecordId ?? "", line: upstreamLine ?? 0 })
}

/** Piles whose outflow stands in a run that was summed before somebody named it. */
export function namedLately(piles: readonly ReachedPile[]): string[] {
  const summed = new Map<string, { readonly sinceMs: number; readonly singles: ReadonlySet<string> }>()
  for (const { pileId, sinceMs, rows } of piles) {
    if (!rows.some(({ sums }) => sums !== undefined)) continue
    const singles = new Set<string>()
    for (const row of rows) if (row.source === "outflow" && !row.isRun) singles.add(outflowKey(row))
    summed.set(pileId, { sinceMs, singles })
  }
  const late = new Set<string>()
  for (const { rows } of piles) {
    // Voids and returns revise their pile, so that it is summed anew.
    for (const row of rows) {
      const from = row.source === "purchase" ? row.upstreamPileId : null
      const known = from === null ? undefined : summed.get(from)
      // What was bought before the pile is read from was not read.
      if (known === undefined || row.atMs <= known.sinceMs || known.singles.has(namedKey(row))) continue
      late.add(from ?? "")
    }
  }
  return [...late]
}

function runOf(
  firstMs: number,
  lastMs: number,
  gramsLow: number,
  gramsHigh: number,
  sums: SummedRun | undefined,
): ReachedRow {
  const first = Math.round(firstMs)
  return {
    atMs: Math.round(lastMs),
    firstMs: first,
    isRun: true,
    sums,
    direction: 1,
    recordId: runRecordId,
    line: first,
    gramsLow,
    gramsHigh,
    source: "outflow",
    lotId: null,
    upstreamPileId: null,
    upstreamRecordId: null,
    upstreamLine: null,
  }
}

export function rowOf(single: PileSums["singles"][number]): ReachedRow {
  const atMs = Math.round(single[0])
  return {
    atMs,
    firstMs: atMs,
    isRun: false,
    sums: undefined,
    direction: single[1],
    recordId: single[2],
    line: single[3],
    gramsLow: single[4],
    gramsHigh: single[5],
    source: single[6],
    lotId: single[7],
    upstreamPileId: single[8],
    upstreamRecordId: single[9],
    upstreamLine: single[10],
  }
}
