import { testedLots } from "@suyuan/drizzle/schema/checks"
import { inspections, lots, pileEvents } from "@suyuan/drizzle/schema/trace"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import { boughtByKeyOf, type RememberedRow, remembered, upstreamKey } from "../trace/bought-origins"
import { beginning, startsBeforeSql } from "../trace/history-start"
import { openingOf, type WalkStart, type WalkStartRow, walkStart, walkStartOf } from "../trace/pile-days"
import { pileEventOf, readHistories } from "../trace/read-histories"
import type { PileRow } from "../trace/read-pile-rows"
import { openOrderMs } from "../trace/resolve"
import { type Presence, presenceIn } from "../trace/stay"
import type { FrozenSources, RecalledInflow } from "./recall-set"

/** With more since what is remembered, they are read as runs. */
const laterMax = 500

type CameIn = Pick<RecalledInflow, "recordId" | "line" | "atMs" | "grams">

/** What a pile was at a sampling, for the pure engine. */
export type SampledPile = {
  readonly histories: readonly PileHistory[]
  readonly presence: Presence
  /** Goods that nobody declared, and purchases: what is remembered of the pile tells how much came, and not as what. */
  readonly inflows: readonly CameIn[]
}

export type Sample = {
  readonly pileId: string
  readonly siteId: string
  readonly lotId: string | null
  /** What came until then may have come before the sampling (RG-2). */
  readonly untilMs: number
  /** The lots that the test was found to speak for so far. */
  readonly named: FrozenSources["lots"]
  readonly start: WalkStart | undefined
  /** Where all that the pile was follows from what is remembered and a few rows. */
  readonly known: SampledPile | undefined
}

/**
 * The test, and its pile as far as that is remembered: what it held, what happened since, and what each purchase since
 * had held. One query.
 * @throws ServiceError recall/inspection-unknown.
 */
export async function readSample(reader: Reader, inspectionId: string): Promise<Sample> {
  const start = walkStart(sql`test.pile_id`, startsBeforeSql(sql`test.until`))
  const [found] = await reader.execute<SampleRow>(sql`
    WITH test AS MATERIALIZED (
      SELECT id, pile_id, site_id, lot_id, sampled_at + ${openOrderMs}::int * interval '1 ms' AS until
      FROM ${inspections} WHERE id = ${inspectionId}::uuid
    ), start AS MATERIALIZED (
      SELECT start.*, to_timestamp(start.at_ms / 1000) AS at FROM test CROSS JOIN LATERAL (${start}) AS start
    ), later AS MATERIALIZED (
      SELECT event.* FROM test JOIN start ON true JOIN ${pileEvents} AS event ON event.pile_id = test.pile_id
        AND event.effective_at > start.at AND event.effective_at <= test.until
        AND event.day BETWEEN (SELECT (at AT TIME ZONE 'UTC')::date FROM start) AND (SELECT (until AT TIME ZONE 'UTC')::date FROM test)
      LIMIT ${laterMax + 1}
    )
    SELECT encode(test.pile_id, 'hex') AS "pileId", test.site_id AS "siteId", test.lot_id AS "lotId",
      extract(epoch FROM test.until)::float8 * 1000 AS "untilMs",
      (SELECT json_build_object('at_ms', at_ms, 'state', state, 'suppliers', suppliers) FROM start) AS start, (
        SELECT json_agg(json_build_object('id', lot.id, 'siteId', lot.site_id, 'grams', lot.grams) ORDER BY lot.id)
        FROM ${testedLots} AS tested JOIN ${lots} AS lot ON lot.id = tested.lot_id WHERE tested.inspection_id = test.id
      ) AS named,
      (SELECT json_agg(row) FROM (${laterRows}) AS row) AS later,
      (SELECT json_agg(goods) FROM (${remembered(laterPurchases)}) AS goods) AS bought,
      (SELECT json_agg(inflow) FROM (${inflowsOf(sql`test.pile_id`, sinceStart, sql`test.until`)}) AS inflow) AS inflows
    FROM test`)
  if (!found) throw new ServiceError("recall/inspection-unknown", { field: "inspectionId" })
  const { pileId, siteId, lotId, named } = found
  const untilMs = Math.round(found.untilMs)
  const begun = found.start ? walkStartOf(found.start) : undefined
  const known = begun && sampledSince(pileId, untilMs, begun, found)
  return { pileId, siteId, lotId, untilMs, named: named ?? [], start: begun, known }
}

