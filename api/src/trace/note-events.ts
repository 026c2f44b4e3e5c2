import { piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Transaction } from "../context"
import { arrayOf, unnest } from "../unnest"
import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

export type StoredEvent = Pick<PileRow, "pileId" | "effectiveAt" | "direction" | "source" | "gramsLow" | "gramsHigh">

/** An inflow counts before an outflow that is at most so much earlier: its earliest time against the other's latest. */
const inflowAheadMs = 2 * openOrderMs

/**
 * Tells the piles of events that this transaction stores, so that whoever remembers what a pile holds knows whether that
 * still counts. Appended goods revise nothing: they come after all that is remembered. An event of before, a void or a
 * return may revise all of it; goods that were sold beyond the book revise the ranges of before, but not what is there
 * now (RG-6). The rows stay locked until commit, so "before" has one meaning, however many gateways write.
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

/** Rows of these piles were taken away or changed. */
export async function noteRevision(tx: Transaction, pileIds: readonly string[]): Promise<void> {
  if (pileIds.length === 0) return
  await tx.execute(sql`
    UPDATE ${piles} SET revision = revision + 1 WHERE id IN (
      SELECT id FROM ${piles} WHERE id = ANY (${arrayOf("bytea", pileIds)}) ORDER BY id FOR NO KEY UPDATE)`)
}

type Noted = { readonly id: string; readonly last_ms: number | null; readonly book_grams: number }

function noteOne(pile: Noted, events: readonly StoredEvent[]) {
  const lastMs = pile.last_ms === null ? undefined : Math.round(pile.last_ms)
  const inOrder = events.toSorted(
    (a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || a.direction - b.direction,
  )
  let [newestMs, bookGrams, fellShort] = [lastMs ?? 0, pile.book_grams, false]
  for (const event of inOrder) {
    const atMs = event.effectiveAt.getTime()
    // An inflow so near may have come first after all (RG-2): only then was the book really below nothing.
    if (atMs > newestMs + inflowAheadMs) bookGrams = Math.max(0, bookGrams)
    bookGrams += event.direction === 0 ? event.gramsHigh : -event.gramsLow
    if (bookGrams < 0) fellShort = true
    newestMs = Math.max(newestMs, atMs)
  }
  return { lastMs: newestMs, bookGrams, fellShort, revises: events.some((event) => isRevising(event, lastMs)) }
}

function isRevising({ source, direction, effectiveAt }: StoredEvent, lastMs: number | undefined): boolean {
  if (source === "void" || source === "return") return true
  if (lastMs === undefined) return false
  // The order of clocks this near is open, and goods that may have been there count as if they had (RG-2).
  return effectiveAt.getTime() <= (direction === 0 ? lastMs + inflowAheadMs : lastMs)
}
