import { createRoute, z } from "@hono/zod-openapi"
import { answerBinding } from "../bindings/answer-binding"
import { type Binding, claimBindCode, previewBindCode } from "../bindings/claim-bind-code"
import { findOwnBinding, listMerchantBindings, listOwnBindings } from "../bindings/find-bindings"
import { releaseBinding } from "../bindings/release-binding"
import type { Context } from "../context"
import { requireActor } from "./authenticate"
import { requireBuyerSession } from "./buyer-session"
import { requireReader } from "./reader"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, byToken, hexBytes, instant, jsonBody, terminalId, uuid } from "./schemas"

const tags = ["wallet bindings"]
const byId = { params: z.object({ id: uuid }) }

const binding = z
  .object({
    id: uuid,
    merchantId: uuid,
    state: z.enum(["claimed", "active", "ended"]),
    checkDigits: z.string().openapi({ description: "Two digits that both screens show", example: "47" }),
    claimedAt: instant,
    validFrom: instant.optional(),
    validTo: instant.optional(),
  })
  .openapi("Binding")
const stall = z.object({
  ...{ merchantName: z.string(), stallNumber: z.string() },
  zone: z.string().openapi({ description: "Of the market's calendar", example: "Asia/Shanghai" }),
  dayStartsAtMinutes: z
    .number()
    .int()
    .openapi({ description: "After local midnight: when the market's business day begins", example: 720 }),
})

const named = {
  merchant: z.object({ id: uuid, name: z.string(), stallNumber: z.string() }),
  site: z.object({ name: z.string(), nameEn: z.string() }),
}

const previewRoute = createRoute({
  method: "get",
  path: "/bind-codes/{code}",
  tags,
  summary: "Read whose stall a bind code is of",
  description: "For the phone to say with whom it would share, before its holder agrees. Claims nothing.",
  request: { params: z.object({ code: z.string().regex(/^[0-9]{1,250}$/, "the digits of a bind code") }) },
  responses: {
    200: answer("With whom", z.object(named)),
    ...refusals(
      ...(["request/malformed", "binding/code-malformed", "binding/code-expired", "terminal/unknown"] as const),
      ...(["terminal/bad-signature", "terminal/not-confirmed", "terminal/suspended", "terminal/revoked"] as const),
    ),
  },
})
const claimRoute = createRoute({
  method: "post",
  path: "/bindings",
  tags,
  summary: "Answer a stall's bind code",
  description:
    "From then on what this wallet buys can be booked into the merchant's stock, once the terminal confirms the two digits. The code works once and for 90 s; the same buyer again gets the same binding.",
  security: byBuyer,
  request: jsonBody(
    z.object({
      code: z
        .string()
        .regex(/^[0-9]{1,250}$/, "the digits of a bind code")
        .openapi({ description: "Digits of the code's URL" }),
    }),
  ),
  responses: {
    200: answer("With whom it is about to be shared", binding.extend(named)),
    ...refusals(
      "request/malformed",
      "request/unauthenticated",
      "binding/code-malformed",
      "binding/code-expired",
      "binding/code-used",
      "binding/already-bound",
      "terminal/unknown",
      "terminal/bad-signature",
      "terminal/not-confirmed",
      "terminal/suspended",
      "terminal/revoked",
    ),
  },
})
const listRoute = createRoute({
  method: "get",
  path: "/bindings",
  tags,
  summary: "List one's own bindings",
  security: byBuyer,
  responses: {
    200: answer("Newest first", z.array(binding.extend(stall.shape))),
    ...refusals("request/unauthenticated"),
  },
})
const findRoute = createRoute({
  method: "get",
  path: "/bindings/{id}",
  tags,
  summary: "See whether the terminal has answered",
  security: byBuyer,
  request: byId,
  responses: { 200: answer("The binding", binding), ...refusals("request/unauthenticated", "binding/unknown") },
})
const answerRoute = createRoute({
  method: "post",
  path: "/bindings/{id}/answers",
  tags,
  summary: "The terminal confirms, refuses or ends a binding",
  request: {
    ...byId,
    ...jsonBody(
      z.object({
        terminalId,
        answer: z.enum(["confirm", "refuse", "end"]),
        digits: z.string().regex(/^[0-9]{2}$/, "two digits"),
        signature: hexBytes(64).openapi({
          description: "Over SYW2 ‖ network ‖ terminal ‖ binding id ‖ answer (1 confirm, 2 refuse, 3 end) ‖ digits",
        }),
      }),
    ),
  },
  responses: {
    200: answer("The binding", binding),
    ...refusals(
      "request/malformed",
      "request/forbidden",
      "binding/unknown",
      "binding/wrong-state",
      "binding/digits-differ",
      "binding/already-bound",
      "terminal/unknown",
      "terminal/bad-signature",
    ),
  },
})
const releaseRoute = createRoute({
  method: "post",
  path: "/bindings/{id}/end",
  tags,
  summary: "End a binding, as its buyer or as an operator of the site",
  security: [...byBuyer, ...byToken],
  request: byId,
  responses: {
    200: answer("The binding", binding),
    ...refusals("request/unauthenticated", "request/forbidden", "binding/unknown"),
  },
})
const merchantListRoute = createRoute({
  method: "get",
  path: "/merchants/{id}/bindings",
  tags,
  summary: "List the wallets that buy for a merchant",
  security: byToken,
  request: byId,
  responses: { 200: answer("Active bindings", z.array(binding)), ...refusals(...actorRefusals, "merchant/unknown") },
})

