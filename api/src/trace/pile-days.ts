import { inspections, pileDays, pileEvents, pileRevisions, piles } from "@suyuan/drizzle/schema/trace"
import type { ExpectedPile } from "@suyuan/protocol/trace/expected-carry"
import type { PileCarry } from "@suyuan/protocol/trace/pile"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { type SQL, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { fixedText, placeholder } from "../fixed-text"
import { arrayLiteral, unnest } from "../unnest"
import { isOfTheseRules } from "./expected-origins"
import {
  describeInspection,
  failedThenNewest,
  type InspectionDescription,
  type InspectionRow,
} from "./read-inspections"
import type { PileRow } from "./read-pile-rows"
import { clockErrorMs } from "./resolve"
import type { Presence } from "./stay"
import {
  type Suppliers,
  type SuppliersJson,
  suppliersAreUnchanged,
  suppliersAsStored,
  suppliersColumn,
  suppliersMax,
  suppliersOf,
} from "./suppliers"
import type { Way } from "./way"

/** What a pile held as of its newest event by then. */
export type PileState = {
  readonly atMs: number
  readonly carry: PileCarry
  readonly presence: Presence
  /** Of what is there. */
  readonly way: Way
  /** Left out where nobody asks what is expected. */
  readonly expected?: ExpectedPile
}

/** What it held then, with what has happened since. */
export type ResumedPile = Omit<PileState, "way" | "expected"> & {
  readonly pileId: string
  readonly since: readonly PileRow[]
  /** Of samples taken from it while it was not empty: those that failed and count, then the newest. */
  readonly tests: readonly { readonly sampledMs: number; readonly test: InspectionDescription }[]
}

/** More since then, and the state is made anew from the whole. */
export const sinceMax = 64

/** More of one pile's stay, and the oldest are not shown, but for those that failed. */
const testsMax = 20

/** A state this much older than now is only good while nothing came after it. */
export const tailDaysMax = 1

/** Nothing is dated later than this from now. */
const clocksAheadMs = 86_400_000

/** A walk that begins there knows what the whole history says, of then and of later: with the piles it follows from. */
export type WalkStart = PileState & { readonly suppliers: Suppliers }

/**
 * Where walks may begin of which what happened from `before` on is asked: the newest that is remembered and still counts, by
 * pile, however old. None where the pile must be walked from its history.
 */
export async function readWalkStarts(
  reader: Reader,
  asked: readonly AskedStart[],
): Promise<ReadonlyMap<string, WalkStart>> {
  if (asked.length === 0) return new Map()
  const rows = await reader.execute<WalkStartRow>(sql`
    SELECT encode(asked.pile_id, 'hex') AS pile_id, start.* FROM ${unnest("asked", askedColumns(asked))}
      CROSS JOIN LATERAL (${walkStart(sql`asked.pile_id`, sql`asked.before`)}) AS start`)
  return new Map(rows.map((row) => [row.pile_id, walkStartOf(row)]))
}

type AskedStart = { readonly pileId: string; readonly before: Date }

function askedColumns(asked: readonly AskedStart[]) {
  return {
    pile_id: ["bytea", asked.map(({ pileId }) => pileId)],
    before: ["timestamptz", asked.map(({ before }) => before)],
  } as const
}

/**
 * Where walks may begin that ask what is there now, which goods that were sold beyond the book later do not change (RG-6);
 * and of which piles somebody may have stored such since: of them nothing else is known.
 */
export async function readStartsOfNow(
  reader: Reader,
  asked: readonly AskedStart[],
): Promise<{ starts: ReadonlyMap<string, WalkStart>; maybeShort: ReadonlySet<string> }> {
  const rows = await reader.execute<WalkStartRow & { readonly is_sure: boolean }>(sql`
    SELECT encode(asked.pile_id, 'hex') AS pile_id, start.* FROM ${unnest("asked", askedColumns(asked))}
      CROSS JOIN LATERAL (
        SELECT ${startColumns}, kept.shortfalls = (${sumOfRevisions(sql`now.shortfalls`)}) AS is_sure
        FROM ${pileDays} AS kept
        WHERE ${isBefore(sql`asked.pile_id`, sql`asked.before`)} AND kept.revisions = (${sumOfRevisions(sql`now.revisions`)})
          AND ${suppliersAreUnchanged("kept")} AND ${isOfTheseRules(sql`kept.state`)}
        ORDER BY kept.day DESC LIMIT 1
      ) AS start`)
  return {
    starts: new Map(rows.map((row) => [row.pile_id, walkStartOf(row)])),
    maybeShort: new Set(rows.flatMap((row) => (row.is_sure ? [] : [row.pile_id]))),
  }
}

const sumOfRevisions = (of: SQL) => sql`SELECT coalesce(sum(${of}), 0) FROM ${pileRevisions} AS now
  WHERE now.pile_id = kept.pile_id AND now.since <= kept.at`

const startColumns = sql`extract(epoch FROM at)::float8 * 1000 AS at_ms, state, ${suppliersColumn("kept")} AS suppliers`

const isBefore = (pileId: SQL, before: SQL) =>
  sql`kept.pile_id = ${pileId} AND kept.at < ${before} AND kept.day <= ((${before}) AT TIME ZONE 'UTC')::date`

/** Query of the newest place where a walk may begin: `at_ms`, `state`, `suppliers`. */
export function walkStart(pileId: SQL, before: SQL): SQL {
  return sql`
    SELECT ${startColumns}
    FROM ${pileDays} AS kept WHERE ${isBefore(pileId, before)} AND ${isValid("kept")}
    ORDER BY kept.day DESC LIMIT 1`
}

/** Of a day that is remembered: it is as a walk of today would find it. */
function isValid(table: "kept"): SQL {
  return sql`${isUnchanged(table)} AND ${isOfTheseRules(sql`${sql.identifier(table)}.state`)}`
}

/**
 * The same of what its ranges alone say: nothing was stored since that may change it, of then or of before. The rules of
 * expected shares are no part of it, and only they are read out of a whole state.
 */
export function isUnchanged(table: "kept"): SQL {
  const kept = sql.identifier(table)
  return sql`(${kept}.revisions, ${kept}.shortfalls) = (
      SELECT coalesce(sum(now.revisions), 0), coalesce(sum(now.shortfalls), 0) FROM ${pileRevisions} AS now
      WHERE now.pile_id = ${kept}.pile_id AND now.since <= ${kept}.at)
    AND ${suppliersAreUnchanged(table)}`
}

export type WalkStartRow = {
  readonly pile_id: string
  readonly at_ms: number
  readonly state: Omit<PileState, "atMs">
  readonly suppliers: SuppliersJson
}

export function walkStartOf({ at_ms, state, suppliers }: Omit<WalkStartRow, "pile_id">): WalkStart {
  return { atMs: Math.round(at_ms), ...state, suppliers: suppliersOf(suppliers) }
}

/**
 * States of piles that still count, each with the events after it, and the piles of which none does: one query, so that
 * all is of one moment. A pile that nothing happened to is in neither. Events
 * that would revise a state make it void when they are stored (`note-events`); all others come after it.
 */
export async function readPileStates(
  reader: Reader,
  pileIds: readonly string[],
  nowMs: number,
): Promise<{ states: ResumedPile[]; unknown: string[] }> {
  const firstDay = utcDay(new Date(nowMs - tailDaysMax * 86_400_000))
  const lastDay = utcDay(new Date(nowMs + clocksAheadMs))
  const rows = await reader.execute<Row>(statesText({ piles: arrayLiteral("bytea", pileIds), firstDay, lastDay }))
  const isKnown = (row: Row): row is KnownRow => row.carry !== null && (row.later?.length ?? 0) <= sinceMax
  return {
    states: rows.filter(isKnown).map(resumed),
    unknown: rows.filter((row) => !isKnown(row)).map((row) => row.pile_id),
  }
}

const statesText = fixedText<"piles" | "firstDay" | "lastDay">(sql`
    WITH known AS MATERIALIZED (
      SELECT pile.id AS pile_id, newest.at, newest.carry, newest.presence, pile.last_at
      FROM ${piles} AS pile LEFT JOIN LATERAL (
        SELECT kept.at, kept.state -> 'carry' AS carry, kept.state -> 'presence' AS presence FROM ${pileDays} AS kept
        WHERE kept.pile_id = pile.id AND (kept.at = pile.last_at OR kept.at >= ${placeholder("firstDay")}::date)
          -- Shortfalls say nothing of what is there now.
          AND kept.revisions = (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
            WHERE now.pile_id = kept.pile_id AND now.since <= kept.at)
          AND ${suppliersAreUnchanged("kept")} AND ${isOfTheseRules(sql`kept.state`)}
        ORDER BY kept.day DESC LIMIT 1
      ) AS newest ON true
      WHERE pile.id = ANY (${placeholder("piles")}::bytea[]) AND pile.last_at IS NOT NULL
    )
    SELECT encode(pile_id, 'hex') AS pile_id, extract(epoch FROM at)::float8 * 1000 AS at_ms, carry, presence,
      CASE WHEN last_at > at THEN (
        SELECT json_agg(later) FROM (
          SELECT extract(epoch FROM effective_at)::float8 * 1000 AS at_ms, direction, encode(record_id, 'hex') AS record_id,
            line, grams_low::float8 AS grams_low, grams_high::float8 AS grams_high, source, lot_id,
            encode(upstream_pile_id, 'hex') AS upstream_pile_id, encode(upstream_record_id, 'hex') AS upstream_record_id,
            upstream_line
          FROM ${pileEvents} AS event WHERE event.pile_id = known.pile_id AND event.effective_at > known.at
            AND event.day BETWEEN ${placeholder("firstDay")}::date AND ${placeholder("lastDay")}::date
          LIMIT ${sql.raw(String(sinceMax + 1))}
        ) AS later) END AS later,
      (SELECT json_agg(test) FROM (
        SELECT extract(epoch FROM sampled_at)::float8 * 1000 AS sampled_ms, extract(epoch FROM tested_at)::float8 * 1000 AS tested_ms,
          sample_number, method, standard, limit_permille, inhibition_permille, conclusion, encode(record_id, 'hex') AS record_id,
          superseded_by IS NOT NULL AS is_superseded, encode(photo, 'hex') AS photo
        FROM ${inspections} AS test WHERE test.pile_id = known.pile_id
          AND sampled_at >= to_timestamp((presence ->> 'sinceMs')::float8 / 1000)
        ORDER BY ${failedThenNewest(sql`test`)} LIMIT ${sql.raw(String(testsMax))}
      ) AS test) AS tests
    FROM known`)

/** The pile as the pure engine takes it: one inflow for all that was before (RG-22). */
export function openingOf({ atMs, carry, expected }: Omit<PileState, "presence" | "way">): PileEvent {
  const { sources, ...weight } = carry
  const carried = { carried: sources, ...(expected && { expected }) }
  return { kind: "in", recordId: "opening", effectiveAtMs: atMs - 4 * clockErrorMs, ...weight, ...carried }
}

/** A day of a pile, with how often what it follows from had been revised. */
export type PileDay = WalkStart & {
  readonly lotsLeft: readonly string[]
  readonly revisions: number
  readonly shortfalls: number
}

/** Remembers what piles hold. Of one day what was found out last counts. */
export async function keepPileDays(
  ctx: Pick<Context, "db">,
  found: readonly { readonly pileId: string; readonly day: PileDay }[],
): Promise<void> {
  const few = found.filter(({ day }) => day.suppliers.size <= suppliersMax)
  if (few.length === 0) return
  const rows = few
    .toSorted((a, b) => (a.pileId < b.pileId ? -1 : 1))
    .map(({ pileId, day }) => {
      const { atMs, lotsLeft, revisions, shortfalls, suppliers, ...state } = day
      const at = new Date(atMs)
      const found = { state, lotsLeft: [...lotsLeft], ...suppliersAsStored(suppliers) }
      return { pileId, day: utcDay(at), at, revisions, shortfalls, ...found }
    })
  await ctx.db
    .insert(pileDays)
    .values(rows)
    .onConflictDoUpdate({
      target: [pileDays.pileId, pileDays.day],
      set: {
        ...{ at: sql`excluded.at`, revisions: sql`excluded.revisions`, shortfalls: sql`excluded.shortfalls` },
        ...{ state: sql`excluded.state`, lotsLeft: sql`excluded.lots_left`, suppliers: sql`excluded.suppliers` },
        ...{ supplierUntil: sql`excluded.supplier_until`, supplierRevisions: sql`excluded.supplier_revisions` },
      },
      setWhere: sql`(${pileDays.revisions} + ${pileDays.shortfalls}, ${pileDays.at})
        <= (excluded.revisions + excluded.shortfalls, excluded.at)`,
    })
}

type Row = {
  readonly pile_id: string
  readonly at_ms: number
  readonly carry: PileCarry | null
  readonly presence: Presence
  readonly later: readonly LaterRow[] | null
  readonly tests: readonly TestRow[] | null
}

type KnownRow = Row & { readonly carry: PileCarry }

type TestRow = Omit<InspectionRow, "pile_id"> & { readonly sampled_ms: number }

type LaterRow = {
  readonly at_ms: number
  readonly direction: number
  readonly record_id: string
  readonly line: number
  readonly grams_low: number
  readonly grams_high: number
  readonly source: PileRow["source"]
  readonly lot_id: string | null
  readonly upstream_pile_id: string | null
  readonly upstream_record_id: string | null
  readonly upstream_line: number | null
}

function resumed(row: KnownRow): ResumedPile {
  const { pile_id: pileId, at_ms, carry, presence, later, tests } = row
  return {
    ...{ pileId, atMs: Math.round(at_ms), carry, presence },
    since: (later ?? []).map((one) => moveOf(pileId, one)),
    tests: (tests ?? []).map((one) => ({ sampledMs: Math.round(one.sampled_ms), test: describeInspection(one) })),
  }
}

function moveOf(pileId: string, row: LaterRow): PileRow {
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
