import type { Context } from "../context"
import { describeOrigin, type OriginDescription } from "./describe-origin"
import { readPileContents } from "./pile-contents"
import { type InspectionDescription, readInspections } from "./read-inspections"

export type PileDescription = {
  readonly origin: OriginDescription
  /** Newest first, at most three. */
  readonly inspections: InspectionDescription[]
  /** How many certificates the lots that may be in the pile carry. */
  readonly certificates: number
}

const inspectionsPerPile = 3

/** What a stall's piles hold now: "this stall's goods today". */
export async function describePiles(
  ctx: Pick<Context, "db" | "sql" | "clock" | "afterwards" | "log">,
  pileIds: readonly string[],
): Promise<Map<string, PileDescription>> {
  if (pileIds.length === 0) return new Map()
  const { contents, facts } = await readPileContents(ctx, pileIds)
  const untilMs = ctx.clock.nowMs()
  const stays = contents.flatMap(({ pileId, sinceMs, inspections }) =>
    sinceMs === undefined || inspections ? [] : [{ pileId, sinceMs, untilMs }],
  )
  const tests = await readInspections(ctx.db, stays)
  return new Map(
    contents.map(({ pileId, stockGrams, live, inspections }) => [
      pileId,
      {
        origin: describeOrigin({ grams: stockGrams, sources: live, segmentStartMs: 0 }, facts),
        inspections: (inspections ?? tests.get(pileId) ?? []).slice(0, inspectionsPerPile),
        certificates: live.filter(({ sourceId }) => facts.get(sourceId)?.isCertified).length,
      },
    ]),
  )
}
