import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { answerByWallet } from "../stock/answer-by-wallet"
import { type BoughtLine, listBought } from "../stock/list-purchases"
import { requireBuyerSession } from "./buyer-session"
import { requireReader } from "./reader"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, byToken, instant, jsonBody, uuid } from "./schemas"

const tags = ["stock"]
const states = ["offered", "accepted", "private", "refused"] as const
const byId = z.object({ id: uuid })
const recordId = z.string().regex(/^[0-9a-f]{32}$/, "32 lower-case hex digits")
const grams = z.number().int().min(0).max(0xff_ffff_ffff)

const bought = z
  .object({
    saleRecordId: z.string(),
    line: z.number().int(),
    commodity: z.number().int(),
    name: z.string().optional(),
    nameEn: z.string().optional(),
    grams: z.number().int().openapi({ description: "The most that can be accepted" }),
    boughtAt: instant,
    state: z.enum(states),
    acceptedGrams: z.number().int().optional(),
    seller: z.object({ name: z.string(), stallNumber: z.string(), site: z.string(), siteEn: z.string() }),
  })
  .openapi("BoughtLine")

const listRoute = createRoute({
  method: "get",
  path: "/bought/{id}",
  tags,
  summary: "List what a stall's wallets bought for it",
  description: "For a wallet that is bound to the stall, and for its site's operators (`merchants:write`).",
  security: [...byBuyer, ...byToken],
  request: {
    params: byId,
    query: z.object({
      state: z.enum(states).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
  },
  responses: {
    200: answer("Newest first", z.object({ purchases: z.array(bought) })),
    ...refusals(...actorRefusals, "merchant/unknown"),
  },
})
const answerRoute = createRoute({
  method: "post",
  path: "/bought/{id}/answers",
  tags,
  summary: "Accept, refuse or mark as private what a wallet bought for the stall",
  description: "For a wallet that is bound to the stall now. The newest answer holds; the same again changes nothing.",
  security: byBuyer,
  request: {
    params: byId,
    ...jsonBody(
      z.strictObject({
        saleRecordId: recordId,
        line: z.number().int().min(0).max(255),
        outcome: z.enum(["accepted", "private", "refused"]),
        acceptedGrams: grams.default(0),
      }),
    ),
  },
  responses: {
    204: { description: "It holds" },
    ...refusals(...actorRefusals, "merchant/unknown", "stock/no-such-purchase", "stock/more-than-bought"),
  },
})

export function boughtRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/bought/:id", requireReader(ctx))
  router.openapi(listRoute, async (c) => {
    const query = { merchantId: c.req.valid("param").id, ...c.req.valid("query") }
    return c.json({ purchases: (await listBought(ctx, c.get("actor"), query)).map(viewOf) }, 200)
  })
  router.use("/bought/:id/answers", requireBuyerSession(ctx))
  router.openapi(answerRoute, async (c) => {
    await answerByWallet(ctx, c.get("actor"), { merchantId: c.req.valid("param").id, ...c.req.valid("json") })
    return c.body(null, 204)
  })
  return router
}

function viewOf({ saleRecordId, line, commodity, grams, state, seller, ...row }: BoughtLine) {
  return {
    ...{ saleRecordId, line, commodity, grams, state, seller, boughtAt: row.effectiveAt.toISOString() },
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.nameEn === null ? {} : { nameEn: row.nameEn }),
    ...(row.acceptedGrams === null ? {} : { acceptedGrams: row.acceptedGrams }),
  }
}
