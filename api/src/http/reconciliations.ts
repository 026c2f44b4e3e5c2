import { createRoute, z } from "@hono/zod-openapi"
import { repairWords } from "@suyuan/look/reconciliation-words"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { PaymentDeps } from "../payments/payment-deps"
import { sayRepair } from "../payments/propose-repair"
import {
  booksNow,
  listReconciliations,
  type ProposedItem,
  type ReconciledDay,
  readItem,
  readReconciliation,
} from "../payments/read-reconciliation"
import { reconcileDay } from "../payments/reconcile-day"
import { repairItem } from "../payments/repair-item"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, pageSize, uuid } from "./schemas"

const tags = ["reconciliations"]
const path = "/payments/reconciliations"
const platform = z.enum(["wechat-pay", "alipay"])
const day = z.iso.date().openapi({ description: "Day in China (UTC+8)", example: "2026-03-01" })
const fen = z.number().int()
const amount = z.object({ state: z.string().nullable(), amountFen: fen.nullable() })
const kind = z.enum(["missing-here", "missing-there", "amount-differs", "state-differs"])
const itemState = z.enum(["open", "repaired", "alarmed"])
const effects = Object.keys(repairWords) as [keyof typeof repairWords, ...(keyof typeof repairWords)[]]

const reconciliation = z
  .object({
    platform,
    day,
    state: z.enum(["reconciled", "not-ready", "unknown", "too-large"]).openapi({
      description: "What became of the bill when it was last asked for; `not-ready` and `unknown` are asked for again",
    }),
    cause: z.string().optional().openapi({ description: "Of `unknown`" }),
    tries: z.number().int(),
    triedAt: instant,
    items: z.number().int().openapi({ description: "Differences that the token may see, done ones included" }),
    openItems: z.number().int(),
    bill: z
      .object({ matched: z.number().int(), paidFen: fen, refundedFen: fen, feesFen: fen, reconciledAt: instant })
      .optional()
      .openapi({ description: "Of the whole bill, once it was read; for tokens of every site only" }),
  })
  .openapi("Reconciliation")

const item = z
  .object({
    id: uuid,
    kind,
    state: itemState,
    outTradeNo: z.string(),
    outRefundNo: z.string().optional().openapi({ description: "Of a refund" }),
    siteId: uuid.optional().openapi({ description: "None: the number is not ours" }),
    payeeAccount: z.string(),
    books: amount.nullable().openapi({ description: "Our side when the bill was held against it" }),
    bill: amount.nullable(),
    booksNow: amount.nullable().openapi({ description: "Our side as it stands" }),
    proposal: z
      .object({
        effect: z.enum(effects),
        number: z.string(),
        amountFen: fen.nullable().openapi({ description: "What the platform must confirm" }),
        zh: z.string(),
        en: z.string(),
        shown: z
          .string()
          .openapi({ description: "Names this proposal; a repair that would do anything else is refused" }),
      })
      .nullable()
      .openapi({ description: "What a repair would do now; null once it is done" }),
    repairedBy: z.string().optional(),
    repairedAt: instant.optional(),
    createdAt: instant,
  })
  .openapi("ReconciliationItem")

const ofDay = { params: z.object({ platform, day }) }
const ofItem = { params: z.object({ platform, day, id: uuid }) }

const runRoute = createRoute({
  method: "post",
  path,
  tags,
  summary: "Hold a platform's bill of a day against the books",
  description:
    "Needs `payments:reconcile` at every site. Repairs nothing; again adds what is new. A bill that is not there yet, or not to be trusted, concludes nothing and is asked for again by itself.",
  security: byToken,
  request: jsonBody(z.object({ platform, day })),
  responses: {
    200: answer("What became of it", reconciliation),
    ...refusals(...actorRefusals, "reconciliation/day-not-over", "reconciliation/bill-too-large"),
  },
})
const listRoute = createRoute({
  method: "get",
  path,
  tags,
  summary: "List days whose bill was asked for",
  description: "Newest first; ask again with `before` = the last day for the next page. Needs `payments:read`.",
  security: byToken,
  request: {
    query: z.object({ platform: platform.optional(), before: day.optional(), limit: pageSize }),
  },
  responses: { 200: answer("Days, each with its platforms", z.array(reconciliation)), ...refusals(...actorRefusals) },
})
const readRoute = createRoute({
  method: "get",
  path: `${path}/{platform}/{day}`,
  tags,
  summary: "One day with its differences, each with the repair that is proposed",
  description: "Items by id; ask again with `after` = the last id for the next page. Needs `payments:read`.",
  security: byToken,
  request: {
    ...ofDay,
    query: z.object({
      kind: kind.optional(),
      state: itemState.optional(),
      after: uuid.optional(),
      limit: pageSize,
    }),
  },
  responses: {
    200: answer("The day", z.object({ reconciliation, items: z.array(item) })),
    ...refusals(...actorRefusals, "reconciliation/unknown"),
  },
})
const itemRoute = createRoute({
  method: "get",
  path: `${path}/{platform}/{day}/items/{id}`,
  tags,
  summary: "One difference as it stands",
  security: byToken,
  request: ofItem,
  responses: { 200: answer("The item", item), ...refusals(...actorRefusals, "reconciliation/item-unknown") },
})
const repairRoute = createRoute({
  method: "post",
  path: `${path}/{platform}/{day}/items/{id}/repair`,
  tags,
  summary: "Do the repair that was shown",
  description:
    "Needs `payments:reconcile` at the item's site. `shown` comes from the item's proposal. An item whose platform does not answer stays `open`; the same again after a lost answer is harmless.",
  security: byToken,
  request: { ...ofItem, ...jsonBody(z.object({ shown: z.string().regex(/^[0-9a-f]{32}$/, "as the item shows it") })) },
  responses: {
    200: answer("The item as it became", item),
    ...refusals(...actorRefusals, "reconciliation/item-unknown", "reconciliation/item-changed"),
  },
})

