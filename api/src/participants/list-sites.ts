import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { asc, inArray } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Reader } from "../context"
import type { Participant } from "./add-participant"
import type { Site } from "./add-site"

/** The consortium's organisations: public among its members. */
export function listParticipants(reader: Reader): Promise<Participant[]> {
  return reader.select().from(participants).orderBy(asc(participants.number))
}

/** The sites that the actor may touch. */
export function listSites(reader: Reader, actor: Actor): Promise<Site[]> {
  const own = actor.siteIds.length > 0 ? inArray(sites.id, [...actor.siteIds]) : undefined
  return reader.select().from(sites).where(own).orderBy(asc(sites.number))
}