export function bindingRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  const buyersOnly = requireBuyerSession(ctx)
  router.openapi(previewRoute, async (c) => c.json(await previewBindCode(ctx, c.req.valid("param").code), 200))
  router.use("/bindings", buyersOnly)
  router.openapi(claimRoute, async (c) => {
    const claimed = await claimBindCode(ctx, c.get("actor"), c.req.valid("json").code)
    return c.json({ ...bindingView(claimed.binding), merchant: claimed.merchant, site: claimed.site }, 200)
  })
  router.openapi(listRoute, async (c) => {
    const own = await listOwnBindings(ctx.db, c.get("actor"))
    const views = own.map((row) => ({
      ...bindingView(row),
      merchantName: row.merchantName,
      stallNumber: row.stallNumber,
      ...{ zone: row.zone, dayStartsAtMinutes: row.dayStartsAtMinutes },
    }))
    return c.json(views, 200)
  })
  router.use("/bindings/:id", buyersOnly)
  router.openapi(findRoute, async (c) =>
    c.json(bindingView(await findOwnBinding(ctx.db, c.get("actor"), c.req.valid("param").id)), 200),
  )
  router.openapi(answerRoute, async (c) =>
    c.json(bindingView(await answerBinding(ctx, { ...c.req.valid("json"), bindingId: c.req.valid("param").id })), 200),
  )
  router.use("/bindings/:id/end", requireReader(ctx))
  router.openapi(releaseRoute, async (c) =>
    c.json(bindingView(await releaseBinding(ctx, c.get("actor"), c.req.valid("param").id)), 200),
  )
  router.use("/merchants/:id/bindings", requireActor(ctx))
  router.openapi(merchantListRoute, async (c) =>
    c.json((await listMerchantBindings(ctx.db, c.get("actor"), c.req.valid("param").id)).map(bindingView), 200),
  )
  return router
}

function bindingView(row: Binding) {
  return {
    id: row.id,
    merchantId: row.merchantId,
    state: row.state,
    checkDigits: row.checkDigits,
    claimedAt: row.claimedAt.toISOString(),
    ...(row.validFrom === null ? {} : { validFrom: row.validFrom.toISOString() }),
    ...(row.validTo === null ? {} : { validTo: row.validTo.toISOString() }),
  }
}
