import { outbox } from "@suyuan/drizzle/schema/outbox"
import { recallNotices, recallPiles, recallSteps, recalls } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, asc, desc, eq, exists, inArray, isNull, notExists, or, type SQL, sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Inspection } from "../inspections/find-retested"
import { testsBehind } from "../inspections/read-inspection"
import { arrayOf } from "../unnest"
import type { FrozenScope } from "./freeze-scope"
import { type RecallScopeAnswer, type ScopePage, type ScopeTotals, scopeOf } from "./recall-scope"
import { type FrozenSources, setGramsOf } from "./recall-set"
import type { Recall } from "./record-step"

/** As it stood when somebody last decided by it; for an actor of some sites, what of it was there. */
export type FrozenView = Pick<FrozenScope, "asOfMs" | "digest"> & {
  readonly totals: Pick<ScopeTotals, "sales" | "stalls" | "mayGrams">
}

export type SeenRecall = Omit<Recall, "frozen"> & { readonly frozen: FrozenView | null }

export type NoticeState = (typeof recallNotices.$inferSelect)["state"]

export type RecallView = SeenRecall & {
  readonly steps: readonly (typeof recallSteps.$inferSelect)[]
  /** Buyers, by how far telling them has come; for an actor of some sites, of sales there. */
  readonly notices: Readonly<Record<NoticeState, number>>
  /** Where a test proposed it: all of its chain, the oldest first. */
  readonly tests: readonly Inspection[]
}

export type ScopeOfRecall = RecallScopeAnswer & {
  readonly frozen: FrozenView | undefined
  /** Now less then: what arrived since somebody decided by it. */
  readonly difference: Pick<ScopeTotals, "sales" | "claimedSales" | "stalls" | "mayGrams" | "stockMayGrams"> | undefined
}

const listedMax = 200

/** Newest first. An actor of some sites sees those that began there, reached them, or are their own proposals. */
export async function listRecalls(ctx: Context, actor: Actor): Promise<SeenRecall[]> {
  requireScope(actor, "recalls:read")
  const rows = await ctx.db
    .select()
    .from(recalls)
    .where(seenBy(actor))
    .orderBy(desc(recalls.startedAt))
    .limit(listedMax)
  return asSeenBy(ctx, actor, rows)
}

/** @throws ServiceError request/forbidden, recall/unknown. */
export async function readRecall(ctx: Context, actor: Actor, id: string): Promise<RecallView> {
  const recall = await findRecall(ctx, actor, id)
  const [[seen], steps, counted, tests] = await Promise.all([
    asSeenBy(ctx, actor, [recall]),
    ctx.db.select().from(recallSteps).where(eq(recallSteps.recallId, id)).orderBy(asc(recallSteps.step)),
    ctx.db
      .select({ state: recallNotices.state, count: sql<number>`count(*)::integer` })
      .from(recallNotices)
      .where(and(eq(recallNotices.recallId, id), soldAtSitesOf(actor)))
      .groupBy(recallNotices.state),
    testsBehind(ctx.db, recall.asked),
  ])
  const notices = { waiting: 0, sent: 0, read: 0, "not-permitted": 0, failed: 0, unknown: 0 }
  for (const { state, count } of counted) notices[state] = count
  return { ...(seen ?? unseen(recall)), steps, notices, tests }
}

/** Where the set went as of now, beside what was frozen. The first page that somebody reads stops a drill's first timer. */
export async function readScopeOfRecall(
  ctx: Context,
  actor: Actor,
  id: string,
  page: ScopePage = {},
): Promise<ScopeOfRecall> {
  const recall = await findRecall(ctx, actor, id)
  const scope = await scopeOf(ctx, ctx.questions, actor, recall.sources as FrozenSources, page)
  if (recall.firstPageAt === null) {
    await ctx.db
      .update(recalls)
      .set({ firstPageAt: new Date(ctx.clock.nowMs()) })
      .where(and(eq(recalls.id, id), isNull(recalls.firstPageAt)))
  }
  const [seen] = await asSeenBy(ctx, actor, [recall])
  const frozen = (recall.frozen as FrozenScope | null) ?? undefined
  return {
    ...scope,
    frozen: seen?.frozen ?? undefined,
    difference: frozen && actor.siteIds.length === 0 ? differenceOf(frozen, scope) : undefined,
  }
}

