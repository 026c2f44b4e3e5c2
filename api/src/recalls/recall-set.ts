import { sha256 } from "@noble/hashes/sha2.js"
import { testedLots } from "@suyuan/drizzle/schema/checks"
import { inspections, lots, pileEvents } from "@suyuan/drizzle/schema/trace"
import { toHex, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { inflowKey, type RecallSources } from "@suyuan/protocol/trace/recall-scope"
import { and, asc, between, eq, inArray, type SQL, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { ServiceError } from "../errors"
import { type WalkStartRow, walkStart, walkStartOf } from "../trace/pile-days"
import { historyDays, readHistories, startsBeforeSql } from "../trace/read-histories"
import { openOrderMs, resolve } from "../trace/resolve"
import { presenceIn } from "../trace/stay"
import { arrayOf } from "../unnest"

/** What is to be withdrawn, as a person says it. Instants are of the harvest. */
export type RecallSet =
  | { readonly kind: "lots"; readonly lotIds: readonly string[] }
  | ({ readonly kind: "base"; readonly siteId: string } & Harvested)
  /** Two, four or six digits of GB/T 2260. */
  | ({ readonly kind: "region"; readonly regionCode: string } & Harvested)
  /** Everything that may have been in the pile that the sample was taken from; of a lot that it names and that may have been there, that lot. */
  | { readonly kind: "inspection"; readonly inspectionId: string }

type Harvested = { readonly commodity?: number | undefined; readonly from: Date; readonly until: Date }

/** The set as sources: what is frozen with a recall. */
export type FrozenSources = {
  /** Ascending by id. */
  readonly lots: readonly { readonly id: string; readonly siteId: string; readonly grams: number }[]
  /** Goods of unknown origin, by how they came in. */
  readonly inflows: readonly RecalledInflow[]
}

export type RecalledInflow = {
  readonly pileId: string
  readonly siteId: string
  readonly recordId: string
  readonly line: number
  readonly atMs: number
  readonly grams: number
}

/** Goods of a pile that was never empty for longer than this are of its opening. */
const inflowDaysMax = 60

/** More is no recall but a closed region: it is asked for in parts. */
const lotsMax = 1000

/** @throws ServiceError recall/set-empty, recall/set-too-wide, recall/inspection-unknown. */
export async function resolveRecallSet(ctx: Context, reader: Reader, set: RecallSet): Promise<FrozenSources> {
  if (set.kind === "inspection") return sourcesOfSample(ctx, reader, set.inspectionId)
  const found = await readLots(reader, lotsIn(set))
  if (found.length > lotsMax) throw new ServiceError("recall/set-too-wide", { expected: `at most ${lotsMax} lots` })
  if (found.length === 0) throw new ServiceError("recall/set-empty")
  return { lots: found, inflows: [] }
}

/** SHA-256 of the sources' names, each once and in order. */
export function setDigestOf({ lots, inflows }: FrozenSources): string {
  const names = [
    ...lots.map(({ id }) => id),
    ...inflows.map((inflow) => inflowKey(inflow.pileId, inflow)).sort((a, b) => (a < b ? -1 : 1)),
  ]
  return toHex(sha256(utf8Encode(names.join("\n"))))
}

/** As the pure engine takes them. */
export function recallSourcesOf({ lots, inflows }: FrozenSources): RecallSources {
  return {
    lots: new Set(lots.map(({ id }) => id)),
    inflows: new Set(inflows.map((inflow) => inflowKey(inflow.pileId, inflow))),
  }
}

function lotsIn(set: Exclude<RecallSet, { kind: "inspection" }>): SQL | undefined {
  if (set.kind === "lots") return sql`${lots.id} = ANY (${arrayOf("uuid", set.lotIds)})`
  const place =
    set.kind === "base" ? eq(lots.siteId, set.siteId) : sql`starts_with(${lots.regionCode}, ${set.regionCode})`
  const ofKind = set.commodity === undefined ? undefined : eq(lots.commodity, set.commodity)
  return and(place, ofKind, between(lots.harvestedAt, set.from, set.until))
}

function readLots(reader: Reader, where: SQL | undefined): Promise<FrozenSources["lots"]> {
  return reader
    .select({ id: lots.id, siteId: lots.siteId, grams: lots.grams })
    .from(lots)
    .where(where)
    .orderBy(asc(lots.id))
    .limit(lotsMax + 1)
}

/**
 * The lots that may have been in the sampled pile. If unknown goods may have been too, then also what came in since the
 * pile was last empty and may be such goods, each as it came: more than was in the sample, and nothing less. Two round
 * trips where what supplied the pile is remembered, and one more for lots that no test of it named so far.
 */
async function sourcesOfSample(ctx: Context, reader: Reader, inspectionId: string): Promise<FrozenSources> {
  const { test, start, named } = await readSample(reader, inspectionId)
  const ownLot = named.filter(({ id }) => id === test.lotId)
  if (ownLot.length > 0) return { lots: ownLot, inflows: [] }
  const { pileId } = test
  const [nowMs, untilMs] = [ctx.clock.nowMs(), Math.round(test.sampledMs) + openOrderMs]
  const starts = new Map(start ? [[pileId, start]] : [])
  const [read, came] = await Promise.all([
    readHistories(reader, [{ pileId, until: new Date(untilMs) }], nowMs, starts),
    // What is remembered of the pile tells how much came, and not as what.
    readInflows(reader, pileId, untilMs),
  ])
  const histories = read.histories.map(({ pileId: id, events }) => {
    if (id !== pileId) return { pileId: id, events }
    return { pileId, events: events.filter(({ effectiveAtMs }) => effectiveAtMs <= untilMs) }
  })
  const live = resolve(histories, { keep: () => false })?.piles.get(pileId)?.live ?? []
  const lotIds = live.map(({ sourceId }) => sourceId).filter((id) => id !== UNKNOWN_SOURCE)
  // Of a lot that it names and that may have been there, that one. One that never was at the stall is none of its goods.
  if (test.lotId !== null && lotIds.includes(test.lotId)) {
    return { lots: await readLots(reader, lotsOf([test.lotId])), inflows: [] }
  }
  const own = read.rows.filter((row) => row.pileId === pileId)
  const { sinceMs = untilMs } = presenceIn(own, untilMs, read.starts.get(pileId)?.presence)
  const isUnknown = live.length === 0 || live.some(({ sourceId }) => sourceId === UNKNOWN_SOURCE)
  const inflows = isUnknown ? came.filter(({ atMs }) => atMs >= sinceMs) : []
  const isNamed = new Set(named.map(({ id }) => id))
  const isKnown = lotIds.every((id) => isNamed.has(id))
  const frozen = {
    lots: isKnown ? named.filter(({ id }) => lotIds.includes(id)) : await readLots(reader, lotsOf(lotIds)),
    inflows: inflows.map((inflow) => ({ ...inflow, pileId, siteId: test.siteId })),
  }
  if (frozen.lots.length + frozen.inflows.length === 0) throw new ServiceError("recall/set-empty")
  return frozen
}

const lotsOf = (lotIds: readonly string[]) => lotsIn({ kind: "lots", lotIds })

/** The test, where a walk through its pile may begin, and the lots that it was found to speak for so far. */
async function readSample(reader: Reader, inspectionId: string) {
  const until = sql`(test.sampled_at + ${openOrderMs}::int * interval '1 ms')`
  const since = sql`(${until} - ${historyDays}::int * interval '1 day')`
  const [found] = await reader.execute<SampleRow>(sql`
    SELECT encode(test.pile_id, 'hex') AS "pileId", test.site_id AS "siteId", test.lot_id AS "lotId",
      extract(epoch FROM test.sampled_at)::float8 * 1000 AS "sampledMs", to_json(start) AS start, (
        SELECT json_agg(json_build_object('id', lot.id, 'siteId', lot.site_id, 'grams', lot.grams) ORDER BY lot.id)
        FROM ${testedLots} AS tested JOIN ${lots} AS lot ON lot.id = tested.lot_id WHERE tested.inspection_id = test.id
      ) AS named
    FROM ${inspections} AS test
      LEFT JOIN LATERAL (${walkStart(sql`test.pile_id`, since, startsBeforeSql(until))}) AS start ON true
    WHERE test.id = ${inspectionId}::uuid`)
  if (!found) throw new ServiceError("recall/inspection-unknown", { field: "inspectionId" })
  const { start, named, ...test } = found
  return { test, start: start ? walkStartOf(start) : undefined, named: named ?? [] }
}

type SampleRow = Pick<RecalledInflow, "pileId" | "siteId"> & {
  readonly lotId: string | null
  readonly sampledMs: number
  readonly start: Omit<WalkStartRow, "pile_id"> | null
  readonly named: FrozenSources["lots"] | null
}

type CameIn = Pick<RecalledInflow, "recordId" | "line" | "atMs" | "grams">

/** Goods that nobody declared, and purchases, by then. What a pile has had for longer came as goods of its opening. */
async function readInflows(reader: Reader, pileId: string, untilMs: number): Promise<CameIn[]> {
  const [from, until] = [new Date(untilMs - inflowDaysMax * 86_400_000), new Date(untilMs)]
  const rows = await reader
    .select({
      ...{ recordId: pileEvents.recordId, line: pileEvents.line },
      ...{ at: pileEvents.effectiveAt, grams: pileEvents.gramsHigh },
    })
    .from(pileEvents)
    .where(
      and(
        ...[eq(pileEvents.pileId, pileId), eq(pileEvents.direction, 0)],
        inArray(pileEvents.source, ["unknown", "purchase"]),
        ...[between(pileEvents.day, utcDay(from), utcDay(until)), between(pileEvents.effectiveAt, from, until)],
      ),
    )
    .orderBy(asc(pileEvents.effectiveAt), asc(pileEvents.recordId), asc(pileEvents.line))
  return rows.map(({ recordId, line, at, grams }) => ({ recordId, line, atMs: at.getTime(), grams }))
}
