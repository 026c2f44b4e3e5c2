import { inspections } from "@suyuan/drizzle/schema/trace"
import { and, type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { arrayOf, unnest } from "../unnest"
import type { Stay } from "./stay"

export type InspectionDescription = {
  readonly sampleNumber: string
  readonly testedAt: string
  readonly method: string
  readonly standard: string
  readonly limitPermille: number
  readonly inhibitionPermille: number
  readonly conclusion: "passed" | "failed"
  readonly recordId: string
  /** It was done again: the newer test counts. Left out for one that counts. */
  readonly isSuperseded?: boolean
  /** Path of its photo, where it has one. */
  readonly photo?: string
}

const inspectionsMax = 200

/** Where a test's photo is, under the gateway's own address. It names the bytes, so that it can be kept for ever. */
export function photoOf(hash: string | null): { readonly photo?: string } {
  return hash === null ? {} : { photo: `/test-photos/${hash}` }
}

/** Of tests under this name, for an `ORDER BY`. */
export function failedThenNewest(test: SQL): SQL {
  return sql`(${test}.conclusion = 'failed' AND ${test}.superseded_by IS NULL) DESC, ${test}.tested_at DESC`
}

/**
 * Tests whose sample was taken from these piles during the stay: those that failed and count, then the newest. Whoever
 * shows only the first of them hides no failure. A result that came later counts too:
 * a bag that was sold before its sample failed must say so.
 */
export async function readInspections(
  reader: Reader,
  stays: readonly Stay[],
): Promise<Map<string, InspectionDescription[]>> {
  if (stays.length === 0) return new Map()
  const during = sql`EXISTS (SELECT FROM ${unnest("stay", {
    pile_id: ["bytea", stays.map(({ pileId }) => pileId)],
    since: ["timestamptz", stays.map(({ sinceMs }) => new Date(sinceMs))],
    until: ["timestamptz", stays.map(({ untilMs }) => new Date(untilMs))],
  })} WHERE stay.pile_id = ${inspections.pileId} AND ${inspections.sampledAt} BETWEEN stay.since AND stay.until)`
  const rows = await reader
    .select({
      pileId: inspections.pileId,
      sampleNumber: inspections.sampleNumber,
      method: inspections.method,
      standard: inspections.standard,
      limitPermille: inspections.limitPermille,
      inhibitionPermille: inspections.inhibitionPermille,
      conclusion: inspections.conclusion,
      recordId: inspections.recordId,
      testedAt: inspections.testedAt,
      supersededBy: inspections.supersededBy,
      photo: inspections.photo,
    })
    .from(inspections)
    .where(
      and(
        sql`${inspections.pileId} = ANY (${arrayOf("bytea", [...new Set(stays.map(({ pileId }) => pileId))])})`,
        during,
      ),
    )
    .orderBy(failedThenNewest(sql`inspections`))
    .limit(inspectionsMax)
  const described = rows.map((row) => {
    const { pileId, supersededBy, testedAt, photo, ...test } = row
    const isSuperseded = supersededBy !== null && { isSuperseded: true }
    return { pileId, test: { ...test, testedAt: testedAt.toISOString(), ...isSuperseded, ...photoOf(photo) } }
  })
  const byPile = Map.groupBy(described, ({ pileId }) => pileId)
  return new Map([...byPile].map(([pileId, tests]) => [pileId, tests.map(({ test }) => test)]))
}