/** Notes of recalls in force that every message to a stall has reached the broker. */
export async function noteStallsTold(ctx: Context): Promise<void> {
  const isUnderWay = ctx.duties
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.channel, "terminal"), sql`${outbox.payload} ->> 'about' = ${recalls.id}::text`))
  await ctx.duties
    .update(recalls)
    .set({ stallsToldAt: new Date(ctx.clock.nowMs()) })
    .where(and(eq(recalls.state, "active"), isNull(recalls.stallsToldAt), notExists(isUnderWay)))
}

async function findRecall(ctx: Context, actor: Actor, id: string): Promise<Recall> {
  requireScope(actor, "recalls:read")
  const [recall] = await ctx.db
    .select()
    .from(recalls)
    .where(and(eq(recalls.id, id), seenBy(actor)))
  if (!recall) throw new ServiceError("recall/unknown")
  return recall
}

/** Of what was frozen, an actor of some sites sees what was there. */
async function asSeenBy(ctx: Pick<Context, "db">, actor: Actor, rows: readonly Recall[]): Promise<SeenRecall[]> {
  if (actor.siteIds.length === 0) return rows.map((row) => ({ ...row, frozen: row.frozen as FrozenScope | null }))
  const frozen = rows.filter((row) => row.frozen !== null).map(({ id }) => id)
  const own = await ctx.db
    .select({
      recallId: recallPiles.recallId,
      sales: sql<number>`sum(${recallPiles.sales})::integer`,
      stalls: sql<number>`count(DISTINCT ${recallPiles.merchantId})::integer`,
      mayGrams: sql<number>`sum(${recallPiles.mayGrams})::float8`,
    })
    .from(recallPiles)
    .where(and(inArray(recallPiles.recallId, frozen), inArray(recallPiles.siteId, [...actor.siteIds])))
    .groupBy(recallPiles.recallId)
  const ofRecall = new Map(own.map(({ recallId, ...totals }) => [recallId, totals]))
  return rows.map((row) => {
    if (row.frozen === null) return unseen(row)
    const { asOfMs, digest } = row.frozen as FrozenScope
    const { sales, stalls, mayGrams } = ofRecall.get(row.id) ?? { sales: 0, stalls: 0, mayGrams: 0 }
    const totals = { sales, stalls, mayGrams: Math.min(mayGrams, setGramsOf(row.sources as FrozenSources)) }
    return { ...row, frozen: { asOfMs, digest, totals } }
  })
}

function unseen(row: Recall): SeenRecall {
  return { ...row, frozen: null }
}

/** Whether the sale that a notice names was there. */
function soldAtSitesOf({ siteIds }: Actor): SQL | undefined {
  if (siteIds.length === 0) return undefined
  return exists(
    sql`(SELECT FROM ${sales} WHERE ${sales.recordId} = ${recallNotices.saleRecordId} AND ${sales.day} = ${recallNotices.saleDay}
      AND ${sales.siteId} = ANY (${arrayOf("uuid", siteIds)}))`,
  )
}

function seenBy(actor: Actor): SQL | undefined {
  if (actor.siteIds.length === 0) return undefined
  const reached = sql`EXISTS (SELECT FROM ${recallPiles} WHERE ${recallPiles.recallId} = ${recalls.id}
    AND ${recallPiles.siteId} = ANY (${arrayOf("uuid", actor.siteIds)}))`
  return or(inArray(recalls.siteId, [...actor.siteIds]), eq(recalls.proposedBy, actor.id), reached)
}

function differenceOf({ totals: then }: FrozenScope, { totals: now }: RecallScopeAnswer): ScopeOfRecall["difference"] {
  return {
    sales: now.sales - then.sales,
    // Of before they were told apart: all of them were by the books.
    claimedSales: now.claimedSales - (then.claimedSales ?? 0),
    stalls: now.stalls - then.stalls,
    mayGrams: now.mayGrams - then.mayGrams,
    stockMayGrams: now.stockMayGrams - then.stockMayGrams,
  }
}
