import { createRoute, z } from "@hono/zod-openapi"
import { type DayOrigins, readDayOrigins } from "../balance/day-origins"
import { readStallOrigins, type StallOrigins } from "../balance/stall-origins"
import type { Context } from "../context"
import { requireReader } from "./reader"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { inspectionSchema, originSchema } from "./scan-schemas"
import { answer, byBuyer, byToken, instant, uuid } from "./schemas"

const tags = ["origins"]
const grams = z.number().int().min(0)
const range = z.object({ mustGrams: grams, mayGrams: grams })
const places = z.array(range.extend({ place: z.string(), name: z.string() }))

const stallOrigins = z
  .object({
    merchantId: uuid,
    stallNumber: z.string(),
    name: z.string(),
    siteId: uuid,
    asOf: instant,
    piles: z.array(
      z.object({
        pileId: z.string(),
        commodity: z.number().int(),
        nameZh: z.string(),
        nameEn: z.string(),
        lotId: uuid.nullable().openapi({ description: "Of a pile that is kept apart" }),
        origin: originSchema,
        inspections: z.array(inspectionSchema),
        certificates: z.number().int(),
      }),
    ),
  })
  .openapi("StallOrigins")

const dayOrigins = z
  .object({
    siteId: uuid,
    siteName: z.string(),
    siteNameEn: z.string(),
    zone: z.string(),
    day: z.string(),
    startsAt: instant,
    endsAt: instant,
    isOver: z.boolean(),
    goods: z.array(
      z.object({
        commodity: z.number().int(),
        nameZh: z.string(),
        nameEn: z.string(),
        soldGrams: grams.openapi({
          description: "By the stalls, to whomever: what one sold to another counts at both",
        }),
        provinces: places,
        counties: places.openapi({ description: "`place` is a GB/T 2260 area code" }),
        bases: places.openapi({ description: "`place` is the base's site" }),
        unknown: range,
      }),
    ),
  })
  .openapi("DayOrigins", {
    description:
      "How much of what was sold must and may be from each place; it holds if nothing was bought off the books",
  })

const stallRoute = createRoute({
  method: "get",
  path: "/origins/merchants/{merchantId}",
  tags,
  summary: "Where what a stall has now is from",
  description:
    "By commodity, with tests and certificates. For a wallet bound to the merchant, and for tokens with `traces:read` at its site. Three round trips to the database once its piles are remembered; otherwise they are walked first.",
  security: [...byToken, ...byBuyer],
  request: { params: z.object({ merchantId: uuid }) },
  responses: { 200: answer("Its piles", stallOrigins), ...refusals(...actorRefusals, "merchant/unknown") },
})
const dayRoute = createRoute({
  method: "get",
  path: "/origins/sites/{siteId}/{day}",
  tags,
  summary: "Where the goods of a market's business day were from",
  description:
    "By commodity, with ranges by province, county and base. Needs `traces:read` at the site. Three round trips to the database once its piles are remembered; otherwise they are walked first.",
  security: byToken,
  request: {
    params: z.object({ siteId: uuid, day: z.iso.date() }),
    query: z.object({ commodity: z.coerce.number().int().min(1).max(0x7fff_ffff).optional() }),
  },
  responses: {
    200: answer("The day", dayOrigins),
    ...refusals(...actorRefusals, "site/unknown", "statement/day-not-begun"),
  },
})

export function originRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/origins/*", requireReader(ctx))
  router.openapi(stallRoute, async (c) =>
    c.json(stallView(await readStallOrigins(ctx, c.get("actor"), c.req.valid("param").merchantId)), 200),
  )
  router.openapi(dayRoute, async (c) => {
    const asked = { ...c.req.valid("param"), ...c.req.valid("query") }
    return c.json(dayView(await readDayOrigins(ctx, c.get("actor"), asked)), 200)
  })
  return router
}

function stallView({ asOf, piles, ...stall }: StallOrigins) {
  return { ...stall, asOf: asOf.toISOString(), piles: [...piles] }
}

function dayView({ siteId, siteName, siteNameEn, zone, day, isOver, startsAt, endsAt, goods }: DayOrigins) {
  return {
    ...{ siteId, siteName, siteNameEn, zone, day, isOver },
    ...{ startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    goods: goods.map(({ provinces, counties, bases, ...rest }) => ({
      ...rest,
      ...{ provinces: [...provinces], counties: [...counties], bases: [...bases] },
    })),
  }
}
