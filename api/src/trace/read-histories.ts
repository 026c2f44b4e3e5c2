import { pileEvents } from "@suyuan/drizzle/schema/trace"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"
import { clockErrorMs } from "./resolve"

/** How far back a trace reads. What a pile held by then opens its history as goods of unknown origin. */
export const historyDays = 14
/** base → wholesale → wet market is three; more is a trade between stalls. */
export const levelsMax = 8
/** One trace reads at most this many rows, or is refused as too wide. */
const rowsMax = 200_000

export type PileRow = typeof pileEvents.$inferSelect

export type Histories = {
  readonly histories: readonly PileHistory[]
  readonly rows: readonly PileRow[]
  /** By pile, milliseconds: what happened later says nothing about the asked goods' way. */
  readonly neededUntil: ReadonlyMap<string, number>
  readonly levels: number
}

/**
 * The events of the asked piles, and level by level those of every pile that something was bought from by the time
 * that matters: one query a level. Each pile is read to the present, because a later void or a sale beyond the book
 * says something about what was there before.
 */
export async function readHistories(
  reader: Reader,
  wanted: readonly { readonly pileId: string; readonly until: Date }[],
): Promise<Histories> {
  const neededUntil = new Map<string, number>()
  const rowsByPile = new Map<string, PileRow[]>()
  const openings = new Map<string, PileEvent>()
  let next = new Map(wanted.map(({ pileId, until }) => [pileId, until.getTime()]))
  let levels = 0
  let total = 0
  while (next.size > 0 && levels < levelsMax) {
    levels += 1
    const unread = [...next].filter(([pileId]) => !rowsByPile.has(pileId))
    const rows = await readLevel(reader, new Map(unread), openings)
    total += rows.length
    if (total > rowsMax) throw new Error(`a trace over ${rowsMax} pile events was stopped`)
    for (const [pileId, untilMs] of next) {
      neededUntil.set(pileId, untilMs)
      if (!rowsByPile.has(pileId)) rowsByPile.set(pileId, [])
    }
    for (const row of rows) rowsByPile.get(row.pileId)?.push(row)
    next = upstreamOf([...next.keys()], rowsByPile, neededUntil)
  }
  const histories = [...rowsByPile].map(([pileId, rows]) => {
    const opening = openings.get(pileId)
    return { pileId, events: [...(opening ? [opening] : []), ...rows.map(pileEventOf)] }
  })
  return { histories, rows: [...rowsByPile.values()].flat(), neededUntil, levels }
}

/** Piles whose sales these piles bought by the time that matters, where more of them is needed than was so far. */
function upstreamOf(
  pileIds: readonly string[],
  rowsByPile: ReadonlyMap<string, readonly PileRow[]>,
  neededUntil: ReadonlyMap<string, number>,
): Map<string, number> {
  const next = new Map<string, number>()
  for (const pileId of pileIds) {
    const untilMs = neededUntil.get(pileId) ?? 0
    for (const row of rowsByPile.get(pileId) ?? []) {
      const boughtAtMs = row.effectiveAt.getTime()
      if (row.source !== "purchase" || row.upstreamPileId === null || boughtAtMs > untilMs) continue
      const known = Math.max(neededUntil.get(row.upstreamPileId) ?? -1, next.get(row.upstreamPileId) ?? -1)
      const upstreamUntilMs = boughtAtMs + 2 * clockErrorMs
      if (upstreamUntilMs > known) next.set(row.upstreamPileId, upstreamUntilMs)
    }
  }
  return next
}

async function readLevel(
  reader: Reader,
  piles: ReadonlyMap<string, number>,
  openings: Map<string, PileEvent>,
): Promise<PileRow[]> {
  if (piles.size === 0) return []
  const sinceOf = (untilMs: number) => new Date(untilMs - historyDays * 86_400_000)
  const wanted = [...piles].map(
    ([pileId, untilMs]) => sql`(decode(${pileId}, 'hex'), ${sinceOf(untilMs).toISOString()}::timestamptz)`,
  )
  const earliest = sinceOf(Math.min(...piles.values()))
    .toISOString()
    .slice(0, 10)
  const rows = await reader
    .select({
      event: pileEvents,
      pileId: sql<string>`encode(wanted.pile_id, 'hex')`,
      // What came in less what went out before the window opens: on the book, not in the engine.
      openingGrams: sql<string>`(
        SELECT coalesce(sum(CASE WHEN before.direction = 0 THEN before.grams_high ELSE -before.grams_high END), 0)
        FROM ${pileEvents} AS before WHERE before.pile_id = wanted.pile_id AND before.effective_at < wanted.since
          AND before.day <= (wanted.since AT TIME ZONE 'UTC')::date)`,
    })
    .from(sql`(VALUES ${sql.join(wanted, sql`, `)}) AS wanted(pile_id, since)`)
    .leftJoin(
      pileEvents,
      // The earliest day is a constant, so that the planner leaves out the partitions before it.
      sql`wanted.pile_id = ${pileEvents.pileId} AND ${pileEvents.effectiveAt} >= wanted.since AND ${pileEvents.day} >= ${earliest}::date`,
    )
  for (const { pileId, openingGrams } of rows) {
    const grams = Number(openingGrams)
    const untilMs = piles.get(pileId)
    if (grams <= 0 || untilMs === undefined) continue
    const effectiveAtMs = sinceOf(untilMs).getTime()
    openings.set(pileId, { kind: "count", recordId: "opening", line: 0, effectiveAtMs, grams })
  }
  return rows.flatMap(({ event }) => (event === null ? [] : [event]))
}

/** A stored row as the pure engine takes it. */
export function pileEventOf(row: PileRow): PileEvent {
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
    case "purchase":
      return { kind: "in", ...at, ...weight, upstream: { ...upstream, pileId: row.upstreamPileId ?? "" } }
    case "return":
      return { kind: "in", ...at, ...weight, returnOf: upstream }
    case "unknown":
      return { kind: "in", ...at, ...weight }
  }
}

/** Lots that came into these piles by their own harvest. */
export function lotsOf(rows: readonly PileRow[]): string[] {
  return [...new Set(rows.flatMap((row) => (row.lotId === null ? [] : [row.lotId])))]
}
