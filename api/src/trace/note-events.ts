import { piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Database, Transaction } from "../context"
import { arrayOf, unnest } from "../unnest"
import type { PileRevision, PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

export type StoredEvent = Pick<PileRow, "pileId" | "effectiveAt" | "direction" | "source" | "gramsLow" | "gramsHigh">

/** An inflow counts before an outflow that is at most so much earlier: its earliest time against the other's latest. */
const inflowAheadMs = 2 * openOrderMs

/**
 * Tells the piles of events that this transaction stores, so that whoever remembers what a pile holds knows whether that
 * still counts. Appended goods revise nothing: they come after all that is remembered. An event of before, a void or a
 * return may revise all of it; goods that were sold beyond the book revise the ranges of before, but not what is there
 * now (RG-6). The book kept here is the least that can be there; a revision leaves it at nothing until somebody walks the
 * pile. What names an outflow (a void, a return, a purchase) is stored after it, by all who write. The rows stay locked until commit, so "before" has one meaning, however many gateways write.
 * Returns the piles that exist; events of others are not noted.
 */
export async function noteEvents(tx: Transaction, events: readonly StoredEvent[]): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const byPile = Map.groupBy(events, ({ pileId }) => pileId)
  // In id order, so that two transactions cannot wait in a ring.
  const known = await tx.execute<Noted>(sql`
    SELECT encode(id, 'hex') AS id, extract(epoch FROM last_at)::float8 * 1000 AS last_ms, book_grams::float8 AS book_grams
    FROM ${piles} WHERE id = ANY (${arrayOf("bytea", [...byPile.keys()])}) ORDER BY id FOR NO KEY UPDATE`)
  if (known.length === 0) return new Set()
  const noted = known.map((pile) => ({ pileId: pile.id, ...noteOne(pile, byPile.get(pile.id) ?? []) }))
  await tx.execute(sql`
    UPDATE ${piles} SET last_at = noted.last_at, book_grams = noted.book_grams, revision = revision + revised,
      shortfalls = shortfalls + fell_short
    FROM ${unnest("noted", {
      id: ["bytea", noted.map(({ pileId }) => pileId)],
      last_at: ["timestamptz", noted.map(({ lastMs }) => new Date(lastMs))],
      book_grams: ["bigint", noted.map(({ bookGrams }) => bookGrams)],
      revised: ["integer", noted.map(({ revises }) => (revises ? 1 : 0))],
      fell_short: ["integer", noted.map(({ fellShort }) => (fellShort ? 1 : 0))],
    })}
    WHERE ${piles.id} = noted.id`)
  return new Set(known.map(({ id }) => id))
}

/** What a walk through the whole of a pile found to be there at least, as of an event and a revision. */
export type WalkedPile = PileRevision & { readonly pileId: string; readonly atMs: number; readonly stockGrams: number }

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

/** Rows of these piles were taken away or changed. */
export async function noteRevision(tx: Transaction, pileIds: readonly string[]): Promise<void> {
  if (pileIds.length === 0) return
  await tx.execute(sql`
    UPDATE ${piles} SET revision = revision + 1, book_grams = 0 WHERE id IN (
      SELECT id FROM ${piles} WHERE id = ANY (${arrayOf("bytea", pileIds)}) ORDER BY id FOR NO KEY UPDATE)`)
}

type Noted = { readonly id: string; readonly last_ms: number | null; readonly book_grams: number }

function noteOne(pile: Noted, events: readonly StoredEvent[]) {
  const lastMs = pile.last_ms === null ? undefined : Math.round(pile.last_ms)
  const inOrder = events.toSorted(
    (a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || a.direction - b.direction,
  )
  let [newestMs, bookGrams, shortAtMs] = [lastMs ?? 0, pile.book_grams, undefined as number | undefined]
  for (const event of inOrder) {
    const atMs = event.effectiveAt.getTime()
    if (event.direction === 1) bookGrams -= event.gramsLow
    // Of goods that may have come first after all (RG-2), what was sold is not there any more.
    else if (shortAtMs === undefined || atMs > shortAtMs + inflowAheadMs) bookGrams += event.gramsHigh
    if (bookGrams < 0) shortAtMs = atMs
    bookGrams = Math.max(0, bookGrams)
    newestMs = Math.max(newestMs, atMs)
  }
  const revises = events.some((event) => isRevising(event, lastMs))
  return { lastMs: newestMs, bookGrams: revises ? 0 : bookGrams, fellShort: shortAtMs !== undefined, revises }
}

function isRevising({ source, direction, effectiveAt }: StoredEvent, lastMs: number | undefined): boolean {
  if (source === "void" || source === "return") return true
  if (lastMs === undefined) return false
  // The order of clocks this near is open, and goods that may have been there count as if they had (RG-2).
  return effectiveAt.getTime() <= (direction === 0 ? lastMs + inflowAheadMs : lastMs)
}
