import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { RefundRow } from "../payments/attempts"
import { findSaleKey } from "../payments/find-sale"
import type { PaymentDeps } from "../payments/payment-deps"
import { listRefunds, requestRefund } from "../payments/request-refund"
import { requestTerminalRefund } from "../payments/request-terminal-refund"
import { resumeRefund } from "../payments/resume-refund"
import { settling } from "../questions"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, hexBytes, instant, jsonBody, reason, terminalId, uuid } from "./schemas"

const tags = ["payments"]
const path = "/sales/{terminal}/{counter}/refunds"
const ofSale = {
  params: z.object({ terminal: terminalId, counter: z.coerce.number().int().min(0).max(0xffff_ffff) }),
}
const goods = z.enum(["money-only", "not-handed-over", "returned", "discarded"])
const line = z.object({
  line: z.number().int().min(0).max(254),
  grams: z.number().int().min(1).max(0xff_ffff_ffff),
})

const refund = z
  .object({
    id: uuid,
    outRefundNo: z.string(),
    platform: z.enum(["wechat-pay", "alipay", "cash"]),
    amountFen: z.number().int(),
    reason: z.enum(["seller", "second-payment", "after-close", "wrong-amount"]),
    goods,
    lines: z.array(line),
    state: z.enum(["prepared", "sent", "unknown", "open", "succeeded", "failed", "closed"]),
    failureCode: z.string().optional(),
    recordId: z.string().optional().openapi({ description: "Its record, once the sale has one" }),
    createdAt: instant,
    succeededAt: instant.optional(),
  })
  .openapi("Refund")

const requestRoute = createRoute({
  method: "post",
  path,
  tags,
  summary: "Give money back for a sale",
  description:
    "At most what was paid and is not on its way back. `id` is made and kept by the caller: the same one again is the same refund. An answer in state `unknown` or `open` is being pursued.",
  security: byToken,
  request: {
    ...ofSale,
    ...jsonBody(
      z.object({
        id: uuid,
        amountFen: z.number().int().max(0xffff_ffff),
        goods,
        lines: z.array(line).max(255).default([]).openapi({ description: "Goods that came back; none: all of them" }),
      }),
    ),
  },
  responses: {
    200: answer("The refund", refund),
    ...refusals(
      ...actorRefusals,
      "refund/sale-unknown",
      "refund/not-paid",
      "refund/amount-below-one-fen",
      "refund/amount-above-paid",
      "refund/lines-malformed",
      "refund/id-reused",
      "refund/too-many-parts",
    ),
  },
})

const listRoute = createRoute({
  method: "get",
  path,
  tags,
  summary: "List a sale's refunds",
  security: byToken,
  request: ofSale,
  responses: {
    200: answer("Oldest first, those that the gateway made by itself too", z.object({ refunds: z.array(refund) })),
    ...refusals(...actorRefusals, "refund/sale-unknown"),
  },
})

const terminalRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/refunds",
  tags,
  summary: "Give money back from the stall's own terminal",
  description:
    "Signed by the terminal, for a sale of its own. The same request again is the same refund, as it stands by then.",
  request: {
    params: z.object({ id: terminalId }),
    ...jsonBody(
      z.object({
        id: uuid,
        counter: z.number().int().min(0).max(0xffff_ffff),
        amountFen: z.number().int().min(0).max(0xffff_ffff),
        goods,
        lines: z.array(line).max(255).default([]).openapi({ description: "Goods that are meant; none: all of them" }),
        signature: hexBytes(64).openapi({
          description: "Over SYQ1 ‖ network ‖ terminal ‖ id ‖ counter ‖ amount ‖ goods ‖ lines",
        }),
      }),
    ),
  },
  responses: {
    200: answer("The refund", refund),
    ...refusals(
      "request/malformed",
      "request/too-many",
      "terminal/unknown",
      "terminal/bad-signature",
      "terminal/not-confirmed",
      "terminal/suspended",
      "terminal/revoked",
      "refund/sale-unknown",
      "refund/not-paid",
      "refund/amount-below-one-fen",
      "refund/amount-above-paid",
      "refund/lines-malformed",
      "refund/id-reused",
      "refund/too-many-parts",
    ),
  },
})

const resumeRoute = createRoute({
  method: "post",
  path: "/refunds/{number}/resume",
  tags,
  summary: "Have a refund tried again that ended without the money",
  description:
    "By a person with `payments:reconcile` at its site. One that failed is asked after again, and sent again where the platform has none, under its own number; one that the gateway owes and the platform closed gets the next number. One that is under way is answered as it is.",
  security: byToken,
  request: {
    params: z.object({ number: z.string().length(25).openapi({ description: "The refund's number at its platform" }) }),
    ...jsonBody(z.object({ reason })),
  },
  responses: {
    200: answer("The refund that is tried", refund),
    ...refusals(
      ...actorRefusals,
      "refund/unknown",
      "refund/not-resumable",
      "refund/amount-above-paid",
      "refund/too-many-parts",
    ),
  },
})

export function refundRoutes({ ctx, payments }: { readonly ctx: Context; readonly payments: PaymentDeps }): Routes {
  const router = newRouter()
  router.use("/sales/:terminal/:counter/refunds", requireActor(ctx, "payments:refund"))
  router.openapi(requestRoute, async (c) => {
    const { id, amountFen, goods, lines } = c.req.valid("json")
    const sale = await saleOf(ctx, c.req.valid("param"))
    const wish = { sale, id, amountFen, goods, lines: lines.map(({ line, grams }) => [line, grams] as const) }
    return c.json(refundView(await requestRefund(settling(ctx), payments, c.get("actor"), wish)), 200)
  })
  router.openapi(listRoute, async (c) => {
    const sale = await saleOf(ctx, c.req.valid("param"))
    return c.json({ refunds: (await listRefunds(ctx, c.get("actor"), sale)).map(refundView) }, 200)
  })
  router.use("/refunds/*", requireActor(ctx, "payments:reconcile"))
  router.openapi(resumeRoute, async (c) => {
    const wish = { outRefundNo: c.req.valid("param").number, ...c.req.valid("json") }
    return c.json(refundView(await resumeRefund(settling(ctx), c.get("actor"), wish)), 200)
  })
  router.openapi(terminalRoute, async (c) => {
    const { lines, ...wish } = c.req.valid("json")
    const terminal = c.req.valid("param").id
    const request = { ...wish, terminal, lines: lines.map(({ line, grams }) => [line, grams] as const) }
    return c.json(refundView(await requestTerminalRefund(settling(ctx), payments, request)), 200)
  })
  return router
}

async function saleOf(ctx: Context, name: { terminal: number; counter: number }) {
  const key = await findSaleKey(ctx.db, name.terminal, name.counter)
  if (key === undefined) throw new ServiceError("refund/sale-unknown")
  return key
}

function refundView(row: RefundRow) {
  const { id, outRefundNo, platform, amountFen, reason, goods, state } = row
  return {
    ...{ id, outRefundNo, platform, amountFen, reason, goods, state },
    lines: row.lines.map(([line, grams]) => ({ line, grams })),
    ...(row.failureCode === null ? {} : { failureCode: row.failureCode }),
    ...(row.recordId === null ? {} : { recordId: row.recordId }),
    createdAt: row.createdAt.toISOString(),
    ...(row.succeededAt === null ? {} : { succeededAt: row.succeededAt.toISOString() }),
  }
}
