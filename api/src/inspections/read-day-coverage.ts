import { commodities } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { piles } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { limitsOfLots, readLots } from "../trace/describe-origin"
import { startsBeforeSql } from "../trace/history-start"
import { type WalkStartRow, walkStart, walkStartOf } from "../trace/pile-days"
import { type Histories, lotsOf, readHistories } from "../trace/read-histories"
import { addCoverage, type Coverage, coverageOf, readLotChecks } from "./coverage"

/** A market has some thousand piles a day; more is asked for by commodity. */
const pilesMax = 5000

export type DayCoverage = {
  readonly startsAt: Date
  readonly endsAt: Date
  readonly total: Coverage
  /** By code. */
  readonly commodities: readonly { readonly code: number; readonly nameZh: string; readonly coverage: Coverage }[]
}

export type DayAsked = { readonly siteId: string; readonly day: string; readonly commodity?: number | undefined }

/**
 * How much of what a market sold on a business day is covered by tests and certificates. What was sold between two
 * inflows of a pile is ranged together: more is certain of it than of each bag. Three round trips where the piles are
 * remembered, and what they bought.
 * @throws ServiceError request/forbidden, site/unknown, inspection/day-too-wide.
 */
export async function readDayCoverage(
  ctx: Context,
  reader: Reader,
  actor: Actor,
  asked: DayAsked,
): Promise<DayCoverage> {
  requireScope(actor, "traces:read", asked.siteId)
  const { startsAt, endsAt, ofDay, starts } = await readPilesOfDay(reader, asked)
  if (ofDay.length > pilesMax) throw new ServiceError("inspection/day-too-wide", { field: "commodity" })
  const pileIds = ofDay.map(({ pileId }) => pileId)
  const until = new Date(endsAt.getTime() - 1)
  const histories = await readHistories(
    reader,
    pileIds.map((pileId) => ({ pileId, from: startsAt, until })),
    ctx.clock.nowMs(),
    starts,
  )
  const lotIds = lotsOf(histories)
  const [facts, checks] = await Promise.all([readLots(reader, lotIds), readLotChecks(reader, lotIds)])
  const sold = soldOn(histories, new Set(pileIds), startsAt, endsAt)
  const keys = new Set(sold.map(({ pileId, key }) => `${pileId} ${key}`))
  const keep = (pileId: string, key: string) => keys.has(`${pileId} ${key}`) || histories.isNamed(pileId, key)
  const coverage = coverageOf(histories.histories, checks, { ...limitsOfLots(facts), keep })
  const byPile = new Map(ofDay.map((pile) => [pile.pileId, pile]))
  const covered = sold.flatMap(({ pileId, key }) => {
    const [pile, one] = [byPile.get(pileId), coverage(pileId, key)]
    return pile && one ? [{ ...pile, one }] : []
  })
  const byCode = [...Map.groupBy(covered, ({ code }) => code)].toSorted(([a], [b]) => a - b)
  return {
    ...{ startsAt, endsAt },
    total: addCoverage(covered.map(({ one }) => one)),
    commodities: byCode.map(([code, own]) => ({
      ...{ code, nameZh: own[0]?.nameZh ?? "" },
      coverage: addCoverage(own.map(({ one }) => one)),
    })),
  }
}

type Row = {
  readonly starts_ms: number
  readonly ends_ms: number
  readonly pile_id: string | null
  readonly code: number | null
  readonly name_zh: string | null
} & (WalkStartRow | { readonly at_ms: null })

/** The day's bounds by the site's clock, its piles that something happened to since, and where walks may begin. */
async function readPilesOfDay(reader: Reader, { siteId, day, commodity }: DayAsked) {
  const startsAt = sql`(${day}::date::timestamp AT TIME ZONE site.zone) + make_interval(mins => site.day_starts_at_minutes)`
  const rows = await reader.execute<Row>(sql`
    WITH bounds AS (
      SELECT site.id, ${startsAt} AS starts_at, ((${day}::date + 1)::timestamp AT TIME ZONE site.zone)
        + make_interval(mins => site.day_starts_at_minutes) AS ends_at
      FROM ${sites} AS site WHERE site.id = ${siteId}::uuid
    )
    SELECT extract(epoch FROM bounds.starts_at)::float8 * 1000 AS starts_ms,
      extract(epoch FROM bounds.ends_at)::float8 * 1000 AS ends_ms, encode(pile.id, 'hex') AS pile_id, pile.commodity AS code,
      goods.name_zh, start.at_ms, start.state, start.suppliers
    FROM bounds
    LEFT JOIN ${piles} AS pile ON pile.site_id = bounds.id AND pile.last_at >= bounds.starts_at
      AND (${commodity ?? null}::integer IS NULL OR pile.commodity = ${commodity ?? null}::integer)
    LEFT JOIN ${commodities} AS goods ON goods.code = pile.commodity
    LEFT JOIN LATERAL (${walkStart(sql`pile.id`, startsBeforeSql(sql`bounds.starts_at`))}) AS start ON true
    LIMIT ${pilesMax + 1}`)
  const [first] = rows
  if (!first) throw new ServiceError("site/unknown", { field: "siteId" })
  const ofDay = rows.flatMap(({ pile_id, code, name_zh }) =>
    pile_id === null || code === null ? [] : [{ pileId: pile_id, code, nameZh: name_zh ?? String(code) }],
  )
  const starts = new Map(
    rows.flatMap((row) =>
      row.at_ms === null || row.pile_id === null ? [] : [[row.pile_id, walkStartOf(row)] as const],
    ),
  )
  return { startsAt: new Date(first.starts_ms), endsAt: new Date(first.ends_ms), ofDay, starts }
}

/** Outflows of the day and runs of them, without losses: those stand alone, under a line that no sale has. */
function soldOn(histories: Histories, pileIds: ReadonlySet<string>, startsAt: Date, endsAt: Date) {
  return histories.rows.flatMap((row) => {
    const isRun = row.recordId.length < 32
    const isSold = row.source === "outflow" && (isRun || row.line < discardedLineOffset) && pileIds.has(row.pileId)
    const isOfDay = row.effectiveAt >= startsAt && row.effectiveAt < endsAt
    return isSold && isOfDay ? [{ pileId: row.pileId, key: outflowKey(row) }] : []
  })
}
