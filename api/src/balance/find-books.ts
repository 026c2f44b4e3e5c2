import { bindings } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { pileDays, pileEvents, pileRevisions, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { ServiceError } from "../errors"

/** One stall's books, or those of every stall of a site, on one business day. */
export type BooksAsked = (
  | { readonly merchantId: string; readonly siteId?: undefined }
  | { readonly siteId: string; readonly merchantId?: undefined }
) & { readonly day: string; readonly commodity?: number | undefined }

/** A business day of a site, as `businessDayOf` cuts days. */
export type SiteDayBounds = {
  readonly siteId: string
  readonly siteName: string
  readonly siteNameEn: string
  readonly zone: string
  readonly dayStartsAtMinutes: number
  readonly day: string
  readonly startsAt: Date
  readonly endsAt: Date
  readonly isOver: boolean
}

/** A pile and what its book had at a time before the day; events after it are still to be counted. */
export type OpenedBook = {
  readonly pileId: string
  readonly merchantId: string
  readonly commodity: number
  readonly after: Date
  readonly grams: number
}

export type Books = { readonly at: SiteDayBounds; readonly piles: readonly OpenedBook[] }

/** A stock-take this much older than the day is not looked for: something newer is remembered, or all is read. */
const countDaysMax = 31

/**
 * The place, its day and its piles, each with where its book can be taken up: the newest stock-take before the day, or
 * what was remembered of it and still counts, or its beginning. One query.
 * @throws ServiceError request/forbidden for anybody but the merchant, a wallet bound to it, and an actor with
 *   `traces:read` at the site; merchant/unknown; site/unknown; statement/day-not-begun.
 */
export async function findBooks(ctx: Pick<Context, "db" | "clock">, actor: Actor, asked: BooksAsked): Promise<Books> {
  const nowMs = ctx.clock.nowMs()
  const found = await readBooks(ctx.db, actor, asked, new Date(nowMs))
  requireBooks(actor, asked, found)
  if (found === undefined) throw new ServiceError(asked.siteId === undefined ? "merchant/unknown" : "site/unknown")
  const startsAt = new Date(found.starts_at)
  const endsAt = new Date(found.ends_at)
  if (nowMs < startsAt.getTime()) throw new ServiceError("statement/day-not-begun", { field: "day" })
  const at = {
    siteId: found.site_id,
    siteName: found.name,
    siteNameEn: found.name_en,
    zone: found.zone,
    dayStartsAtMinutes: found.day_starts_at_minutes,
    ...{ day: asked.day, startsAt, endsAt, isOver: nowMs >= endsAt.getTime() },
  }
  return { at, piles: (found.piles ?? []).map((pile) => bookOf(pile, startsAt)) }
}

export function requireBooks(
  actor: Actor,
  { merchantId }: Pick<BooksAsked, "merchantId">,
  found: { readonly site_id: string; readonly is_own: boolean } | undefined,
): void {
  if (actor.kind === "merchant" || (actor.kind === "buyer" && merchantId !== undefined)) {
    const isOwn = actor.kind === "merchant" ? actor.id === merchantId : found?.is_own === true
    if (!isOwn) throw new ServiceError("request/forbidden")
  } else requireScope(actor, "traces:read", found?.site_id)
}

type FoundRow = {
  readonly site_id: string
  readonly name: string
  readonly name_en: string
  readonly zone: string
  readonly day_starts_at_minutes: number
  readonly starts_at: string
  readonly ends_at: string
  readonly is_own: boolean
  readonly piles: readonly FoundPile[] | null
}

type FoundPile = {
  readonly pile_id: string
  readonly merchant_id: string
  readonly commodity: number
  readonly after_ms: number | null
  readonly grams: number | null
}

function bookOf({ pile_id, merchant_id, commodity, after_ms, grams }: FoundPile, startsAt: Date): OpenedBook {
  // A pile without an event before the day begins with the day; its own events are all after this.
  const after = after_ms === null ? new Date(startsAt.getTime() - 1) : new Date(Math.round(after_ms))
  return { pileId: pile_id, merchantId: merchant_id, commodity, after, grams: grams ?? 0 }
}

async function readBooks(reader: Reader, actor: Actor, asked: BooksAsked, now: Date): Promise<FoundRow | undefined> {
  const startOf = (days: number) => businessDayStart(asked.day, days)
  const [ofSite, ofPile] =
    asked.siteId === undefined
      ? [sql`s.id = (SELECT site_id FROM ${merchants} WHERE id = ${asked.merchantId}::uuid)`, ofMerchant(asked)]
      : [sql`s.id = ${asked.siteId}::uuid`, sql`pile.site_id = s.id`]
  const ofCommodity = asked.commodity === undefined ? sql`true` : sql`pile.commodity = ${asked.commodity}::int`
  const firstCount = utcDay(new Date(Date.parse(asked.day) - countDaysMax * 86_400_000))
  const lastCount = utcDay(new Date(Date.parse(asked.day) + 2 * 86_400_000))
  const [row] = await reader.execute<FoundRow>(sql`
    SELECT s.id AS site_id, s.name, s.name_en, s.zone, s.day_starts_at_minutes, day.starts_at, day.ends_at,
      ${isBoundTo(actor, asked.merchantId, now)} AS is_own,
      (SELECT json_agg(book) FROM (
        SELECT encode(pile.id, 'hex') AS pile_id, pile.merchant_id, pile.commodity,
          extract(epoch FROM CASE
            WHEN known.at IS NOT NULL THEN known.at
            ELSE (SELECT event.effective_at - interval '1 ms' FROM ${pileEvents} AS event
              WHERE event.pile_id = pile.id AND event.effective_at < day.starts_at
              ORDER BY event.day, event.effective_at LIMIT 1)
          END)::float8 * 1000 AS after_ms, known.grams
        FROM ${piles} AS pile LEFT JOIN LATERAL (
          SELECT kept.at, kept.grams::float8 AS grams FROM ${pileDays} AS kept
          WHERE kept.pile_id = pile.id AND kept.at < day.starts_at AND kept.day <= ${lastCount}::date
            -- Shortfalls say nothing of what was there then, and suppliers nothing of its weight.
            AND kept.revisions = (SELECT coalesce(sum(revised.revisions), 0) FROM ${pileRevisions} AS revised
              WHERE revised.pile_id = kept.pile_id AND revised.since <= kept.at)
          ORDER BY kept.day DESC LIMIT 1
        ) AS kept ON true LEFT JOIN LATERAL (
          SELECT count.effective_at AS at, count.grams_high::float8 AS grams FROM ${pileEvents} AS count
          WHERE count.pile_id = pile.id AND count.source = 'count' AND count.effective_at < day.starts_at
            AND count.effective_at > coalesce(kept.at, '-infinity')
            -- The days since what is remembered, which alone are read.
            AND count.day >= coalesce((kept.at AT TIME ZONE 'UTC')::date, ${firstCount}::date)
            AND count.day BETWEEN ${firstCount}::date AND ${lastCount}::date
          ORDER BY count.effective_at DESC, count.record_id DESC LIMIT 1
        ) AS counted ON true CROSS JOIN LATERAL (
          SELECT coalesce(counted.at, kept.at) AS at, coalesce(counted.grams, kept.grams) AS grams
        ) AS known
        WHERE ${ofPile} AND ${ofCommodity} AND pile.last_at IS NOT NULL
      ) AS book) AS piles
    FROM ${sites} AS s CROSS JOIN LATERAL (
      SELECT ${startOf(0)} AS starts_at, ${startOf(1)} AS ends_at
    ) AS day WHERE ${ofSite}`)
  return row
}

const ofMerchant = ({ merchantId }: BooksAsked) => sql`pile.merchant_id = ${merchantId ?? null}::uuid`

/** Of the site `s`. */
export function businessDayStart(day: string, daysLater: number) {
  return sql`((${day}::date + ${daysLater}::int)::timestamp AT TIME ZONE s.zone
    + make_interval(mins => s.day_starts_at_minutes))`
}

/** Whether the actor is a wallet bound to the merchant now. */
export function isBoundTo(actor: Actor, merchantId: string | undefined, now: Date) {
  if (actor.kind !== "buyer" || merchantId === undefined) return sql`false`
  const at = now.toISOString()
  return sql`EXISTS (SELECT FROM ${bindings} AS b WHERE b.buyer_id = ${actor.id}::uuid AND b.merchant_id = ${merchantId}::uuid
    AND b.valid_from <= ${at}::timestamptz AND (b.valid_to IS NULL OR b.valid_to > ${at}::timestamptz))`
}
