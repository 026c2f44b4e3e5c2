import { inspections } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { fixedText, placeholder } from "../fixed-text"
import { arrayLiteral } from "../unnest"
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

/** Stays in piles, a parameter a column. */
export const stayParameters = (stays: readonly Stay[]) => ({
  stayPiles: arrayLiteral(
    "bytea",
    stays.map(({ pileId }) => pileId),
  ),
  since: arrayLiteral(
    "timestamptz",
    stays.map(({ sinceMs }) => new Date(sinceMs)),
  ),
  until: arrayLiteral(
    "timestamptz",
    stays.map(({ untilMs }) => new Date(untilMs)),
  ),
})

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
  return inspectionsOf(await reader.execute<InspectionRow>(inspectionsText(stayParameters(stays))))
}

/** Query of the same, as `InspectionRow`, of the stays that `stayParameters` gives. */
export const inspectionsQuery = sql`
  SELECT encode(test.pile_id, 'hex') AS pile_id, test.sample_number, test.method, test.standard, test.limit_permille,
    test.inhibition_permille, test.conclusion, encode(test.record_id, 'hex') AS record_id,
    extract(epoch FROM test.tested_at)::float8 * 1000 AS tested_ms, test.superseded_by IS NOT NULL AS is_superseded,
    encode(test.photo, 'hex') AS photo
  FROM ${inspections} AS test
  WHERE test.pile_id = ANY (${placeholder("stayPiles")}::bytea[]) AND EXISTS (
    SELECT FROM unnest(${placeholder("stayPiles")}::bytea[], ${placeholder("since")}::timestamptz[], ${placeholder("until")}::timestamptz[])
      AS stay(pile_id, since, until)
    WHERE stay.pile_id = test.pile_id AND test.sampled_at BETWEEN stay.since AND stay.until)
  ORDER BY ${failedThenNewest(sql`test`)} LIMIT ${sql.raw(String(inspectionsMax))}`

const inspectionsText = fixedText<keyof ReturnType<typeof stayParameters>>(inspectionsQuery)

export type InspectionRow = {
  readonly pile_id: string
  readonly sample_number: string
  readonly method: string
  readonly standard: string
  readonly limit_permille: number
  readonly inhibition_permille: number
  readonly conclusion: InspectionDescription["conclusion"]
  readonly record_id: string
  readonly tested_ms: number
  readonly is_superseded: boolean
  readonly photo: string | null
}

export function inspectionsOf(rows: readonly InspectionRow[]): Map<string, InspectionDescription[]> {
  const byPile = Map.groupBy(rows, (row) => row.pile_id)
  return new Map([...byPile].map(([pileId, own]) => [pileId, own.map(describeInspection)]))
}

export function describeInspection(row: Omit<InspectionRow, "pile_id">): InspectionDescription {
  return {
    sampleNumber: row.sample_number,
    method: row.method,
    standard: row.standard,
    limitPermille: row.limit_permille,
    inhibitionPermille: row.inhibition_permille,
    conclusion: row.conclusion,
    recordId: row.record_id,
    testedAt: new Date(Math.round(row.tested_ms)).toISOString(),
    ...(row.is_superseded && { isSuperseded: true }),
    ...photoOf(row.photo),
  }
}
