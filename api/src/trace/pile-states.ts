import { pileEvents, pileStates, piles } from "@suyuan/drizzle/schema/trace"
import type { PileCarry } from "@suyuan/protocol/trace/pile"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { arrayOf } from "../unnest"
import { suppliersAreUnchanged, suppliersAsStored } from "./bought-origins"
import type { PileMove } from "./read-pile-rows"
import { clockErrorMs } from "./resolve"
import type { Presence } from "./stay"

/** What a pile held as of its newest event by then. */
export type PileState = {
  readonly atMs: number
  readonly carry: PileCarry
  readonly presence: Presence
}

/** With what has happened since. */
export type ResumedPile = PileState & { readonly pileId: string; readonly since: readonly PileMove[] }

/** More since then, and the state is made anew from the whole. */
export const sinceMax = 64

/** A state this much older than now is only good while nothing came after it. */
const tailDaysMax = 1

/** Nothing is dated later than this from now. */
const clocksAheadMs = 86_400_000

/**
 * States of piles that still count, each with the events after it: one query, so that both are of one moment. Events
 * that would revise a state make it void when they are stored (`note-events`); all others come after it.
 */
export async function readPileStates(
  reader: Reader,
  pileIds: readonly string[],
  nowMs: number,
): Promise<Map<string, ResumedPile>> {
  const firstDay = utcDay(new Date(nowMs - tailDaysMax * 86_400_000))
  const lastDay = utcDay(new Date(nowMs + clocksAheadMs))
  const rows = await reader.execute<Row>(sql`
    WITH known AS MATERIALIZED (
      SELECT state.pile_id, state.at, state.state, pile.last_at
      FROM ${pileStates} AS state JOIN ${piles} AS pile ON pile.id = state.pile_id
      WHERE state.pile_id = ANY (${arrayOf("bytea", pileIds)}) AND state.revision = pile.revision
        AND (state.at = pile.last_at OR state.at >= ${firstDay}::date) AND ${suppliersAreUnchanged("state")}
    )
    SELECT encode(pile_id, 'hex') AS pile_id, extract(epoch FROM at)::float8 * 1000 AS at_ms, state,
      CASE WHEN last_at > at THEN (
        SELECT json_agg(later) FROM (
          SELECT extract(epoch FROM effective_at)::float8 * 1000 AS at_ms, direction, encode(record_id, 'hex') AS record_id,
            line, grams_low::float8 AS grams_low, grams_high::float8 AS grams_high, source, lot_id,
            encode(upstream_pile_id, 'hex') AS upstream_pile_id, encode(upstream_record_id, 'hex') AS upstream_record_id,
            upstream_line
          FROM ${pileEvents} AS event WHERE event.pile_id = known.pile_id AND event.effective_at > known.at
            AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date LIMIT ${sinceMax + 1}
        ) AS later) END AS later
    FROM known`)
  return new Map(rows.flatMap((row) => (row.later && row.later.length > sinceMax ? [] : [[row.pile_id, resumed(row)]])))
}

/** The pile as the pure engine takes it: one inflow for all that was before (RG-22). */
export function openingOf({ atMs, carry }: PileState): PileEvent {
  const { sources, ...weight } = carry
  return { kind: "in", recordId: "opening", effectiveAtMs: atMs - 4 * clockErrorMs, ...weight, carried: sources }
}

/** Remembers what a pile holds. One that was found out later, from more, is not replaced by an earlier one. */
export async function keepPileState(
  ctx: Pick<Context, "db">,
  pileId: string,
  state: PileState & { readonly revision: number; readonly suppliers: ReadonlyMap<string, number> },
): Promise<void> {
  const { atMs, revision, suppliers, carry, presence } = state
  const values = {
    at: new Date(atMs),
    revision,
    state: { carry, presence },
    ...suppliersAsStored(suppliers),
  }
  await ctx.db
    .insert(pileStates)
    .values({ pileId, ...values })
    .onConflictDoUpdate({
      target: pileStates.pileId,
      set: values,
      setWhere: sql`(${pileStates.revision}, ${pileStates.at}) <= (excluded.revision, excluded.at)`,
    })
}

type Row = {
  readonly pile_id: string
  readonly at_ms: number
  readonly state: { readonly carry: PileCarry; readonly presence: Presence }
  readonly later: readonly LaterRow[] | null
}

type LaterRow = {
  readonly at_ms: number
  readonly direction: number
  readonly record_id: string
  readonly line: number
  readonly grams_low: number
  readonly grams_high: number
  readonly source: PileMove["source"]
  readonly lot_id: string | null
  readonly upstream_pile_id: string | null
  readonly upstream_record_id: string | null
  readonly upstream_line: number | null
}

function resumed(row: Row): ResumedPile {
  const { pile_id: pileId, at_ms, state, later } = row
  return { pileId, atMs: Math.round(at_ms), ...state, since: (later ?? []).map((one) => moveOf(pileId, one)) }
}

function moveOf(pileId: string, row: LaterRow): PileMove {
  return {
    pileId,
    effectiveAt: new Date(Math.round(row.at_ms)),
    direction: row.direction,
    recordId: row.record_id,
    line: row.line,
    gramsLow: row.grams_low,
    gramsHigh: row.grams_high,
    source: row.source,
    lotId: row.lot_id,
    upstreamPileId: row.upstream_pile_id,
    upstreamRecordId: row.upstream_record_id,
    upstreamLine: row.upstream_line,
  }
}
