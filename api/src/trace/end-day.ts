import { sites } from "@suyuan/drizzle/schema/participants"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { and, eq, gte, sql } from "drizzle-orm"
import { type Actor, gatewayActor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { businessDayOf } from "./business-day"
import { issueStatement } from "./issue-statement"

/** How far back a late record still brings a new version of its day's statement. */
const daysRevised = 3

/**
 * Ends a site's business day, or looks again at one that has ended: states the origins of every pile that took goods
 * in on it. Repeating it says nothing new. Returns the records of the statements that were issued.
 * @throws ServiceError request/forbidden for an actor without the site.
 */
export async function endDay(
  ctx: Context,
  actor: Actor,
  input: { readonly siteId: string; readonly businessDay: string },
): Promise<{ statements: string[] }> {
  requireScope(actor, "traces:write", input.siteId)
  const [site] = await ctx.db.select().from(sites).where(eq(sites.id, input.siteId))
  if (!site) throw new ServiceError("site/unknown")
  const since = new Date(Date.parse(`${input.businessDay}T00:00:00Z`) - 86_400_000)
  const rows = await ctx.db
    .select({ pileId: pileEvents.pileId, effectiveAt: pileEvents.effectiveAt })
    .from(pileEvents)
    .where(and(eq(pileEvents.siteId, site.id), eq(pileEvents.direction, 0), gte(pileEvents.effectiveAt, since)))
  const own = new Set(
    rows.filter((row) => businessDayOf(site, row.effectiveAt) === input.businessDay).map(({ pileId }) => pileId),
  )
  const statements: string[] = []
  for (const pileId of [...own].sort()) {
    const issued = await ctx.db.transaction((tx) => issueStatement(ctx, tx, pileId, input.businessDay))
    if (issued) statements.push(issued)
  }
  if (statements.length > 0) {
    await ctx.db.transaction((tx) =>
      writeAudit(ctx, tx, actor, {
        verb: "trace/end-day",
        subject: input.businessDay,
        siteId: site.id,
        detail: { statements: statements.length },
      }),
    )
  }
  return { statements }
}

/** Every site's days that are over, as far back as late records are looked for. */
export async function endDaysThatAreOver(ctx: Context): Promise<number> {
  const now = ctx.clock.nowMs()
  const active = await ctx.db
    .selectDistinct({ site: sites })
    .from(sites)
    .innerJoin(pileEvents, eq(pileEvents.siteId, sites.id))
    .where(gte(pileEvents.effectiveAt, sql`now() - make_interval(days => ${daysRevised})`))
  let issued = 0
  for (const { site } of active) {
    const today = businessDayOf(site, new Date(now))
    for (let back = 1; back <= daysRevised; back++) {
      const businessDay = new Date(Date.parse(`${today}T00:00:00Z`) - back * 86_400_000).toISOString().slice(0, 10)
      issued += (await endDay(ctx, gatewayActor, { siteId: site.id, businessDay })).statements.length
    }
  }
  return issued
}
