import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { directAccountPattern } from "../direct-accounts"
import { addMerchant, type Merchant } from "../merchants/add-merchant"
import { changeMerchantState } from "../merchants/change-merchant-state"
import { approvePayeeChange, withdrawPayeeChange } from "../merchants/decide-payee-change"
import { describePayee, payeeModes } from "../merchants/describe-payee"
import { listMerchants, listPayees } from "../merchants/find-merchant"
import { type Payee, setPayee } from "../merchants/set-payee"
import { createClaimCode } from "../terminals/create-claim-code"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, name, pageSize, reason, uuid } from "./schemas"

const tags = ["merchants"]
const byId = { params: z.object({ id: uuid }) }
const platform = z.enum(["wechat-pay", "alipay"])
const account = z.string().regex(/^[A-Za-z0-9@._-]{4,64}$/, "the platform's account number")

export const newMerchant = z.object({ id: uuid, siteId: uuid, stallNumber: z.string().trim().min(1).max(16), name })
const merchant = newMerchant
  .extend({
    alias: z.string().openapi({ description: "Stands for the stall in public records" }),
    state: z.enum(["active", "suspended"]),
    photo: z.string().optional().openapi({ description: "SHA-256 of the stall's photo" }),
    createdAt: instant,
  })
  .openapi("Merchant")

export const payee = z
  .object({
    platform,
    mode: z.enum(payeeModes).default("service-provider"),
    account: account.optional().openapi({
      description: "Through the service provider. WeChat Pay: sub_mchid. Alipay: the seller's user id.",
    }),
    authToken: z
      .string()
      .min(8)
      .max(128)
      .optional()
      .openapi({ description: "Alipay service-provider mode: app_auth_token" }),
    directAccount: z
      .string()
      .regex(directAccountPattern)
      .optional()
      .openapi({ description: "Direct: the name, in the gateway's configuration, of the merchant's own account" }),
  })
  .superRefine(({ mode, account, authToken, directAccount }, issues) => {
    const needed = mode === "direct" ? { directAccount } : { account }
    const foreign = mode === "direct" ? { account, authToken } : { directAccount }
    const fault = (name: string, message: string) => issues.addIssue({ code: "custom", path: [name], message })
    for (const [name, value] of Object.entries(needed)) if (value === undefined) fault(name, `needed when ${mode}`)
    for (const [name, value] of Object.entries(foreign)) if (value !== undefined) fault(name, `not when ${mode}`)
  })
const payeeView = {
  mode: z.enum(payeeModes),
  account: z.string(),
  directAccount: z.string().optional().openapi({ description: "Its name in the gateway's configuration" }),
}
const payees = z
  .object({
    accounts: z.array(z.object({ platform, ...payeeView, since: instant })),
    changes: z.array(
      z.object({
        id: uuid,
        platform,
        ...payeeView,
        state: z.enum(["proposed", "approved", "applied", "withdrawn"]),
        proposedBy: z.string(),
        approvedBy: z.string().optional(),
        appliesAt: instant.optional(),
      }),
    ),
  })
  .openapi("Payees")

const addRoute = createRoute({
  method: "post",
  path: "/merchants",
  tags,
  summary: "Add a merchant",
  description: "Who sells at a stall. The caller makes the id; the same again is success.",
  security: byToken,
  request: jsonBody(newMerchant),
  responses: {
    200: answer("The merchant", merchant),
    ...refusals(...actorRefusals, "site/unknown", "request/conflict"),
  },
})
const listRoute = createRoute({
  method: "get",
  path: "/merchants",
  tags,
  summary: "List merchants",
  description: "By id; ask again with `after` = the last id for the next page.",
  security: byToken,
  request: { query: z.object({ siteId: uuid.optional(), after: uuid.optional(), limit: pageSize }) },
  responses: { 200: answer("Merchants of the token's sites", z.array(merchant)), ...refusals(...actorRefusals) },
})
const stateRoute = (verb: "suspend" | "resume") =>
  createRoute({
    method: "post",
    path: `/merchants/{id}/${verb}`,
    tags,
    summary: verb === "suspend" ? "Stop a stall from selling" : "Let a suspended stall sell again",
    security: byToken,
    request: { ...byId, ...jsonBody(z.object({ reason })) },
    responses: { 200: answer("The merchant", merchant), ...refusals(...actorRefusals, "merchant/unknown") },
  })
