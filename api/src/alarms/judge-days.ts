import { alarms } from "@suyuan/drizzle/schema/alarms"
import { sites } from "@suyuan/drizzle/schema/participants"
import { piles } from "@suyuan/drizzle/schema/trace"
import { and, eq, inArray, sql } from "drizzle-orm"
import { gatewayActor } from "../actor"
import type { SiteDayBounds } from "../balance/find-books"
import { readMassBalance } from "../balance/mass-balance"
import type { Context, Transaction } from "../context"
import { reasonOf } from "../errors"
import { noRest, type Rest } from "../rest"
import { businessDayOf } from "../trace/business-day"
import { judgedKinds } from "./evidence"
import { judgeBalance } from "./judge-balance"
import { judgeOwnWallets, judgeRoundAmounts } from "./judge-sales"
import { judgeSpeed } from "./judge-speed"
import { markToJudge, noteJudged } from "./judged-days"
import { type FoundAlarm, raiseAlarms } from "./raise-alarms"

/** How far back later records may still say otherwise. */
const daysJudged = 3
const dayMs = 86_400_000

/** Of these a day says something before it is over: more of it can only make it worse. */
const soonKinds = ["impossible-speed", "own-wallet"] as const

/**
 * Looks at a site's business day: raises what is wrong by its thresholds, and marks what later records have put right. A
 * day that goes on is looked at for what can only become worse. Again finds the same.
 */
export async function judgeDay(
  ctx: Context,
  about: { readonly siteId: string; readonly day: string },
): Promise<number> {
  const balance = await readMassBalance(ctx, gatewayActor, about)
  const soon = await Promise.all([judgeSpeed(ctx, ctx.db, balance), judgeOwnWallets(ctx, ctx.db, balance)])
  const later = balance.isOver ? [judgeBalance(balance, ctx.config), await judgeRoundAmounts(ctx, ctx.db, balance)] : []
  const found = [...soon, ...later].flat()
  return ctx.db.transaction(async (tx) => {
    await markRight(ctx, tx, balance, found)
    return raiseAlarms(ctx, tx, found)
  })
}

/** Alarms of the day that are not found any more: a purchase that came late, a sale that was taken back. */
async function markRight(
  ctx: Context,
  tx: Transaction,
  at: SiteDayBounds,
  found: readonly FoundAlarm[],
): Promise<void> {
  const kinds = at.isOver ? judgedKinds : soonKinds
  const stillFound = new Set(found.map(({ kind, subject }) => `${kind} ${subject}`))
  const known = await tx
    .select({ id: alarms.id, kind: alarms.kind, subject: alarms.subject })
    .from(alarms)
    .where(
      and(
        eq(alarms.siteId, at.siteId),
        eq(alarms.day, at.day),
        eq(alarms.holds, true),
        inArray(alarms.kind, [...kinds]),
      ),
    )
  const right = known.filter(({ kind, subject }) => !stillFound.has(`${kind} ${subject}`)).map(({ id }) => id)
  if (right.length === 0) return
  const changedAt = new Date(ctx.clock.nowMs())
  await tx.update(alarms).set({ holds: false, changedAt }).where(inArray(alarms.id, right))
}

/**
 * Every site's day that goes on, and those that are over as far back as late records are looked for: those of them that
 * something changed of since they were judged.
 */
export async function judgeDays(ctx: Context, rest: Rest = noRest): Promise<number> {
  const nowMs = ctx.clock.nowMs()
  const since = new Date(nowMs - (daysJudged + 2) * dayMs).toISOString()
  const active = await ctx.db
    .select()
    .from(sites)
    .where(
      sql`EXISTS (SELECT FROM ${piles} WHERE ${piles.siteId} = ${sites.id} AND ${piles.lastAt} >= ${since}::timestamptz)`,
    )
  let changed = 0
  for (const site of active) {
    for (let back = 0; back <= daysJudged; back++) {
      // One that cannot be judged keeps no other's alarms back.
      changed += await judgeBack(ctx, site, nowMs, back).catch((error: unknown) => {
        ctx.log.error({ site: site.id, back, error: reasonOf(error) }, "a site's day could not be judged")
        return 0
      })
      if (!(await rest())) return changed
    }
  }
  return changed
}

async function judgeBack(ctx: Context, site: typeof sites.$inferSelect, nowMs: number, back: number): Promise<number> {
  const today = businessDayOf(site, new Date(nowMs))
  const day = new Date(Date.parse(`${today}T00:00:00Z`) - back * dayMs).toISOString().slice(0, 10)
  const about = { siteId: site.id, day }
  const mark = await markToJudge(ctx, about)
  if (mark === undefined) return 0
  const changed = await judgeDay(ctx, about)
  await noteJudged(ctx, about, mark)
  return changed
}
