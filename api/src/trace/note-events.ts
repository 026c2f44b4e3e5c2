import { pileEvents, pileRevisions, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Database, Transaction } from "../context"
import { utcDay } from "../day"
import { arrayOf, unnest } from "../unnest"
import { beginning } from "./history-start"
import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

/** With what a return names, so that it is known since when it says something. */
export type StoredEvent = Pick<PileRow, "pileId" | "effectiveAt" | "direction" | "source" | "gramsLow" | "gramsHigh"> &
  Partial<Pick<PileRow, "upstreamRecordId" | "upstreamLine">>

/** An inflow counts before an outflow that is at most so much earlier: its earliest time against the other's latest. */
const inflowAheadMs = 2 * openOrderMs

/**
 * Tells the piles of events that this transaction stores, so that whoever remembers what a pile holds, or held, knows
 * whether that still counts. Appended goods revise nothing: they come after all that is remembered; nor does a stock-take
 * that finds no more than the book. One that finds more says that goods had come unseen. An inflow of before, a
 * void or a return may revise everything since the stock-take before it, or since the beginning; goods that were sold
 * beyond the book revise the ranges of before as far, but not what is there now (RG-6). A late outflow since the newest
 * stock-take is, for all that was before it, an outflow like those in order: it revises what was there from its day on, and
 * as it may have been beyond the book, ranges of before. The book kept here is the least
 * that can be there; a revision leaves it at nothing until somebody walks the pile. A return revises once more since the very
 * instant at which its goods left: what was there then is not gone with a stock-take of later. What names an outflow (a
 * void, a return, a purchase) is stored after it, by all who write. The rows stay locked until commit, so "before" has one
 * meaning, however many gateways write. Returns the piles that exist; events of others are not noted.
 */
