import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import type { Context, Reader } from "../context"
import { type BoughtByKey, keepBoughtOrigins, readBoughtOrigins, upstreamKey } from "./bought-origins"
import { type LotFacts, readLots } from "./describe-origin"
import { followPurchases, walkedPiles } from "./follow-purchases"
import { restoreBooks } from "./note-events"
import { keepPileState, openingOf, type ResumedPile, readPileStates, sinceMax } from "./pile-states"
import { type Histories, lotsOf, pileEventOf, readHistories } from "./read-histories"
import { type Resolved, resolve } from "./resolve"
import { presenceIn } from "./stay"

/** What is in a pile, and since when some of it can have been there. */
export type PileContent = {
  readonly pileId: string
  readonly stockGrams: number
  readonly live: readonly SourceRange[]
  readonly sinceMs: number | undefined
}

/**
 * What is in these piles now. From what is remembered of them and what happened since; a pile of which nothing is
 * remembered is walked from its history, and then remembered.
 */
export async function readPileContents(
  ctx: Pick<Context, "db" | "clock" | "afterwards">,
  reader: Reader,
  pileIds: readonly string[],
): Promise<{ contents: PileContent[]; facts: ReadonlyMap<string, LotFacts> }> {
  const nowMs = ctx.clock.nowMs()
  const states = await readPileStates(reader, pileIds, nowMs)
  const purchases = [...states.values()].flatMap(({ since }) => since.filter((row) => row.source === "purchase"))
  const bought = await readBoughtOrigins(reader, purchases)
  const isWhole = ({ since }: ResumedPile) =>
    since.every((row) => row.source !== "purchase" || bought.has(upstreamKey(row)))
  const resumed = [...states.values()].filter(isWhole)
  const others = pileIds.filter((pileId) => !resumed.some((pile) => pile.pileId === pileId))
  const walked = others.length === 0 ? undefined : await readWhole(reader, others, nowMs)
  const facts = await readLots(reader, [
    ...lotsOf(walked?.rows ?? [], walked?.bought ?? new Map()),
    ...resumed.flatMap(({ carry, since }) => [
      ...carry.sources.map(({ sourceId }) => sourceId),
      ...lotsOf(since, new Map()),
    ]),
    ...lotsOf([], bought),
  ])
  for (const { pileId, since } of resumed) {
    if (since.length > sinceMax / 2) ctx.afterwards.do(`pile ${pileId}`, () => rememberPile(ctx, pileId))
  }
  const contents = [
    ...resumeAll(resumed, bought, facts, nowMs),
    ...(walked ? walkAll(ctx, others, walked, facts, nowMs) : []),
  ]
  return { contents, facts }
}

/** Walks a pile from its history, and remembers what it holds. */
async function rememberPile(ctx: Pick<Context, "db" | "clock" | "afterwards">, pileId: string): Promise<void> {
  const nowMs = ctx.clock.nowMs()
  const histories = await readWhole(ctx.db, [pileId], nowMs)
  const facts = await readLots(ctx.db, lotsOf(histories.rows, histories.bought))
  await remember(ctx, [pileId], histories, resolveAll(histories, facts), nowMs)
}

function readWhole(reader: Reader, pileIds: readonly string[], nowMs: number): Promise<Histories> {
  return readHistories(
    reader,
    pileIds.map((pileId) => ({ pileId, until: new Date(nowMs) })),
    nowMs,
  )
}

function resolveAll(histories: Histories, facts: ReadonlyMap<string, LotFacts>): Resolved | undefined {
  return resolve(histories.histories, { lotGrams: gramsOf(facts), keep: histories.isNamed })
}

function gramsOf(facts: ReadonlyMap<string, LotFacts>): Map<string, number> {
  return new Map([...facts.values()].map((lot) => [lot.id, lot.grams]))
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
  const resolved = resolve(histories, { lotGrams: gramsOf(facts), keep: () => false })
  return piles.map(({ pileId, since, presence }) => {
    const { live = [], stockGrams = 0 } = resolved?.piles.get(pileId) ?? {}
    return { pileId, live, stockGrams, sinceMs: presenceIn(since, nowMs, presence).sinceMs }
  })
}

function walkAll(
  ctx: Pick<Context, "db" | "afterwards">,
  pileIds: readonly string[],
  histories: Histories,
  facts: ReadonlyMap<string, LotFacts>,
  nowMs: number,
): PileContent[] {
  const resolved = resolveAll(histories, facts)
  ctx.afterwards.do(`piles ${pileIds.join()}`, () => remember(ctx, pileIds, histories, resolved, nowMs))
  return pileIds.map((pileId) => {
    const own = histories.rows.filter((row) => row.pileId === pileId)
    const { live = [], stockGrams = 0 } = resolved?.piles.get(pileId) ?? {}
    return { pileId, live, stockGrams, sinceMs: presenceIn(own, nowMs).sinceMs }
  })
}

async function remember(
  ctx: Pick<Context, "db">,
  pileIds: readonly string[],
  histories: Histories,
  resolved: Resolved | undefined,
  nowMs: number,
): Promise<void> {
  if (!resolved?.isTolerant) return
  const followed = followPurchases(histories, resolved)
  for (const pileId of pileIds) {
    const rows = histories.rows.filter((row) => row.pileId === pileId)
    const [own, pile] = [histories.revisions.get(pileId), resolved.piles.get(pileId)]
    if (!own || !pile || rows.length === 0) continue
    const presence = presenceIn(rows, nowMs)
    // What came in before the pile was last empty is gone, and its suppliers' revisions change nothing here any more;
    // unless some of it came back.
    const sinceMs = rows.some(({ source }) => source === "return") ? 0 : (presence.sinceMs ?? Number.POSITIVE_INFINITY)
    const purchases = rows.filter((row) => row.source === "purchase" && row.effectiveAt.getTime() >= sinceMs)
    await keepPileState(ctx, pileId, {
      atMs: Math.max(...rows.map((row) => row.effectiveAt.getTime())),
      carry: pile.carry,
      presence,
      revision: own.revision,
      suppliers: followed.suppliersOf(purchases),
    })
  }
  await keepBoughtOrigins(ctx, followed.learned())
  await restoreBooks(ctx.db, walkedPiles(histories, resolved))
}
