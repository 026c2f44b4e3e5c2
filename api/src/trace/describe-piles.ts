import { certificates } from "@suyuan/drizzle/schema/trace"
import { inArray } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { describeOrigin, type OriginDescription, readLots } from "./describe-origin"
import { lotsOf, readHistories } from "./read-histories"
import { type InspectionDescription, presentSinceMs, readInspections } from "./read-inspections"
import { resolve } from "./resolve"

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
    at.getTime(),
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
  const untilMs = at.getTime()
  const stays = pileIds.flatMap((pileId) => {
    const own = rows.filter((row) => row.pileId === pileId)
    const sinceMs = presentSinceMs(own, untilMs)
    return sinceMs === undefined ? [] : [{ pileId, sinceMs, untilMs }]
  })
  const tests = await readInspections(reader, stays)
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

export async function certifiedLots(reader: Reader, lotIds: readonly string[]): Promise<Set<string>> {
  if (lotIds.length === 0) return new Set()
  const rows = await reader
    .select({ lotId: certificates.lotId })
    .from(certificates)
    .where(inArray(certificates.lotId, [...lotIds]))
  return new Set(rows.map(({ lotId }) => lotId))
}