export async function noteEvents(tx: Transaction, events: readonly StoredEvent[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const byPile = Map.groupBy(events, ({ pileId }) => pileId)
  // In id order, so that two transactions cannot wait in a ring.
  const known = await tx.execute<Noted>(sql`
    SELECT encode(id, 'hex') AS id, extract(epoch FROM last_at)::float8 * 1000 AS last_ms, book_grams::float8 AS book_grams,
      extract(epoch FROM counted_at)::float8 * 1000 AS counted_ms
    FROM ${piles} WHERE id = ANY (${arrayOf("bytea", [...byPile.keys()])}) ORDER BY id FOR NO KEY UPDATE`)
  if (known.length === 0) return new Set()
  const leftAt = await namedOutflows(tx, events)
  const noted = known.map((pile) => noteOne(pile, byPile.get(pile.id) ?? [], leftAt))
  await tx.execute(sql`
    UPDATE ${piles} SET last_at = noted.last_at, book_grams = noted.book_grams, revision = revision + revised,
      shortfalls = shortfalls + fell_short, counted_at = noted.counted_at
    FROM ${unnest("noted", {
      id: ["bytea", noted.map(({ pileId }) => pileId)],
      last_at: ["timestamptz", noted.map(({ lastMs }) => new Date(lastMs))],
      book_grams: ["bigint", noted.map(({ bookGrams }) => bookGrams)],
      revised: ["integer", noted.map(({ revisedSince }) => (revisedSince ? 1 : 0))],
      fell_short: ["integer", noted.map(({ shortSince }) => (shortSince ? 1 : 0))],
      counted_at: ["timestamptz", noted.map(({ countedMs }) => (countedMs === undefined ? null : new Date(countedMs)))],
    })}
    WHERE ${piles.id} = noted.id`)
  await revise(
    tx,
    noted.flatMap(({ pileId, revisedSince, shortSince, backSince }) => [
      ...backSince.map((since) => ({ pileId, since, revisions: 1, shortfalls: 0 })),
      ...(revisedSince ? [{ pileId, since: revisedSince, revisions: 1, shortfalls: 0 }] : []),
      ...(shortSince ? [{ pileId, since: shortSince, revisions: 0, shortfalls: 1 }] : []),
    ]),
  )
  return new Set(known.map(({ id }) => id))
}

type Revision = {
  readonly pileId: string
  readonly since: Date
  readonly revisions: number
  readonly shortfalls: number
}

/** The piles' rows are held. */
async function revise(tx: Transaction, revised: readonly Revision[]): Promise<void> {
  if (revised.length === 0) return
  await tx.execute(sql`
    INSERT INTO ${pileRevisions} AS known (pile_id, since, revisions, shortfalls)
    SELECT pile_id, since, sum(revisions), sum(shortfalls) FROM ${unnest("revised", {
      pile_id: ["bytea", revised.map(({ pileId }) => pileId)],
      since: ["timestamptz", revised.map(({ since }) => since)],
      revisions: ["bigint", revised.map(({ revisions }) => revisions)],
      shortfalls: ["bigint", revised.map(({ shortfalls }) => shortfalls)],
    })} GROUP BY pile_id, since
    ON CONFLICT (pile_id, since) DO UPDATE
      SET revisions = known.revisions + excluded.revisions, shortfalls = known.shortfalls + excluded.shortfalls`)
}

/** When the goods left that come back, by record. */
async function namedOutflows(tx: Transaction, events: readonly StoredEvent[]): Promise<ReadonlyMap<string, number>> {
  const records = events.flatMap(({ source, upstreamRecordId }) =>
    source === "return" && upstreamRecordId ? [upstreamRecordId] : [],
  )
  if (records.length === 0) return new Map()
  const rows = await tx.execute<{ id: string; left_ms: number }>(sql`
    SELECT encode(record_id, 'hex') AS id, extract(epoch FROM min(effective_at))::float8 * 1000 AS left_ms
    FROM ${pileEvents} WHERE record_id = ANY (${arrayOf("bytea", records)}) AND source = 'outflow' GROUP BY record_id`)
  return new Map(rows.map(({ id, left_ms }) => [id, Math.round(left_ms)]))
}

/** What a walk through the whole of a pile found to be there at least, as of an event and a revision. */
export type WalkedPile = {
  readonly pileId: string
  readonly revision: number
  readonly atMs: number
  readonly stockGrams: number
}

/** Gives piles whose book was lost by a revision their book again, unless something happened since. */
export async function restoreBooks(db: Database, walked: readonly WalkedPile[]): Promise<void> {
  if (walked.length === 0) return
  await db.execute(sql`
    UPDATE ${piles} SET book_grams = walked.stock_grams
    FROM ${unnest("walked", {
      id: ["bytea", walked.map(({ pileId }) => pileId)],
      revision: ["bigint", walked.map(({ revision }) => revision)],
      last_at: ["timestamptz", walked.map(({ atMs }) => new Date(atMs))],
      stock_grams: ["bigint", walked.map(({ stockGrams }) => stockGrams)],
    })}
    WHERE ${piles.id} = walked.id AND ${piles.revision} = walked.revision AND ${piles.lastAt} = walked.last_at
      AND ${piles.bookGrams} < walked.stock_grams`)
}

/** Rows of these piles, of these times, were taken away or changed. */
export async function noteRevision(
  tx: Transaction,
  changed: readonly { readonly pileId: string; readonly effectiveAt: Date }[],
): Promise<void> {
  if (changed.length === 0) return
  const pileIds = changed.map(({ pileId }) => pileId)
  const held = await tx.execute<{ id: string; counted_ms: number | null }>(sql`
    UPDATE ${piles} SET revision = revision + 1, book_grams = 0 WHERE id IN (
      SELECT id FROM ${piles} WHERE id = ANY (${arrayOf("bytea", pileIds)}) ORDER BY id FOR NO KEY UPDATE)
    RETURNING encode(id, 'hex') AS id, extract(epoch FROM counted_at)::float8 * 1000 AS counted_ms`)
  const countedMs = new Map(held.map((pile) => [pile.id, pile.counted_ms ?? undefined]))
  await revise(
    tx,
    changed
      .filter(({ pileId }) => countedMs.has(pileId))
      .map(({ pileId, effectiveAt }) => {
        const since = countBefore(countedMs.get(pileId), effectiveAt.getTime())
        return { pileId, since, revisions: 1, shortfalls: 0 }
      }),
  )
}

type Noted = {
  readonly id: string
  readonly last_ms: number | null
  readonly book_grams: number
  readonly counted_ms: number | null
}

function noteOne(pile: Noted, events: readonly StoredEvent[], leftAt: ReadonlyMap<string, number>) {
  const lastMs = pile.last_ms === null ? undefined : Math.round(pile.last_ms)
  const countedMs = pile.counted_ms === null ? undefined : Math.round(pile.counted_ms)
  const inOrder = events.toSorted(
    (a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || a.direction - b.direction,
  )
  let [newestMs, bookGrams, shortAtMs] = [lastMs ?? 0, pile.book_grams, undefined as number | undefined]
  const [revisingMs, fellShortMs] = [[] as number[], [] as number[]]
  let newestCountMs = countedMs
  for (const event of inOrder) {
    const atMs = event.effectiveAt.getTime()
    if (event.direction === 2) {
      // Counted is counted. What is beyond the book may have been there since the count before (RG-7).
      if (event.gramsHigh > bookGrams) revisingMs.push(atMs)
      bookGrams = event.gramsHigh
      shortAtMs = undefined
      newestCountMs = Math.max(newestCountMs ?? 0, atMs)
    } else if (event.direction === 1) bookGrams -= event.gramsLow
    // Of goods that may have come first after all (RG-2), what was sold is not there any more.
    else if (shortAtMs === undefined || atMs > shortAtMs + inflowAheadMs) bookGrams += event.gramsHigh
    if (bookGrams < 0) {
      shortAtMs = atMs
      fellShortMs.push(atMs)
    }
    bookGrams = Math.max(0, bookGrams)
    newestMs = Math.max(newestMs, atMs)
  }
  const late = events.filter((event) => isRevising(event, lastMs))
  const isCounted = events.some(({ direction }) => direction === 2)
  const isGone = (event: StoredEvent) => !isCounted && isGoneSinceCount(event, countedMs)
  revisingMs.push(...late.filter((event) => !isGone(event)).map((event) => saysSinceMs(event, leftAt)))
  // Whether it was more than there was, whoever walks the pile finds out.
  const goneMs = late.filter(isGone).map(({ effectiveAt }) => effectiveAt.getTime())
  fellShortMs.push(...goneMs)
  // As it was counted before these events: what they count themselves bounds nothing that came with them.
  const sinceOf = (atMs: readonly number[]) =>
    atMs.length === 0 ? undefined : countBefore(countedMs, Math.min(...atMs))
  const goneSince = goneMs.length === 0 ? undefined : dayOrCount(countedMs, Math.min(...goneMs))
  return {
    pileId: pile.id,
    lastMs: newestMs,
    bookGrams: late.length > 0 ? 0 : bookGrams,
    countedMs: newestCountMs,
    revisedSince: sinceOf(revisingMs) ?? goneSince,
    shortSince: sinceOf(fellShortMs),
    backSince: events.flatMap(({ source, upstreamRecordId }) => {
      const leftMs = source === "return" ? leftAt.get(upstreamRecordId ?? "") : undefined
      return leftMs === undefined ? [] : [new Date(leftMs)]
    }),
  }
}

/**
 * Of a late event: an outflow since the newest stock-take. What was there before it is as it would be had it come in order.
 */
function isGoneSinceCount({ source, effectiveAt }: StoredEvent, countedMs: number | undefined): boolean {
  return source === "outflow" && (countedMs === undefined || effectiveAt.getTime() > countedMs)
}

/** A void stands at the time of its outflow; goods come back after they left. */
function saysSinceMs(
  { source, effectiveAt, upstreamRecordId }: StoredEvent,
  leftAt: ReadonlyMap<string, number>,
): number {
  const atMs = effectiveAt.getTime()
  return source === "return" ? Math.min(atMs, leftAt.get(upstreamRecordId ?? "") ?? 0) : atMs
}

/** What happened at this time says nothing of before the stock-take before it. */
function countBefore(countedMs: number | undefined, atMs: number): Date {
  return countedMs !== undefined && atMs > countedMs ? new Date(countedMs) : beginning
}

/**
 * Since when an outflow since then changes what was there: its UTC day, of which at most one state is remembered, or the
 * stock-take. Goods that left so soon after midnight may have left before.
 */
function dayOrCount(countedMs: number | undefined, atMs: number): Date {
  const dayMs = Date.parse(utcDay(new Date(atMs - inflowAheadMs)))
  return new Date(Math.max(dayMs, countBefore(countedMs, atMs).getTime()))
}

function isRevising({ source, direction, effectiveAt }: StoredEvent, lastMs: number | undefined): boolean {
  if (source === "void" || source === "return") return true
  if (lastMs === undefined) return false
  // The order of clocks this near is open, and goods that may have been there count as if they had (RG-2).
  return effectiveAt.getTime() <= (direction === 0 ? lastMs + inflowAheadMs : lastMs)
}