export type ReconciliationDeps = { readonly ctx: Context; readonly payments: PaymentDeps }

export function reconciliationRoutes({ ctx, payments }: ReconciliationDeps): Routes {
  const router = newRouter()
  for (const guarded of [path, `${path}/*`]) router.use(guarded, requireActor(ctx))
  router.openapi(runRoute, async (c) => {
    const about = c.req.valid("json")
    const { state } = await reconcileDay(ctx, payments, c.get("actor"), about)
    if (state === "too-large") throw new ServiceError("reconciliation/bill-too-large")
    const [made] = await listReconciliations(ctx.db, c.get("actor"), { ...about, limit: 1 })
    if (made === undefined) throw new Error("a reconciliation was not noted")
    return c.json(dayView(made), 200)
  })
  router.openapi(listRoute, async (c) =>
    c.json((await listReconciliations(ctx.db, c.get("actor"), c.req.valid("query"))).map(dayView), 200),
  )
  router.openapi(readRoute, async (c) => {
    const query = { ...c.req.valid("param"), ...c.req.valid("query") }
    const { about, items } = await readReconciliation(ctx.db, c.get("actor"), query)
    return c.json({ reconciliation: dayView(about), items: items.map(itemView) }, 200)
  })
  router.openapi(itemRoute, async (c) => {
    const { id, ...about } = c.req.valid("param")
    return c.json(itemView(await readItem(ctx.db, c.get("actor"), about, id)), 200)
  })
  router.openapi(repairRoute, async (c) => {
    const { id, ...about } = c.req.valid("param")
    await repairItem(ctx, payments, c.get("actor"), { ...about, id, ...c.req.valid("json") })
    return c.json(itemView(await readItem(ctx.db, c.get("actor"), about, id)), 200)
  })
  return router
}

function dayView({ platform, day, reading, totals, items, openItems }: ReconciledDay) {
  return {
    ...{ platform, day, state: reading.state, tries: reading.tries, triedAt: reading.triedAt.toISOString() },
    ...(reading.cause === null ? {} : { cause: reading.cause }),
    ...{ items, openItems },
    ...(totals === undefined ? {} : { bill: billView(totals) }),
  }
}

function billView({ matched, paidFen, refundedFen, feesFen, reconciledAt }: NonNullable<ReconciledDay["totals"]>) {
  return { matched, paidFen, refundedFen, feesFen, reconciledAt: reconciledAt.toISOString() }
}

function itemView(proposed: ProposedItem) {
  const { item, proposal } = proposed
  const { id, kind, state, outTradeNo, payeeAccount } = item
  return {
    ...{ id, kind, state, outTradeNo, payeeAccount },
    ...(item.outRefundNo === "" ? {} : { outRefundNo: item.outRefundNo }),
    ...(item.siteId === null ? {} : { siteId: item.siteId }),
    books: item.hereState === null ? null : { state: item.hereState, amountFen: item.hereFen },
    bill: item.thereState === null ? null : { state: item.thereState, amountFen: item.thereFen },
    booksNow: booksNow(proposed) ?? null,
    proposal:
      proposal === undefined
        ? null
        : { ...proposal, zh: sayRepair(item, proposal, "zh"), en: sayRepair(item, proposal, "en") },
    ...(item.repairedBy === null ? {} : { repairedBy: item.repairedBy }),
    ...(item.repairedAt === null ? {} : { repairedAt: item.repairedAt.toISOString() }),
    createdAt: item.createdAt.toISOString(),
  }
}
