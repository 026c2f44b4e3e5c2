import { inspections } from "@suyuan/drizzle/schema/trace"
import { and, asc, desc, eq, gte, lt, or, sql } from "drizzle-orm"
import { type Actor, requireScope, type Scope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import { chainOf, type Inspection } from "./find-retested"

/** A test that this actor may see: whoever enters tests, or reads traces, at its site. */
export async function requireInspection(reader: Reader, actor: Actor, id: string): Promise<Inspection> {
  const [found] = await reader.select().from(inspections).where(eq(inspections.id, id))
  const scope = readingScope(actor)
  if (!found) {
    requireScope(actor, scope)
    throw new ServiceError("inspection/unknown")
  }
  requireScope(actor, scope, found.siteId)
  return found
}

function readingScope(actor: Actor): Scope {
  return actor.scopes.includes("traces:read") ? "traces:read" : "inspections:write"
}

export type InspectionsAsked = {
  readonly siteId: string
  readonly conclusion?: "passed" | "failed" | undefined
  /** Tested then or later. */
  readonly since?: Date | undefined
  /** Tested before then; for the next page. */
  readonly before?: Date | undefined
  /** After this test, which is the last of the page before: several may be of one second. */
  readonly after?: string | undefined
  readonly limit: number
}

/** A site's tests, the newest first. */
export async function listInspections(reader: Reader, actor: Actor, asked: InspectionsAsked): Promise<Inspection[]> {
  requireScope(actor, readingScope(actor), asked.siteId)
  const { conclusion, since, before, after } = asked
  return reader
    .select()
    .from(inspections)
    .where(
      and(
        eq(inspections.siteId, asked.siteId),
        conclusion && eq(inspections.conclusion, conclusion),
        since && gte(inspections.testedAt, since),
        before && lt(inspections.testedAt, before),
        after === undefined
          ? undefined
          : sql`(${inspections.testedAt}, ${inspections.recordId}) < (
            SELECT last.tested_at, last.record_id FROM ${inspections} AS last
            WHERE last.id = ${after}::uuid AND last.site_id = ${asked.siteId}::uuid)`,
      ),
    )
    .orderBy(desc(inspections.testedAt), desc(inspections.recordId))
    .limit(asked.limit)
}

/**
 * A test with all that it repeats and that repeat it, the oldest first. A retest that passed takes no recall back: who
 * decides about the recall sees both.
 */
export async function readChain(reader: Reader, actor: Actor, id: string): Promise<Inspection[]> {
  return chainWith(reader, chainOf(await requireInspection(reader, actor, id)))
}

/** The tests behind a recall: those of the chain that the one it was proposed by belongs to. For who may see the recall. */
export async function testsBehind(reader: Reader, asked: unknown): Promise<Inspection[]> {
  const { kind, inspectionId } = asked as { readonly kind: string; readonly inspectionId?: string }
  if (kind !== "inspection" || inspectionId === undefined) return []
  const [test] = await reader.select().from(inspections).where(eq(inspections.id, inspectionId))
  return test ? chainWith(reader, chainOf(test)) : []
}

function chainWith(reader: Reader, chainId: string): Promise<Inspection[]> {
  return reader
    .select()
    .from(inspections)
    .where(or(eq(inspections.id, chainId), eq(inspections.chainId, chainId)))
    .orderBy(asc(inspections.testedAt), asc(inspections.recordId))
}
