import { pileEvents } from "@suyuan/drizzle/schema/trace"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"

/** Nothing fresh is sold after this; what a pile held before counts as unknown, which is wider and true. */
export const historyDays = 14
/** base → wholesale → wet market is three; more is a trade between stalls. */
export const levelsMax = 8
/** One trace reads at most this many rows, or is refused as too wide. */
const rowsMax = 200_000

export type PileRow = typeof pileEvents.$inferSelect

export type Histories = {
  readonly histories: readonly PileHistory[]
  readonly rows: readonly PileRow[]
  readonly levels: number
}

/**
 * The events of the asked piles up to an instant, and level by level those of every pile that something was bought
 * from: one query a level. A pile that is met again later is read again only when more of it is needed.
 */
export async function readHistories(
  reader: Reader,
  wanted: readonly { readonly pileId: string; readonly until: Date }[],
): Promise<Histories> {
  const readUntil = new Map<string, number>()
  const rowsByPile = new Map<string, PileRow[]>()
  let next = new Map(wanted.map(({ pileId, until }) => [pileId, until.getTime()]))
  let levels = 0
  let total = 0
  while (next.size > 0 && levels < levelsMax) {
    levels += 1
    const rows = await readLevel(reader, next)
    total += rows.length
    if (total > rowsMax) throw new Error(`a trace over ${rowsMax} pile events was stopped`)
    for (const [pileId, untilMs] of next) {
      readUntil.set(pileId, untilMs)
      rowsByPile.set(pileId, [])
    }
    for (const row of rows) rowsByPile.get(row.pileId)?.push(row)
    next = upstreamOf(rows, readUntil)
  }
  const histories = [...rowsByPile].map(([pileId, rows]) => ({ pileId, events: rows.map(pileEventOf) }))
  return { histories, rows: [...rowsByPile.values()].flat(), levels }
}

function upstreamOf(rows: readonly PileRow[], readUntil: ReadonlyMap<string, number>): Map<string, number> {
  const next = new Map<string, number>()
  for (const row of rows) {
    if (row.source !== "purchase" || row.upstreamPileId === null) continue
    const untilMs = row.effectiveAt.getTime()
    if (untilMs <= Math.max(readUntil.get(row.upstreamPileId) ?? -1, next.get(row.upstreamPileId) ?? -1)) continue
    next.set(row.upstreamPileId, untilMs)
  }
  return next
}

async function readLevel(reader: Reader, piles: ReadonlyMap<string, number>): Promise<PileRow[]> {
  const wanted = [...piles].map(([pileId, untilMs]) => {
    const until = new Date(untilMs)
    const since = new Date(untilMs - historyDays * 86_400_000)
    return sql`(decode(${pileId}, 'hex'), ${since.toISOString()}::timestamptz, ${until.toISOString()}::timestamptz)`
  })
  const earliest = new Date(Math.min(...piles.values()) - historyDays * 86_400_000).toISOString().slice(0, 10)
  const latest = new Date(Math.max(...piles.values())).toISOString().slice(0, 10)
  const rows = await reader
    .select({ event: pileEvents })
    .from(pileEvents)
    .innerJoin(
      sql`(VALUES ${sql.join(wanted, sql`, `)}) AS wanted(pile_id, since, until)`,
      sql`wanted.pile_id = ${pileEvents.pileId} AND ${pileEvents.effectiveAt} BETWEEN wanted.since AND wanted.until`,
    )
    // The days are constants, so that the planner leaves out the partitions of others.
    .where(sql`${pileEvents.day} BETWEEN ${earliest}::date AND ${latest}::date`)
  return rows.map(({ event }) => event)
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
