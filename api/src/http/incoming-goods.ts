import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { type IncomingGoods, readIncoming } from "../stock/read-incoming"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, hexBytes, instant, jsonBody, terminalId } from "./schemas"

const incomingGoods = z
  .object({
    saleRecordId: z.string(),
    line: z.number().int(),
    seller: z.object({ name: z.string(), stallNumber: z.string(), site: z.string(), siteEn: z.string() }),
    origin: z.object({
      kind: z.enum(["all-from", "partly-from", "one-or-several", "unknown"]),
      places: z.array(z.string()).openapi({ description: "The finest that are certain, the likeliest first" }),
      unknownHighPercent: z.number().int(),
    }),
    certificates: z.array(
      z.object({
        origin: z.string(),
        issuedAt: instant,
        mayGrams: z.number().int().openapi({ description: "The most of these goods that it can be about" }),
      }),
    ),
  })
  .openapi("IncomingGoods")

const incomingRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/incoming",
  tags: ["stock"],
  summary: "What is known of the goods that a stall's wallets bought",
  description: "Signed by a terminal of the stall. Of those that wait for its answer, the newest twenty.",
  request: {
    params: z.object({ id: terminalId }),
    ...jsonBody(
      z.object({
        issuedAtMs: z
          .number()
          .int()
          .min(0)
          .openapi({ description: "Rises from request to request, token requests too" }),
        signature: hexBytes(64).openapi({ description: "Over SYD1 ‖ network ‖ terminal ‖ issuedAtMs" }),
      }),
    ),
  },
  responses: {
    200: answer("Newest first", z.object({ purchases: z.array(incomingGoods) })),
    ...refusals(
      "request/malformed",
      "terminal/unknown",
      "terminal/bad-signature",
      "terminal/not-confirmed",
      "terminal/suspended",
      "terminal/revoked",
      "terminal/clock-off",
      "terminal/request-repeated",
    ),
  },
})

export function incomingGoodsRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.openapi(incomingRoute, async (c) => {
    const { id } = c.req.valid("param")
    const purchases = await readIncoming(ctx, { terminalId: id, ...c.req.valid("json") })
    return c.json({ purchases: purchases.map(viewOf) }, 200)
  })
  return router
}

function viewOf({ origin: { kind, places, unknownHighPercent }, certificates, ...row }: IncomingGoods) {
  return {
    ...row,
    origin: { kind, places, unknownHighPercent },
    certificates: certificates.map(({ issuedAt, ...one }) => ({ ...one, issuedAt: issuedAt.toISOString() })),
  }
}
