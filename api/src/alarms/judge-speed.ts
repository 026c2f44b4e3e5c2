import { sites } from "@suyuan/drizzle/schema/participants"
import { pileEvents, piles, purchases } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { SiteDayBounds } from "../balance/find-books"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { distanceKm } from "./chance"
import type { FoundAlarm } from "./raise-alarms"

/** Clocks, a code that was paid at the lorry, and places that are as large as a market. */
const allowedMinutes = 5
const allowedKm = 2

/**
 * Goods that a stall accepted sooner after they had left another place than any lorry goes. Of places that say where they
 * are; what was only offered has not arrived yet. One query.
 */
export async function judgeSpeed(
  ctx: Pick<Context, "config">,
  reader: Reader,
  { siteId, day, startsAt, endsAt }: SiteDayBounds,
): Promise<FoundAlarm[]> {
  const limitKmPerHour = ctx.config.ALARM_SPEED_KMH
  const arrivals = await reader.execute<Arrival>(sql`
    SELECT encode(bought.sale_record_id, 'hex') AS record_id, bought.line, bought.commodity, bought.accepted_grams::float8 AS grams,
      bought.buyer_merchant_id AS merchant_id, there.id AS from_site_id,
      extract(epoch FROM bought.effective_at)::float8 * 1000 AS left_ms,
      extract(epoch FROM bought.decided_at)::float8 * 1000 AS arrived_ms,
      json_build_array(there.latitude_microdegrees, there.longitude_microdegrees) AS from_place,
      json_build_array(here.latitude_microdegrees, here.longitude_microdegrees) AS to_place
    FROM ${pileEvents} AS event
      JOIN ${purchases} AS bought ON bought.sale_record_id = event.upstream_record_id AND bought.line = event.upstream_line
      JOIN ${piles} AS pile ON pile.id = bought.upstream_pile_id
      JOIN ${sites} AS there ON there.id = pile.site_id JOIN ${sites} AS here ON here.id = event.site_id
    WHERE event.site_id = ${siteId}::uuid AND event.source = 'purchase'
      AND event.day BETWEEN ${utcDay(startsAt)}::date AND ${utcDay(endsAt)}::date
      AND event.effective_at >= ${startsAt.toISOString()}::timestamptz AND event.effective_at < ${endsAt.toISOString()}::timestamptz
      AND bought.state = 'accepted' AND bought.decided_at IS NOT NULL AND there.id <> here.id
      AND there.latitude_microdegrees IS NOT NULL AND there.longitude_microdegrees IS NOT NULL
      AND here.latitude_microdegrees IS NOT NULL AND here.longitude_microdegrees IS NOT NULL`)
  return arrivals.flatMap((arrival) => {
    const km = distanceKm(arrival.from_place, arrival.to_place)
    const minutes = Math.max(0, (arrival.arrived_ms - arrival.left_ms) / 60_000)
    if (km <= allowedKm || km <= ((minutes + allowedMinutes) / 60) * limitKmPerHour) return []
    return [
      {
        kind: "impossible-speed" as const,
        subject: `${arrival.record_id}:${arrival.line}`,
        ...{ day, siteId, merchantId: arrival.merchant_id },
        evidence: {
          ...{ commodity: arrival.commodity, grams: arrival.grams, fromSiteId: arrival.from_site_id, toSiteId: siteId },
          leftAt: new Date(Math.round(arrival.left_ms)).toISOString(),
          arrivedAt: new Date(Math.round(arrival.arrived_ms)).toISOString(),
          ...{ distanceKm: tenth(km), minutes: tenth(minutes) },
          kmPerHour: minutes === 0 ? null : Math.round((km / minutes) * 60),
          limitKmPerHour,
        },
      },
    ]
  })
}

type Arrival = {
  readonly record_id: string
  readonly line: number
  readonly commodity: number
  readonly grams: number
  readonly merchant_id: string
  readonly from_site_id: string
  readonly left_ms: number
  readonly arrived_ms: number
  readonly from_place: readonly [number, number]
  readonly to_place: readonly [number, number]
}

const tenth = (value: number) => Math.round(value * 10) / 10
