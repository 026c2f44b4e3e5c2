import { createRoute, z } from "@hono/zod-openapi"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { Context } from "../context"
import { type LostTerminal, recoverLostSales } from "../sales/recover-lost-sales"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, hexBytes, instant, jsonBody, terminalId } from "./schemas"

const lostTerminal = z
  .object({
    terminalId: z.string(),
    sales: z.array(
      z.object({
        counter: z.number().int(),
        issuedAt: instant,
        amountFen: z.number().int(),
        outcome: z.enum(["rebuilt", "lines-unknown", "not-paid"]),
        lines: z.array(
          z.object({
            commodity: z.number().int().optional(),
            quantityPacked: z.number().int().openapi({ description: "As in the pay code" }),
            unitPriceFen: z.number().int(),
          }),
        ),
      }),
    ),
    gaps: z
      .array(z.object({ from: z.number().int(), to: z.number().int() }))
      .openapi({ description: "Numbers that never came here: sold unseen, or never used" }),
  })
  .openapi("LostTerminal")

const lostRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/lost-sales",
  tags: ["terminals"],
  summary: "What a stall's revoked terminals never handed in",
  description:
    "Signed by a newer terminal of the stall. Settled sales of the last seven days are recorded from their codes; the rest is for a person. Repeating changes nothing.",
  request: {
    params: z.object({ id: terminalId }),
    ...jsonBody(
      z.object({
        issuedAtMs: z
          .number()
          .int()
          .min(0)
          .openapi({ description: "Rises from request to request, token requests too" }),
        signature: hexBytes(64).openapi({ description: "Over SYM1 ‖ network ‖ terminal ‖ issuedAtMs" }),
      }),
    ),
  },
  responses: {
    200: answer("By terminal, the newest first", z.object({ terminals: z.array(lostTerminal) })),
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

export function lostSalesRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.openapi(lostRoute, async (c) => {
    const { id } = c.req.valid("param")
    const lost = await recoverLostSales(ctx, { terminalId: id, ...c.req.valid("json") })
    return c.json({ terminals: lost.map(lostView) }, 200)
  })
  return router
}

function lostView({ terminalId: id, sales, gaps }: LostTerminal): z.infer<typeof lostTerminal> {
  return {
    terminalId: terminalToHex(id),
    sales: sales.map(({ counter, issuedAt, amountFen, outcome, lines }) => ({
      ...{ counter, issuedAt: issuedAt.toISOString(), amountFen, outcome },
      lines: lines.map(({ commodity, quantityPacked, unitPriceFen }) => ({
        ...(commodity === null ? {} : { commodity }),
        ...{ quantityPacked, unitPriceFen },
      })),
    })),
    gaps: gaps.map((gap) => ({ ...gap })),
  }
}
