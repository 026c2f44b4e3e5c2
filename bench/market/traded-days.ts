import type { Context } from "@suyuan/api/context"
import { businessDayOf } from "@suyuan/api/trace/business-day"
import { sites } from "@suyuan/drizzle/schema/participants"
import { eq } from "drizzle-orm"

const dayMs = 86_400_000
/** The market has traded for five; the oldest began in the middle of one. */
const daysBack = [1, 2, 3] as const

/** Business days of the wet markets that are over and whole. */
export async function tradedDays(ctx: Pick<Context, "db" | "clock">): Promise<{ siteId: string; day: string }[]> {
  const markets = await ctx.db.select().from(sites).where(eq(sites.kind, "market"))
  const days = markets.flatMap((site) =>
    daysBack.map((back) => ({ siteId: site.id, day: businessDayOf(site, new Date(ctx.clock.nowMs() - back * dayMs)) })),
  )
  if (days.length === 0) throw new Error("no market has traded")
  return days
}
