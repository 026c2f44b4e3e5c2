import { alarms } from "@suyuan/drizzle/schema/alarms"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { and, count, desc, eq, inArray, lt, sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import type { AlarmKind } from "./evidence"

type AlarmRow = typeof alarms.$inferSelect
export type AlarmState = AlarmRow["state"]
export const alarmStates = alarms.state.enumValues

export type AlarmView = AlarmRow & {
  readonly site: { readonly name: string; readonly nameEn: string; readonly zone: string } | null
  readonly stall: { readonly stallNumber: string; readonly name: string } | null
  /** Where the evidence names a commodity of the catalogue. */
  readonly goods: { readonly nameZh: string; readonly nameEn: string } | null
}

export type AlarmsQuery = {
  readonly state?: AlarmState | undefined
  readonly kind?: AlarmKind | undefined
  readonly siteId?: string | undefined
  readonly merchantId?: string | undefined
  readonly day?: string | undefined
  /** Id of the last one of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Those of the actor's sites, the newest first; those of no site are for whoever acts at every one. One query. */
export function listAlarms(reader: Reader, actor: Actor, query: AlarmsQuery): Promise<AlarmView[]> {
  requireScope(actor, "alarms:read", query.siteId)
  const equals = <K extends "state" | "kind" | "siteId" | "merchantId" | "day">(name: K) => {
    const value = query[name]
    return value === undefined ? undefined : eq(alarms[name], value as never)
  }
  return viewed(reader)
    .where(
      and(
        ...(["state", "kind", "siteId", "merchantId", "day"] as const).map(equals),
        query.after === undefined ? undefined : lt(alarms.id, query.after),
        actor.siteIds.length > 0 ? inArray(alarms.siteId, [...actor.siteIds]) : undefined,
      ),
    )
    .orderBy(desc(alarms.id))
    .limit(query.limit)
}

/** How many alarms each of a site's stalls has of one day, whatever became of them. */
export async function countAlarms(
  reader: Reader,
  actor: Actor,
  { siteId, day }: { readonly siteId: string; readonly day: string },
): Promise<ReadonlyMap<string, number>> {
  requireScope(actor, "alarms:read", siteId)
  const rows = await reader
    .select({ merchantId: alarms.merchantId, alarms: count() })
    .from(alarms)
    .where(and(eq(alarms.siteId, siteId), eq(alarms.day, day)))
    .groupBy(alarms.merchantId)
  return new Map(rows.flatMap((row) => (row.merchantId === null ? [] : [[row.merchantId, row.alarms] as const])))
}

/** @throws ServiceError alarm/unknown; request/forbidden without `alarms:read` at its site. */
export async function readAlarm(reader: Reader, actor: Actor, id: string): Promise<AlarmView> {
  requireScope(actor, "alarms:read")
  const [alarm] = await viewed(reader).where(eq(alarms.id, id))
  if (!alarm) throw new ServiceError("alarm/unknown")
  requireAlarmSite(actor, alarm)
  return alarm
}

/** One of no site is for whoever acts at every one. */
export function requireAlarmSite(actor: Actor, { siteId }: Pick<AlarmRow, "siteId">): void {
  const isOurs = actor.siteIds.length === 0 || (siteId !== null && actor.siteIds.includes(siteId))
  if (!isOurs) throw new ServiceError("request/forbidden")
}

function viewed(reader: Reader) {
  const { id, kind, subject, day, siteId, merchantId, state, holds, evidence, version } = alarms
  const { raisedAt, changedAt, decidedBy, decidedAt, note } = alarms
  return reader
    .select({
      ...{ id, kind, subject, day, siteId, merchantId, state, holds, evidence, version },
      ...{ raisedAt, changedAt, decidedBy, decidedAt, note },
      site: { name: sites.name, nameEn: sites.nameEn, zone: sites.zone },
      stall: { stallNumber: merchants.stallNumber, name: merchants.name },
      goods: { nameZh: commodities.nameZh, nameEn: commodities.nameEn },
    })
    .from(alarms)
    .leftJoin(sites, eq(sites.id, alarms.siteId))
    .leftJoin(merchants, eq(merchants.id, alarms.merchantId))
    .leftJoin(commodities, sql`${commodities.code} = (${alarms.evidence} ->> 'commodity')::int`)
    .$dynamic()
}
