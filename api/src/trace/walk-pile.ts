import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { keepBoughtOrigins } from "./bought-origins"
import { lotGramsOf, readLots } from "./describe-origin"
import { followPurchases, walkedPiles } from "./follow-purchases"
import { restoreBooks } from "./note-events"
import { keepPileState } from "./pile-states"
import { type Histories, lotsOf, readHistories } from "./read-histories"
import type { InspectionDescription } from "./read-inspections"
import { type Resolved, resolve } from "./resolve"
import { presenceIn } from "./stay"

/** What is in a pile, and since when some of it can have been there. */
export type PileContent = {
  readonly pileId: string
  readonly stockGrams: number
  readonly live: readonly SourceRange[]
  readonly sinceMs: number | undefined
  /** Of samples taken from it since then, newest first; undefined where they are still to be read. */
  readonly inspections: readonly InspectionDescription[] | undefined
}

type Walker = Pick<Context, "db" | "sql" | "clock" | "log">

/** Walks under way, by database and pile: whoever asks meanwhile waits for the same one. */
const underWay = new WeakMap<object, Map<string, Promise<PileContent>>>()

/** Walks a pile from its history, and remembers what it holds. */
export function walkPile(ctx: Walker, pileId: string): Promise<PileContent> {
  const walks = underWay.get(ctx.sql) ?? new Map<string, Promise<PileContent>>()
  underWay.set(ctx.sql, walks)
  const known = walks.get(pileId)
  if (known) return known
  const walk = walkAndRemember(ctx, pileId).finally(() => walks.delete(pileId))
  walks.set(pileId, walk)
  return walk
}

async function walkAndRemember(ctx: Walker, pileId: string): Promise<PileContent> {
  const nowMs = ctx.clock.nowMs()
  const histories = await readHistories(ctx.db, [{ pileId, until: new Date(nowMs) }], nowMs)
  const facts = await readLots(ctx.db, lotsOf(histories.rows, histories.bought))
  const resolved = resolve(histories.histories, { lotGrams: lotGramsOf(facts), keep: histories.isNamed })
  // It can be walked again: who asked gets the answer all the same.
  await remember(ctx, pileId, histories, resolved, nowMs).catch((error: unknown) => {
    ctx.log.warn({ error: reasonOf(error) }, "what a pile holds was not remembered")
  })
  const { live = [], stockGrams = 0 } = resolved?.piles.get(pileId) ?? {}
  const { sinceMs } = presenceIn(
    histories.rows.filter((row) => row.pileId === pileId),
    nowMs,
  )
  return { pileId, live, stockGrams, sinceMs, inspections: undefined }
}

async function remember(
  ctx: Pick<Context, "db">,
  pileId: string,
  histories: Histories,
  resolved: Resolved | undefined,
  nowMs: number,
): Promise<void> {
  if (!resolved?.isTolerant) return
  const followed = followPurchases(histories, resolved)
  const rows = histories.rows.filter((row) => row.pileId === pileId)
  const [own, pile] = [histories.revisions.get(pileId), resolved.piles.get(pileId)]
  if (!own || !pile || rows.length === 0) return
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
  await keepBoughtOrigins(ctx, followed.learned())
  await restoreBooks(ctx.db, walkedPiles(histories, resolved))
}