/** The same pile from its history, level by level: two round trips where nothing upstream is asked for. */
export async function readSampledPile(reader: Reader, sample: Sample, nowMs: number): Promise<SampledPile> {
  const { pileId, untilMs, start } = sample
  const until = new Date(untilMs)
  const [read, inflows] = await Promise.all([
    readHistories(reader, [{ pileId, until }], nowMs, new Map(start ? [[pileId, start]] : [])),
    reader.execute<CameIn>(
      inflowsOf(
        sql`${Buffer.from(pileId, "hex")}::bytea`,
        sql`${new Date(start?.presence.sinceMs ?? start?.atMs ?? beginning).toISOString()}::timestamptz`,
        sql`${until.toISOString()}::timestamptz`,
      ),
    ),
  ])
  const histories = read.histories.map(({ pileId: id, events }) => {
    if (id !== pileId) return { pileId: id, events }
    return { pileId, events: events.filter(({ effectiveAtMs }) => effectiveAtMs <= untilMs) }
  })
  const own = read.rows.filter((row) => row.pileId === pileId)
  return { histories, presence: presenceIn(own, untilMs, read.starts.get(pileId)?.presence), inflows }
}

/** Undefined where more happened since, or something was bought of which nothing is remembered. */
function sampledSince(pileId: string, untilMs: number, start: WalkStart, found: SampleRow): SampledPile | undefined {
  const rows = (found.later ?? []).map(({ atMs, ...row }): PileRow => {
    return { ...row, pileId, effectiveAt: new Date(Math.round(atMs)) }
  })
  const bought = boughtByKeyOf(found.bought ?? [])
  const isKnown = (row: PileRow) => row.source !== "purchase" || bought.has(upstreamKey(row))
  if (rows.length > laterMax || !rows.every(isKnown)) return undefined
  const events = [openingOf(start), ...rows.map((row) => pileEventOf(row, bought))]
  const presence = presenceIn(rows, untilMs, start.presence)
  return { histories: [{ pileId, events }], presence, inflows: found.inflows ?? [] }
}

const laterRows = sql`
  SELECT extract(epoch FROM effective_at)::float8 * 1000 AS "atMs", direction, encode(record_id, 'hex') AS "recordId",
    line, grams_low::float8 AS "gramsLow", grams_high::float8 AS "gramsHigh", source, lot_id AS "lotId",
    encode(upstream_pile_id, 'hex') AS "upstreamPileId", encode(upstream_record_id, 'hex') AS "upstreamRecordId",
    upstream_line AS "upstreamLine" FROM later`

const laterPurchases = sql`(
  SELECT upstream_pile_id AS pile_id, upstream_record_id AS record_id, upstream_line AS line,
    -- The first two bytes of a record's id are its day.
    date '1970-01-01' + (get_byte(upstream_record_id, 0) * 256 + get_byte(upstream_record_id, 1)) AS day
  FROM later WHERE source = 'purchase'
) AS wanted`

/** Since when goods can have lain there that were there when the walk begins; where nothing is remembered, ever. */
const sinceStart = sql`coalesce((SELECT coalesce(to_timestamp((state #>> '{presence,sinceMs}')::float8 / 1000), at) FROM start),
  ${beginning.toISOString()}::timestamptz)`

function inflowsOf(pileId: SQL, since: SQL, until: SQL): SQL {
  return sql`
    SELECT encode(event.record_id, 'hex') AS "recordId", event.line,
      round(extract(epoch FROM event.effective_at) * 1000)::float8 AS "atMs", event.grams_high::float8 AS grams
    FROM ${pileEvents} AS event
    WHERE event.pile_id = ${pileId} AND event.direction = 0 AND event.source IN ('unknown', 'purchase')
      AND event.effective_at BETWEEN ${since} AND ${until}
      AND event.day BETWEEN ((${since}) AT TIME ZONE 'UTC')::date
        AND (${until} AT TIME ZONE 'UTC')::date
    ORDER BY event.effective_at, event.record_id, event.line`
}

type LaterRow = Omit<PileRow, "pileId" | "effectiveAt"> & { readonly atMs: number }

type SampleRow = Pick<Sample, "pileId" | "siteId" | "lotId" | "untilMs"> & {
  readonly start: Omit<WalkStartRow, "pile_id"> | null
  readonly named: FrozenSources["lots"] | null
  readonly later: readonly LaterRow[] | null
  readonly bought: readonly RememberedRow[] | null
  readonly inflows: readonly CameIn[] | null
}
