import { createRoute, z } from "@hono/zod-openapi"
import { deleteCookie } from "hono/cookie"
import { forgetBuyer } from "../buyers/forget"
import { readOwnData } from "../buyers/own-data"
import type { Context } from "../context"
import { findBuyer, requireBuyerSession, sessionCookie } from "./buyer-session"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, jsonBody, uuid } from "./schemas"

const tags = ["buyers"]
const count = z.number().int()
const counts = {
  identities: count,
  purchases: count,
  shares: count,
  sessions: count,
  leaves: count,
  notices: count,
  problems: count,
  bindings: count,
  joins: count,
}

const readRoute = createRoute({
  method: "get",
  path: "/buyers/data",
  tags,
  summary: "Read how much of one's own data is here",
  security: byBuyer,
  responses: {
    200: answer("Counts", z.object({ ...counts, isPaymentUnderWay: z.boolean() })),
    ...refusals("request/unauthenticated"),
  },
})
const forgetRoute = createRoute({
  method: "post",
  path: "/buyers/data/forget",
  tags,
  summary: "Delete one's own data, for good",
  description:
    "With every joined identity. The caller makes the id, and asks by it again when the answer was lost: the session is gone by then.",
  security: byBuyer,
  request: jsonBody(z.strictObject({ id: uuid, isUnderstood: z.literal(true) })),
  responses: {
    200: answer("What is gone", z.object({ id: uuid, counts: z.record(z.string(), count) })),
    ...refusals("request/malformed", "request/unauthenticated", "buyer/payment-under-way"),
  },
})

export function buyerDataRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/buyers/data", requireBuyerSession(ctx))
  router.openapi(readRoute, async (c) => c.json(await readOwnData(ctx, c.get("actor")), 200))
  router.openapi(forgetRoute, async (c) => {
    const session = await findBuyer(ctx, c)
    const { id, counts } = await forgetBuyer(ctx, session?.actor, c.req.valid("json").id)
    deleteCookie(c, sessionCookie, { path: "/" })
    return c.json({ id, counts: { ...counts } }, 200)
  })
  return router
}
