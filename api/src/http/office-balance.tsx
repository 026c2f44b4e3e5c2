import { z } from "@hono/zod-openapi"
import { type Actor, requireScope } from "../actor"
import { countAlarms } from "../alarms/read-alarms"
import { readMassBalance } from "../balance/mass-balance"
import { catalogueNames } from "../catalogue/read-catalogue"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { type DayAsked, type DayCoverage, readDayCoverage } from "../inspections/read-day-coverage"
import { businessDayOf } from "../trace/business-day"
import { balanceCsv } from "./balance"
import { chooseSite, orEmpty, siteQuery } from "./office-sites"
import { frameOf } from "./page-frame"
import { BalancePage, balanceRoot } from "./pages/balance-page"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"

const query = z.object({
  siteId: siteQuery,
  day: orEmpty(z.iso.date()),
  commodity: orEmpty(z.coerce.number().int().min(1).max(0x7fff_ffff)),
  as: z.literal("csv").optional(),
})

/** A site's goods of one day on the office's pages; every verb behind it asks for `traces:read` at the site. */
export function balancePages(router: Routes, ctx: Context): void {
  router.get(balanceRoot, async (c) => {
    const actor = c.get("actor")
    requireScope(actor, "traces:read")
    const { siteId, day: asked, commodity, as } = parsePage(query, c.req.query())
    const { sites, site } = await chooseSite(ctx.db, actor, siteId)
    const now = new Date(ctx.clock.nowMs())
    const day = asked ?? (site ? businessDayOf(site, now) : now.toISOString().slice(0, 10))
    const about = site && { siteId: site.id, day, commodity }
    const balance = about && (await readMassBalance(ctx, actor, about))
    if (as === "csv" && balance) return balanceCsv(ctx, c, balance)
    const props = {
      ...{ frame: frameOf(ctx, c), sites, site, day, commodity, balance },
      goods: await catalogueNames(ctx.db),
      coverage: about && (await coverageOf(ctx, actor, about)),
      alarms: about && actor.scopes.includes("alarms:read") ? await countAlarms(ctx.db, actor, about) : undefined,
    }
    return c.html(`<!doctype html>${<BalancePage {...props} />}`)
  })
}

/** None where too many piles would have to be looked at. */
async function coverageOf(ctx: Context, actor: Actor, asked: DayAsked): Promise<DayCoverage | undefined> {
  try {
    return await readDayCoverage(ctx, ctx.db, actor, asked)
  } catch (error) {
    if (error instanceof ServiceError && error.code === "inspection/day-too-wide") return undefined
    throw error
  }
}
