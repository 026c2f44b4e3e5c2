import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { keepBoughtOrigins } from "./bought-origins"
import { limitsOfLots, readLots } from "./describe-origin"
import { type FollowedPurchases, followPurchases, walkedPiles } from "./follow-purchases"
import { restoreBooks } from "./note-events"
import { keepPileDay, type PileDay } from "./pile-days"
import { type Histories, lotsOf, readHistories } from "./read-histories"
import type { InspectionDescription } from "./read-inspections"
import { type Resolved, resolve } from "./resolve"
import { inOneSnapshot } from "./snapshot"
import { presenceIn } from "./stay"
import { revisedUntil } from "./suppliers"
import { wayThrough } from "./way"

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
  const { histories, facts } = await inOneSnapshot(ctx, async (reader) => {
    const histories = await readHistories(reader, [{ pileId, until: new Date(nowMs) }], nowMs)
    return { histories, facts: await readLots(reader, lotsOf(histories)) }
  })
  const resolved = resolve(histories.histories, { ...limitsOfLots(facts), nowMs, keep: histories.isNamed })
  // It can be walked again: who asked gets the answer all the same.
  await remember(ctx, pileId, histories, resolved, nowMs).catch((error: unknown) => {
    ctx.log.warn({ error: reasonOf(error) }, "what a pile holds was not remembered")
  })
  const { live = [], stockGrams = 0 } = resolved?.piles.get(pileId) ?? {}
  const { sinceMs } = presenceIn(
    histories.rows.filter((row) => row.pileId === pileId),
    nowMs,
    histories.starts.get(pileId)?.presence,
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
  if (!resolved) return
  const followed = followPurchases(histories, resolved)
  const day = pileDayOf(histories, resolved, pileId, nowMs, followed)
  if (!day) return
  await keepPileDay(ctx, pileId, day)
  await keepBoughtOrigins(ctx, followed.learned())
  await restoreBooks(ctx.db, walkedPiles(histories, resolved))
}

/**
 * What is remembered of a pile, as of its newest event until then: from its history and those of all that it follows
 * from. Undefined where nothing happened to it, or its goods went round.
 */
export function pileDayOf(
  histories: Histories,
  resolved: Resolved,
  pileId: string,
  untilMs: number,
  followed: FollowedPurchases = followPurchases(histories, resolved),
): PileDay | undefined {
  const start = histories.starts.get(pileId)
  const rows = histories.rows.filter((row) => row.pileId === pileId)
  const [own, pile] = [histories.revisions.get(pileId), resolved.piles.get(pileId)]
  if (!resolved.isTolerant || !own || !pile || rows.length === 0) return undefined
  const presence = presenceIn(rows, untilMs, start?.presence)
  const expected = followed.expected().carryOf(pileId)
  // What came in before the pile was last empty is gone, and its suppliers' revisions change nothing here any more;
  // unless some of it came back, or taught what is expected of later goods.
  const isWhole = rows.some(({ source }) => source === "return") || (expected?.habit.observations ?? 0) > 0
  const sinceMs = isWhole ? 0 : (presence.sinceMs ?? Number.POSITIVE_INFINITY)
  const purchases = rows.filter((row) => row.source === "purchase" && row.effectiveAt.getTime() >= sinceMs)
  const atMs = Math.max(...rows.map((row) => row.effectiveAt.getTime()))
  return {
    ...{ atMs, carry: pile.carry, presence, ...(expected && { expected }) },
    way: wayThrough({ pileId, rows, leftMs: untilMs, start }, followed.originsOf),
    suppliers: followed.suppliersOf(pileId, purchases),
    ...revisedUntil(own.revised, atMs),
  }
}
