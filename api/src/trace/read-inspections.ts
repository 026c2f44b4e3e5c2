import { inspections } from "@suyuan/drizzle/schema/trace"
import { desc, or, sql } from "drizzle-orm"
import type { Reader } from "../context"
import type { PileRow } from "./read-pile-rows"

export type InspectionDescription = {
  readonly sampleNumber: string
  readonly testedAt: string
  readonly method: string
  readonly standard: string
  readonly limitPermille: number
  readonly inhibitionPermille: number
  readonly conclusion: "passed" | "failed"
  readonly recordId: string
}

/** From when to when goods that are asked about lay in a pile. */
export type Stay = { readonly pileId: string; readonly sinceMs: number; readonly untilMs: number }

/**
 * Since when goods that are in the pile at `untilMs` can have been there: what came in before it was last sold out is
 * gone. Undefined while it is empty.
 */
export function presentSinceMs(rows: readonly PileRow[], untilMs: number): number | undefined {
  const inOrder = rows
    .filter((row) => row.effectiveAt.getTime() <= untilMs)
    .sort((a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || a.direction - b.direction)
  let stockGrams = 0
  let sinceMs: number | undefined
  for (const row of inOrder) {
    stockGrams += row.direction === 0 ? row.gramsHigh : -row.gramsLow
    if (stockGrams <= 0) {
      stockGrams = 0
      sinceMs = undefined
    } else sinceMs ??= row.effectiveAt.getTime()
  }
  return sinceMs
}

const inspectionsMax = 200

/**
 * Tests whose sample was taken from these piles during the stay, newest first. A result that came later counts too:
 * a bag that was sold before its sample failed must say so.
 */
export async function readInspections(
  reader: Reader,
  stays: readonly Stay[],
): Promise<Map<string, InspectionDescription[]>> {
  if (stays.length === 0) return new Map()
  const during = stays.map(
    ({ pileId, sinceMs, untilMs }) =>
      sql`(${inspections.pileId} = decode(${pileId}, 'hex') AND ${inspections.sampledAt} BETWEEN ${new Date(sinceMs).toISOString()}::timestamptz AND ${new Date(untilMs).toISOString()}::timestamptz)`,
  )
  const rows = await reader
    .select()
    .from(inspections)
    .where(or(...during))
    .orderBy(desc(inspections.testedAt))
    .limit(inspectionsMax)
  const described = rows.map((row) => {
    const { sampleNumber, method, standard, limitPermille, inhibitionPermille, conclusion, recordId } = row
    const test = { sampleNumber, method, standard, limitPermille, inhibitionPermille, conclusion, recordId }
    return { pileId: row.pileId, test: { ...test, testedAt: row.testedAt.toISOString() } }
  })
  const byPile = Map.groupBy(described, ({ pileId }) => pileId)
  return new Map([...byPile].map(([pileId, tests]) => [pileId, tests.map(({ test }) => test)]))
}
