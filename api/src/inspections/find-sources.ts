import { testedLots } from "@suyuan/drizzle/schema/checks"
import { inspections, piles } from "@suyuan/drizzle/schema/trace"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { asc, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { reasonOf } from "../errors"
import { resolveDraftAgain } from "../recalls/draft-recall"
import { limitsOfLots, readLots } from "../trace/describe-origin"
import { lotsOf, readHistories } from "../trace/read-histories"
import { openOrderMs, resolve } from "../trace/resolve"
import type { Inspection } from "./find-retested"

const groupMax = 50
const minuteMs = 60_000

/** A test of so long ago is looked at again where its pile is revised. */
const revisedDays = 14

/** Records of the sampled pile and of its suppliers may come late: after these times it is looked at once more. */
const looksAfterMs = [10, 60, 6 * 60, 24 * 60, 72 * 60].map((minutes) => minutes * minuteMs)

/**
 * Finds out which lots may have been in the piles that samples were taken from, for new tests, for those that are due for
 * another look, and for those whose pile was revised. Returns how many tests were looked at.
 */
export async function findSources(ctx: Context): Promise<number> {
  const nowMs = ctx.clock.nowMs()
  const since = new Date(nowMs - revisedDays * 86_400_000).toISOString()
  const due = await ctx.db
    .select({ test: inspections, revision: piles.revision })
    .from(inspections)
    .innerJoin(piles, eq(piles.id, inspections.pileId))
    .where(
      // Two queries, each with its index.
      sql`${inspections.id} IN (
        SELECT id FROM ${inspections} WHERE sources_due_at <= ${new Date(nowMs).toISOString()}::timestamptz
        UNION ALL
        SELECT test.id FROM ${inspections} AS test JOIN ${piles} AS pile ON pile.id = test.pile_id
        WHERE test.sampled_at > ${since}::timestamptz AND test.sources_revision <> pile.revision)`,
    )
    .orderBy(asc(inspections.testedAt))
    .limit(groupMax)
  for (const { test, revision } of due) {
    await findSourcesOf(ctx, test, revision).catch(async (error: unknown) => {
      ctx.log.error({ inspection: test.id, error: reasonOf(error) }, "what a test speaks for could not be found out")
      const later = new Date(nowMs + 10 * minuteMs)
      await ctx.db
        .update(inspections)
        .set({ sourcesDueAt: later, sourcesRevision: revision })
        .where(eq(inspections.id, test.id))
    })
  }
  return due.length === groupMax ? groupMax : 0
}

async function findSourcesOf(ctx: Context, test: Inspection, revision: number): Promise<void> {
  const found = await sampledLots(ctx, ctx.db, test)
  // Of a lot that it names, if the pile may have held it: nobody speaks for goods that never were at the stall.
  const lotIds = test.lotId === null ? found : found.filter((id) => id === test.lotId)
  await ctx.db.transaction(async (tx) => {
    await tx.delete(testedLots).where(eq(testedLots.inspectionId, test.id))
    if (lotIds.length > 0) await tx.insert(testedLots).values(lotIds.map((lotId) => ({ lotId, inspectionId: test.id })))
    await tx
      .update(inspections)
      // What was not there when a recall was to be proposed may be there now.
      .set({ sourcesDueAt: nextLook(test.sampledAt, ctx.clock.nowMs()), sourcesRevision: revision, recallTryAt: null })
      .where(eq(inspections.id, test.id))
  })
  if (test.recallId !== null) await resolveDraftAgain(ctx, test.recallId)
}

/** When to look once more at what was in a pile then; null after the last time. */
export function nextLook(at: Date, nowMs: number): Date | null {
  const ageMs = nowMs - at.getTime()
  const nextMs = looksAfterMs.find((afterMs) => afterMs > ageMs)
  return nextMs === undefined ? null : new Date(at.getTime() + nextMs)
}

/** The lots that may have been in the pile when the sample was taken, as far as the books tell now. */
async function sampledLots(ctx: Pick<Context, "clock">, reader: Reader, test: Inspection): Promise<string[]> {
  const untilMs = test.sampledAt.getTime() + openOrderMs
  const read = await readHistories(reader, [{ pileId: test.pileId, until: new Date(untilMs) }], ctx.clock.nowMs())
  const histories = read.histories.map(({ pileId, events }) => {
    if (pileId !== test.pileId) return { pileId, events }
    return { pileId, events: events.filter(({ effectiveAtMs }) => effectiveAtMs <= untilMs) }
  })
  const facts = await readLots(reader, lotsOf(read))
  const live = resolve(histories, { ...limitsOfLots(facts), keep: read.isNamed })?.piles.get(test.pileId)?.live ?? []
  return live.map(({ sourceId }) => sourceId).filter((id) => id !== UNKNOWN_SOURCE)
}
