import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { giveMessageConsent, readMessageOffer } from "../recalls/message-consents"
import { listOwnRecalls, noteRecallRead } from "../recalls/own-recalls"
import { requireBuyerSession } from "./buyer-session"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, jsonBody, uuid } from "./schemas"

const tags = ["buyers"]

const ownRecall = z
  .object({
    recallId: uuid,
    reason: z.string(),
    isOver: z.boolean(),
    saleRecordId: z.string().openapi({ description: "One of the buyer's sales that may have some of it" }),
    saleDay: z.string(),
    isRead: z.boolean(),
    isClaimed: z.boolean().openapi({
      description: "The seller said that it is of what is recalled; the books have none of it there",
    }),
    message: z
      .enum(["sent", "unknown", "waiting", "not-permitted", "failed"])
      .nullable()
      .openapi({ description: "What became of the message about it; null: it was read without one" }),
  })
  .openapi("OwnRecall")

const listRoute = createRoute({
  method: "get",
  path: "/buyers/recalls",
  tags,
  summary: "List recalls that may concern what the buyer bought",
  security: byBuyer,
  responses: {
    200: answer("Newest first", z.object({ recalls: z.array(ownRecall) })),
    ...refusals("request/unauthenticated"),
  },
})

const readRoute = createRoute({
  method: "post",
  path: "/buyers/recalls/{id}/read",
  tags,
  summary: "Note that the buyer has opened a recall's notice",
  security: byBuyer,
  request: { params: z.object({ id: uuid }) },
  responses: {
    204: { description: "Noted; again is success" },
    ...refusals("request/malformed", "request/unauthenticated", "recall/unknown"),
  },
})

const offerRoute = createRoute({
  method: "get",
  path: "/buyers/message-consents",
  tags,
  summary: "Read what the buyer may be asked after paying",
  security: byBuyer,
  responses: {
    200: answer(
      "What the platform's sheet is asked about",
      z.object({
        templateId: z.string().nullable().openapi({ description: "Null: this buyer can be sent no message" }),
        unused: z.number().int().openapi({ description: "Leaves that no message has used yet" }),
      }),
    ),
    ...refusals("request/unauthenticated"),
  },
})

const consentRoute = createRoute({
  method: "post",
  path: "/buyers/message-consents",
  tags,
  summary: "Note that the buyer lets the mini-program send one message",
  description: "After the platform's own sheet said so. The caller makes the id; the same again is the same leave.",
  security: byBuyer,
  request: jsonBody(z.strictObject({ id: uuid, templateId: z.string().min(1).max(128) })),
  responses: {
    204: { description: "Noted" },
    ...refusals("request/malformed", "request/unauthenticated", "buyer/template-unknown"),
  },
})

export function buyerRecallRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/buyers/recalls", "/buyers/recalls/*", "/buyers/message-consents"]) {
    router.use(path, requireBuyerSession(ctx))
  }
  router.openapi(listRoute, async (c) => c.json({ recalls: await listOwnRecalls(ctx, c.get("actor")) }, 200))
  router.openapi(readRoute, async (c) => {
    await noteRecallRead(ctx, c.get("actor"), c.req.valid("param").id)
    return c.body(null, 204)
  })
  router.openapi(offerRoute, async (c) => {
    const { templateId, unused } = await readMessageOffer(ctx, c.get("actor"))
    return c.json({ templateId: templateId ?? null, unused }, 200)
  })
  router.openapi(consentRoute, async (c) => {
    await giveMessageConsent(ctx, c.get("actor"), c.req.valid("json"))
    return c.body(null, 204)
  })
  return router
}
