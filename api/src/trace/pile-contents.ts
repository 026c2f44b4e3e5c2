import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import type { Context, Reader } from "../context"
import { type BoughtByKey, readBoughtOfPiles, readBoughtOrigins, upstreamKey } from "./bought-origins"
import { type LotFacts, limitsOfLots, readRecentLots } from "./describe-origin"
import { openingOf, type ResumedPile, readPileStates, sinceMax, tailDaysMax } from "./pile-days"
import { lotsOf, pileEventOf } from "./read-histories"
import { resolve } from "./resolve"
import { presenceIn } from "./stay"
import { type PileContent, walkPile, walkPiles } from "./walk-pile"

/**
 * What is in these piles now. From what is remembered of them and what happened since; a pile of which nothing is
 * remembered is walked from its history. Two queries, and one for lots that were not read a moment ago.
 * @param isSeldom asked now and then, by few: what was bought lately is read beside what is remembered, for one wait less.
 */
export async function readPileContents(
  ctx: Pick<Context, "db" | "questions" | "sql" | "clock" | "afterwards" | "log">,
  pileIds: readonly string[],
  isSeldom = false,
): Promise<{ contents: PileContent[]; facts: ReadonlyMap<string, LotFacts> }> {
  const nowMs = ctx.clock.nowMs()
  const [{ states, unknown }, lately] = await Promise.all([
    readPileStates(ctx.db, pileIds, nowMs),
    isSeldom ? readBoughtLately(ctx.db, pileIds, nowMs) : undefined,
  ])
  const purchases = states.flatMap(({ since }) => since.filter((row) => row.source === "purchase"))
  const bought = lately ?? (await readBoughtOrigins(ctx.db, purchases))
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

/** Of all that can have come after a state that is remembered. */
function readBoughtLately(reader: Reader, pileIds: readonly string[], nowMs: number): Promise<BoughtByKey> {
  const after = new Date(nowMs - (tailDaysMax + 1) * dayMs)
  return readBoughtOfPiles(
    reader,
    pileIds.map((pileId) => ({ pileId, after, until: new Date(nowMs + dayMs) })),
  )
}

const dayMs = 86_400_000

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