const listPayeesRoute = createRoute({
  method: "get",
  path: "/merchants/{id}/payees",
  tags,
  summary: "Where a merchant's money goes",
  security: byToken,
  request: byId,
  responses: {
    200: answer("Accounts in force and changes that wait", payees),
    ...refusals(...actorRefusals, "merchant/unknown"),
  },
})
const setPayeeRoute = createRoute({
  method: "post",
  path: "/merchants/{id}/payees",
  tags,
  summary: "Set a payee account",
  description:
    "The first account of a platform is in force at once. Another one is proposed: a second person approves it, it is in force a day later, and the stall's terminal shows it meanwhile.",
  security: byToken,
  request: { ...byId, ...jsonBody(payee) },
  responses: {
    200: answer("What became of it", z.object({ state: z.enum(["in-force", "proposed"]), changeId: uuid.optional() })),
    ...refusals(...actorRefusals, "merchant/unknown", "payee/account-unknown", "payee/change-pending"),
  },
})
const approveRoute = createRoute({
  method: "post",
  path: "/payee-changes/{id}/approve",
  tags,
  summary: "Approve a change of payee account, as the second person",
  security: byToken,
  request: byId,
  responses: {
    200: answer("When it will be in force", z.object({ appliesAt: instant })),
    ...refusals(...actorRefusals, "payee/change-unknown", "payee/second-person-needed"),
  },
})
const withdrawRoute = createRoute({
  method: "post",
  path: "/payee-changes/{id}/withdraw",
  tags,
  summary: "Stop a change of payee account",
  security: byToken,
  request: byId,
  responses: {
    200: answer("It is stopped", z.object({ state: z.literal("withdrawn") })),
    ...refusals(...actorRefusals, "payee/change-unknown"),
  },
})
const claimCodeRoute = createRoute({
  method: "post",
  path: "/merchants/{id}/claim-codes",
  tags: ["terminals"],
  summary: "Make a claim code for a new terminal",
  description: "Works once and for ten minutes. Shown here only; whoever lost it makes another.",
  security: byToken,
  request: {
    ...byId,
    ...jsonBody(
      z.object({
        confirmed: z
          .boolean()
          .default(false)
          .openapi({ description: "Development only: nobody has to compare fingerprints" }),
      }),
    ),
  },
  responses: {
    200: answer(
      "The code",
      z.object({ claimCode: z.string().openapi({ example: "7M4QX-0ZRTB" }), expiresAt: instant }),
    ),
    ...refusals(...actorRefusals, "merchant/unknown", "merchant/suspended"),
  },
})

export function merchantRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/merchants", "/merchants/:id/*", "/payee-changes/*"]) router.use(path, requireActor(ctx))
  router.openapi(addRoute, async (c) =>
    c.json(merchantView(await addMerchant(ctx, c.get("actor"), c.req.valid("json"))), 200),
  )
  router.openapi(listRoute, async (c) =>
    c.json((await listMerchants(ctx.db, c.get("actor"), c.req.valid("query"))).map(merchantView), 200),
  )
  for (const verb of ["suspend", "resume"] as const) {
    router.openapi(stateRoute(verb), async (c) => {
      const state = verb === "resume" ? "active" : "suspended"
      const { reason } = c.req.valid("json")
      return c.json(
        merchantView(await changeMerchantState(ctx, c.get("actor"), c.req.valid("param").id, state, reason)),
        200,
      )
    })
  }
  router.openapi(listPayeesRoute, async (c) => {
    const { accounts, changes } = await listPayees(ctx.db, c.get("actor"), c.req.valid("param").id)
    return c.json(
      {
        accounts: accounts.map((row) => ({
          platform: row.platform,
          ...viewOf(row),
          since: row.createdAt.toISOString(),
        })),
        changes: changes.map(({ id, platform, state, proposedBy, approvedBy, appliesAt, ...row }) => ({
          ...{ id, platform, state, proposedBy, ...viewOf(row) },
          ...(approvedBy === null ? {} : { approvedBy }),
          ...(appliesAt === null ? {} : { appliesAt: appliesAt.toISOString() }),
        })),
      },
      200,
    )
  })
  router.openapi(setPayeeRoute, async (c) =>
    c.json(await setPayee(ctx, c.get("actor"), c.req.valid("param").id, payeeOf(c.req.valid("json"))), 200),
  )
  router.openapi(approveRoute, async (c) => {
    const { appliesAt } = await approvePayeeChange(ctx, c.get("actor"), c.req.valid("param").id)
    return c.json({ appliesAt: appliesAt.toISOString() }, 200)
  })
  router.openapi(withdrawRoute, async (c) => {
    await withdrawPayeeChange(ctx, c.get("actor"), c.req.valid("param").id)
    return c.json({ state: "withdrawn" as const }, 200)
  })
  router.openapi(claimCodeRoute, async (c) => {
    const { confirmed } = c.req.valid("json")
    const made = await createClaimCode(ctx, c.get("actor"), { merchantId: c.req.valid("param").id, confirmed })
    return c.json({ claimCode: made.claimCode, expiresAt: made.expiresAt.toISOString() }, 200)
  })
  return router
}

function merchantView({ createdAt, photo, photoRequestedAtMs: _, ...row }: Merchant) {
  return { ...row, ...(photo === null ? {} : { photo }), createdAt: createdAt.toISOString() }
}

/** The schema has seen to it that a mode comes with what it needs. */
export function payeeOf({ platform, account, authToken, directAccount }: z.infer<typeof payee>): Payee {
  return directAccount === undefined ? { platform, account: account ?? "", authToken } : { platform, directAccount }
}

function viewOf(row: { readonly account: string; readonly directAccount: string | null }) {
  const { directAccount } = row
  return { ...describePayee(row), ...(directAccount === null ? {} : { directAccount }) }
}
