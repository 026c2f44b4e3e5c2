import { createRoute, z } from "@hono/zod-openapi"
import { type BindingProposal, decideProposal, listProposals } from "../bindings/decide-proposal"
import type { Context } from "../context"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, jsonBody, reason, uuid } from "./schemas"

const tags = ["wallet bindings"]
const count = z.number().int().min(0)

const decided = z
  .object({
    id: uuid,
    siteId: uuid,
    sellerMerchantId: uuid,
    pseudonym: z.string().openapi({ description: "Means nothing at another stall, and names nobody" }),
    purchases: count,
    days: count,
    leastGrams: count.openapi({ description: "What each of them weighed at least, in steps of 10 kg" }),
    commodities: count,
    lastDay: z.string(),
    state: z.enum(["new", "invited", "dismissed", "bound"]),
    note: z.string().optional(),
  })
  .openapi("BindingProposal")

const listRoute = createRoute({
  method: "get",
  path: "/binding-proposals",
  tags,
  summary: "Wallets that buy at a wholesale stall as a merchant would",
  description:
    "Counts of the last two weeks, at wholesale sites alone. A proposal binds nothing and names nobody: the stall may invite that customer to bind the wallet at a terminal.",
  security: byToken,
  responses: {
    200: answer(
      "The most purchases first",
      z.array(decided.extend({ sellerName: z.string(), stallNumber: z.string() })),
    ),
    ...refusals(...actorRefusals),
  },
})
const decideRoute = createRoute({
  method: "post",
  path: "/binding-proposals/{id}/decision",
  tags,
  summary: "Say that the stall was asked to invite, or that it is no merchant's wallet",
  security: byToken,
  request: {
    params: z.object({ id: uuid }),
    ...jsonBody(z.object({ state: z.enum(["invited", "dismissed"]), note: reason })),
  },
  responses: {
    200: answer("Decided", decided),
    ...refusals(...actorRefusals, "binding/proposal-unknown", "binding/wrong-state"),
  },
})

export function bindingProposalRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/binding-proposals", "/binding-proposals/*"]) {
    router.use(path, requireActor(ctx, "merchants:write"))
  }
  router.openapi(listRoute, async (c) => {
    const rows = await listProposals(ctx.db, c.get("actor"))
    return c.json(
      rows.map(({ proposal, ...seller }) => ({ ...proposalView(proposal), ...seller })),
      200,
    )
  })
  router.openapi(decideRoute, async (c) =>
    c.json(proposalView(await decideProposal(ctx, c.get("actor"), c.req.valid("param").id, c.req.valid("json"))), 200),
  )
  return router
}

function proposalView(row: BindingProposal): z.infer<typeof decided> {
  const { id, siteId, sellerMerchantId, pseudonym, purchases, days, leastGrams, commodities, lastDay, state } = row
  const counts = { purchases, days, leastGrams, commodities, lastDay }
  return { id, siteId, sellerMerchantId, pseudonym, ...counts, state, ...(row.note === null ? {} : { note: row.note }) }
}
