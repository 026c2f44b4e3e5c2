import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { keepBoughtOrigins } from "./bought-origins"
import { limitsOfLots, readLots } from "./describe-origin"
import { type FollowedPurchases, followPurchases, walkedPiles } from "./follow-purchases"
import { startsBefore } from "./history-start"
import { lotsLeft } from "./lots-left"
import { restoreBooks } from "./note-events"
import { keepPileDays, type PileDay, readStartsOfNow } from "./pile-days"
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

type Walker = Pick<Context, "db" | "questions" | "sql" | "clock" | "log">

/** Walks under way, by database and pile: whoever asks meanwhile waits for the same one. */
const underWay = new WeakMap<object, Map<string, Promise<ReadonlyMap<string, PileContent>>>>()

/** More at once would hold a snapshot, and the gateway, for long: others wait meanwhile. */
const walkedAtOnce = 16

/** Walks piles from their history, and remembers what they hold. */
export async function walkPiles(ctx: Walker, pileIds: readonly string[]): Promise<PileContent[]> {
  const walks = underWay.get(ctx.sql) ?? new Map<string, Promise<ReadonlyMap<string, PileContent>>>()
  underWay.set(ctx.sql, walks)
  const distinct = [...new Set(pileIds)]
  const others = distinct.filter((id) => !walks.has(id))
  // One group after the other, each one connection's work: and one more, so that the database reads while another is walked.
  let [before, beforeThat]: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
  for (let from = 0; from < others.length; from += walkedAtOnce) {
    const group = others.slice(from, from + walkedAtOnce)
    const walk = (beforeThat ?? Promise.resolve()).then(() => walkAndRemember(ctx, group))
    ;[beforeThat, before] = [before, walk.catch(() => {})]
    const done = walk.finally(() => {
      for (const id of group) walks.delete(id)
    })
    for (const id of group) walks.set(id, done)
  }
  return Promise.all(distinct.map(async (id) => (await walks.get(id))?.get(id) ?? emptyPile(id)))
}

export async function walkPile(ctx: Walker, pileId: string): Promise<PileContent> {
  const [content] = await walkPiles(ctx, [pileId])
  return content ?? emptyPile(pileId)
}

function emptyPile(pileId: string): PileContent {
  return { pileId, live: [], stockGrams: 0, sinceMs: undefined, inspections: undefined }
}

/** @param isSure whether to begin only where all is as it was when that was remembered. */
async function walkAndRemember(
  ctx: Walker,
  pileIds: readonly string[],
  isSure = false,
): Promise<ReadonlyMap<string, PileContent>> {
  const nowMs = ctx.clock.nowMs()
  const { histories, facts, maybeShort } = await inOneSnapshot(ctx, async (reader) => {
    const asked = pileIds.map((pileId) => ({ pileId, until: new Date(nowMs), before: startsBefore(nowMs) }))
    const known = isSure ? undefined : await readStartsOfNow(reader, asked)
    const histories = await readHistories(reader, asked, nowMs, known?.starts)
    return { histories, facts: await readLots(reader, lotsOf(histories)), maybeShort: known?.maybeShort }
  })
  const limits = limitsOfLots(facts)
  const resolved = resolve(histories.histories, { ...limits, nowMs, keep: histories.isNamed })
  if (!resolved?.isTolerant && pileIds.length > 1) {
    // Goods of one of them went round: the others are walked without it.
    const alone = await Promise.all(pileIds.map((id) => walkAndRemember(ctx, [id], isSure)))
    return new Map(alone.flatMap((one) => [...one]))
  }
  const followed = followPurchases(histories, resolved)
  const again = pileIds.filter((pileId) => maybeShort?.has(pileId) && isTaughtOtherwise(resolved, followed, pileId))
  const found = pileIds.filter((pileId) => !again.includes(pileId))
  // It can be walked again: who asked gets the answer all the same.
  await remember(ctx, found, { histories, resolved, followed }, { nowMs, expiresAtMs: limits.expiresAtMs }).catch(
    (error: unknown) => {
      ctx.log.warn({ error: reasonOf(error) }, "what a pile holds was not remembered")
    },
  )
  const rowsOf = Map.groupBy(histories.rows, (row) => row.pileId)
  const contents = found.map((pileId): [string, PileContent] => {
    const { live = [], stockGrams = 0 } = resolved?.piles.get(pileId) ?? {}
    const { sinceMs } = presenceIn(rowsOf.get(pileId) ?? [], nowMs, histories.starts.get(pileId)?.presence)
    return [pileId, { pileId, live, stockGrams, sinceMs, inspections: undefined }]
  })
  return new Map([...contents, ...(again.length > 0 ? await walkAndRemember(ctx, again, true) : [])])
}

/**
 * Whether goods that were sold beyond the book change what is expected now: they were there when the seller chose lots, which
 * said something else then. What is there now they do not change (RG-6).
 */
function isTaughtOtherwise(resolved: Resolved | undefined, followed: FollowedPurchases, pileId: string): boolean {
  if (resolved?.piles.get(pileId)?.shortfallGrams === 0) return false
  return followed.expected().carryOf(pileId)?.habit.observations !== 0
}

async function remember(
  ctx: Pick<Context, "db">,
  pileIds: readonly string[],
  walked: {
    readonly histories: Histories
    readonly resolved: Resolved | undefined
    readonly followed: FollowedPurchases
  },
  { nowMs, expiresAtMs }: { readonly nowMs: number; readonly expiresAtMs: ReadonlyMap<string, number> },
): Promise<void> {
  const { histories, resolved, followed } = walked
  if (!resolved) return
  const found = pileIds.flatMap((pileId) => {
    const day = pileDayOf(histories, resolved, pileId, nowMs, expiresAtMs, followed)
    return day ? [{ pileId, day }] : []
  })
  if (found.length === 0) return
  await keepPileDays(ctx, found)
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
  expiresAtMs: ReadonlyMap<string, number>,
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
    ...{ atMs, lotsLeft: lotsLeft(pile.carry, atMs, expiresAtMs) },
    ...{ carry: pile.carry, presence, ...(expected && { expected }) },
    way: wayThrough({ pileId, rows, leftMs: untilMs, start }, followed.originsOf),
    suppliers: followed.suppliersOf(pileId, purchases),
    ...revisedUntil(own.revised, atMs),
  }
}
