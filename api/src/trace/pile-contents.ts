import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import type { Context } from "../context"
import { type BoughtByKey, readBoughtOrigins, upstreamKey } from "./bought-origins"
import { type LotFacts, limitsOfLots, readRecentLots } from "./describe-origin"
import { openingOf, type ResumedPile, readPileStates, sinceMax } from "./pile-days"
import { lotsOf, pileEventOf } from "./read-histories"
import { resolve } from "./resolve"
import { presenceIn } from "./stay"
import { type PileContent, walkPile, walkPiles } from "./walk-pile"

/**
 * What is in these piles now. From what is remembered of them and what happened since; a pile of which nothing is
 * remembered is walked from its history. Two queries, and one for lots that were not read a moment ago.
 */
export async function readPileContents(
  ctx: Pick<Context, "db" | "sql" | "clock" | "afterwards" | "log">,
  pileIds: readonly string[],
): Promise<{ contents: PileContent[]; facts: ReadonlyMap<string, LotFacts> }> {
  const nowMs = ctx.clock.nowMs()
  const { states, unknown } = await readPileStates(ctx.db, pileIds, nowMs)
  const bought = await readBoughtOrigins(
    ctx.db,
    states.flatMap(({ since }) => since.filter((row) => row.source === "purchase")),
  )
  const isWhole = ({ since }: ResumedPile) =>
    since.every((row) => row.source !== "purchase" || bought.has(upstreamKey(row)))
  const resumed = states.filter(isWhole)
  const others = [...unknown, ...states.filter((pile) => !isWhole(pile)).map(({ pileId }) => pileId)]
  const walked = await walkPiles(ctx, others)
  const facts = await readRecentLots(ctx, [
    ...walked.flatMap(({ live }) => live.map(({ sourceId }) => sourceId)),
    ...resumed.flatMap(({ carry, since }) => [
      ...carry.sources.map(({ sourceId }) => sourceId),
      ...lotsOf({ rows: since, bought: new Map(), starts: new Map() }),
    ]),
    ...lotsOf({ rows: [], bought, starts: new Map() }),
  ])
  for (const { pileId, since } of resumed) {
    if (since.length > sinceMax / 2) ctx.afterwards.do(`pile ${pileId}`, () => walkPile(ctx, pileId))
  }
  return { contents: [...resumeAll(resumed, bought, facts, nowMs), ...walked], facts }
}

function resumeAll(
  piles: readonly ResumedPile[],
  bought: BoughtByKey,
  facts: ReadonlyMap<string, LotFacts>,
  nowMs: number,
): PileContent[] {
  const histories = piles.map((pile) => {
    const events: PileEvent[] = [openingOf(pile), ...pile.since.map((row) => pileEventOf(row, bought))]
    return { pileId: pile.pileId, events }
  })
  const resolved = resolve(histories, { ...limitsOfLots(facts), nowMs, keep: () => false })
  return piles.map(({ pileId, since, presence, tests }) => {
    const { live = [], stockGrams = 0 } = resolved?.piles.get(pileId) ?? {}
    const { sinceMs } = presenceIn(since, nowMs, presence)
    const ofIt = tests.filter(({ sampledMs }) => sinceMs !== undefined && sampledMs >= sinceMs && sampledMs <= nowMs)
    return { pileId, live, stockGrams, sinceMs, inspections: ofIt.map(({ test }) => test) }
  })
}
