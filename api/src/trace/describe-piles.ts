import { certificates, inspections } from "@suyuan/drizzle/schema/trace"
import { and, desc, inArray, lte } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { describeOrigin, type OriginDescription, readLots } from "./describe-origin"
import { lotsOf, readHistories } from "./read-histories"
import { resolve } from "./resolve"

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

export type PileDescription = {
  readonly origin: OriginDescription
  /** Newest first, at most three. */
  readonly inspections: InspectionDescription[]
  /** How many certificates the lots that may be in the pile carry. */
  readonly certificates: number
}

const inspectionsPerPile = 3

/** What a stall's piles hold at a time: "this stall's goods today". One query a level, and three for names and tests. */
export async function describePiles(
  _ctx: Context,
  reader: Reader,
  pileIds: readonly string[],
  at: Date,
): Promise<Map<string, PileDescription>> {
  if (pileIds.length === 0) return new Map()
  const { histories, rows } = await readHistories(
    reader,
    pileIds.map((pileId) => ({ pileId, until: at })),
  )
  const facts = await readLots(reader, lotsOf(rows))
  const lotGrams = new Map([...facts.values()].map((lot) => [lot.id, lot.grams]))
  const origins = resolve(histories, { lotGrams, keep: () => false })
  const ranges = new Map(
    pileIds.map((pileId) => {
      const pile = origins?.piles.get(pileId)
      const grams = pile?.stockGrams ?? 0
      return [pileId, { grams, sources: pile?.live ?? [], segmentStartMs: 0 }]
    }),
  )
  const tests = await readInspections(reader, pileIds, at)
  const certified = await certifiedLots(reader, [...facts.keys()])
  return new Map(
    [...ranges].map(([pileId, range]) => [
      pileId,
      {
        origin: describeOrigin(range, facts),
        inspections: (tests.get(pileId) ?? []).slice(0, inspectionsPerPile),
        certificates: range.sources.filter(({ sourceId }) => certified.has(sourceId)).length,
      },
    ]),
  )
}

/** Tests of these piles that were done by then, newest first. */
export async function readInspections(
  reader: Reader,
  pileIds: readonly string[],
  until: Date,
): Promise<Map<string, InspectionDescription[]>> {
  if (pileIds.length === 0) return new Map()
  const rows = await reader
    .select()
    .from(inspections)
    .where(and(inArray(inspections.pileId, [...pileIds]), lte(inspections.testedAt, until)))
    .orderBy(desc(inspections.testedAt))
    .limit(200)
  const byPile = new Map<string, InspectionDescription[]>()
  for (const row of rows) {
    const { sampleNumber, method, standard, limitPermille, inhibitionPermille, conclusion, recordId } = row
    const described = { sampleNumber, method, standard, limitPermille, inhibitionPermille, conclusion, recordId }
    const known = byPile.get(row.pileId)
    const test = { ...described, testedAt: row.testedAt.toISOString() }
    if (known) known.push(test)
    else byPile.set(row.pileId, [test])
  }
  return byPile
}

export async function certifiedLots(reader: Reader, lotIds: readonly string[]): Promise<Set<string>> {
  if (lotIds.length === 0) return new Set()
  const rows = await reader
    .select({ lotId: certificates.lotId })
    .from(certificates)
    .where(inArray(certificates.lotId, [...lotIds]))
  return new Set(rows.map(({ lotId }) => lotId))
}
