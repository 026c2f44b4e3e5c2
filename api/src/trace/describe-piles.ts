import type { Context, Reader } from "../context"
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
  ctx: Pick<Context, "db" | "clock" | "afterwards">,
  reader: Reader,
  pileIds: readonly string[],
): Promise<Map<string, PileDescription>> {
  if (pileIds.length === 0) return new Map()
  const { contents, facts } = await readPileContents(ctx, reader, pileIds)
  const untilMs = ctx.clock.nowMs()
  const stays = contents.flatMap(({ pileId, sinceMs }) => (sinceMs === undefined ? [] : [{ pileId, sinceMs, untilMs }]))
  const tests = await readInspections(reader, stays)
  return new Map(
    contents.map(({ pileId, stockGrams, live }) => [
      pileId,
      {
        origin: describeOrigin({ grams: stockGrams, sources: live, segmentStartMs: 0 }, facts),
        inspections: (tests.get(pileId) ?? []).slice(0, inspectionsPerPile),
        certificates: live.filter(({ sourceId }) => facts.get(sourceId)?.isCertified).length,
      },
    ]),
  )
}
