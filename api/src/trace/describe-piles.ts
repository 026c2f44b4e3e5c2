import type { Context } from "../context"
import { type Coverage, coverageOfBag, readRecentChecks, withFailedLots } from "../inspections/coverage"
import { describeStock, type LotFacts, type OriginDescription } from "./describe-origin"
import { readPileContents } from "./pile-contents"
import { type InspectionDescription, readInspections } from "./read-inspections"
import { type RecallInForce, readRecentRecalls, recallsOf } from "./recalls-in-force"
import type { PileContent } from "./walk-pile"

export type PileDescription = {
  readonly origin: OriginDescription
  /** Failures that count first, then the newest; at most three. */
  readonly inspections: InspectionDescription[]
  /** How many certificates the lots that may be in the pile carry. */
  readonly certificates: number
}

const inspectionsPerPile = 3

/** With how much of a bag that is weighed out of it now must and may be covered by tests and certificates. */
export type PileOnSale = {
  readonly pile: PileDescription
  /** In force, and what is in the pile may be of them. */
  readonly recalls: readonly RecallInForce[]
  readonly coverageOf: (bagGrams: number | undefined) => Coverage | undefined
}

type Asker = Pick<Context, "db" | "questions" | "sql" | "clock" | "afterwards" | "log">

/** What a stall's piles hold now: "this stall's goods today". Two round trips where they are remembered. */
export async function describePiles(
  ctx: Asker,
  pileIds: readonly string[],
): Promise<ReadonlyMap<string, PileDescription>> {
  if (pileIds.length === 0) return new Map()
  const { contents, facts } = await readPileContents(ctx, pileIds, true)
  const tests = await testsOf(ctx, contents)
  return new Map(contents.map((pile) => [pile.pileId, describePile(pile, facts, tests)]))
}

/** The same for who is about to buy some. What lots carry is known from a moment ago: no query more, mostly. */
export async function describePilesOnSale(
  ctx: Asker,
  pileIds: readonly string[],
): Promise<ReadonlyMap<string, PileOnSale>> {
  if (pileIds.length === 0) return new Map()
  const { contents, facts } = await readPileContents(ctx, pileIds)
  const lotIds = contents.flatMap(({ live }) => live.map(({ sourceId }) => sourceId)).filter((id) => facts.has(id))
  const [tests, checks, recalled] = await Promise.all([
    testsOf(ctx, contents),
    readRecentChecks(ctx, lotIds),
    readRecentRecalls(ctx, pileIds),
  ])
  return new Map(
    contents.map((pile) => {
      const coverageOf = (bagGrams: number | undefined) => coverageOfBag(pile, bagGrams, checks)
      const described = describePile(pile, facts, tests)
      const ownLots = pile.live.flatMap(({ sourceId, mayGrams }) => (mayGrams > 0 ? [sourceId] : []))
      const inspections = withFailedLots(described.inspections, ownLots, checks).slice(0, inspectionsPerPile)
      const recalls = recallsOf(recalled.get(pile.pileId), described.origin)
      return [pile.pileId, { pile: { ...described, inspections }, recalls, coverageOf }]
    }),
  )
}

type Tests = ReadonlyMap<string, InspectionDescription[]>

/** Those of piles that were walked: with a remembered one its tests came along. */
function testsOf(ctx: Asker, contents: readonly PileContent[]): Promise<Tests> {
  const untilMs = ctx.clock.nowMs()
  const stays = contents.flatMap(({ pileId, sinceMs, inspections }) =>
    sinceMs === undefined || inspections ? [] : [{ pileId, sinceMs, untilMs }],
  )
  return readInspections(ctx.db, stays)
}

function describePile(
  { pileId, stockGrams, live, inspections }: PileContent,
  facts: ReadonlyMap<string, LotFacts>,
  tests: Tests,
): PileDescription {
  return {
    origin: describeStock({ grams: stockGrams, sources: live, segmentStartMs: 0 }, facts),
    inspections: (inspections ?? tests.get(pileId) ?? []).slice(0, inspectionsPerPile),
    certificates: live.filter(({ sourceId }) => facts.get(sourceId)?.isCertified).length,
  }
}
