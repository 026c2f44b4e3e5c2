import { createRoute, z } from "@hono/zod-openapi"
import type { RankedSuspect } from "@suyuan/protocol/trace/outbreak"
import type { Context } from "../context"
import { findOutbreakSources } from "../recalls/outbreak-sources"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, jsonBody, uuid } from "./schemas"

const grams = z.number().int()
const evidence = {
  score: z.number().openapi({ description: "Above 0: it explains the sales better than chance does" }),
  baseShare: z.number().openapi({ description: "Of all goods of these kinds and days" }),
  possibleSales: z.number().int(),
  certainSales: z.number().int(),
  shares: z
    .array(z.object({ recordId: z.string(), grams, mustGrams: grams, mayGrams: grams, expectedGrams: grams }))
    .openapi({ description: "What of each sale is of it, over all ways that it can have come" }),
}

const route = createRoute({
  method: "post",
  path: "/outbreaks/sources",
  tags: ["recalls"],
  summary: "Rank the lots and merchants that explain a set of affected purchases",
  security: byToken,
  request: jsonBody(
    z.strictObject({
      recordIds: z
        .array(z.string().regex(/^[0-9a-f]{32}$/))
        .min(1)
        .max(200),
    }),
  ),
  responses: {
    200: answer(
      "The best explanation first",
      z
        .object({
          sales: z.array(z.string()).openapi({ description: "Those of the asked that could be traced" }),
          lots: z.array(z.object({ lotId: uuid, base: z.string(), declaredOrigin: z.string(), ...evidence })),
          merchants: z.array(
            z.object({
              ...{ merchantId: uuid, stallNumber: z.string(), name: z.string(), siteName: z.string() },
              ...evidence,
            }),
          ),
        })
        .openapi("OutbreakSources"),
    ),
    ...refusals(...actorRefusals, "recall/sales-unknown"),
  },
})

export function outbreakRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/outbreaks/*", requireActor(ctx, "recalls:read"))
  router.openapi(route, async (c) => {
    const found = await findOutbreakSources(ctx, c.get("actor"), c.req.valid("json").recordIds)
    const { sales, lots, merchants } = found
    return c.json({ sales: [...sales], lots: lots.map(flat), merchants: merchants.map(flat) }, 200)
  })
  return router
}

function flat<Id extends object>({ id, shares, ...ranked }: RankedSuspect<Id>) {
  return { ...id, ...ranked, shares: [...shares] }
}
