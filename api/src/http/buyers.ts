import { createRoute, z } from "@hono/zod-openapi"
import { deleteCookie, getCookie, setCookie } from "hono/cookie"
import { login } from "../buyers/login"
import { type LoginProviders, loginChannels } from "../buyers/login-provider"
import { listPurchases, type Purchase } from "../buyers/purchases"
import { isReturnPath } from "../buyers/return-path"
import { endSession } from "../buyers/session"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { platforms } from "../payments/payment-provider"
import { keepSession, renewCookie, requireBuyerSession, sessionCookie, sessionToken } from "./buyer-session"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, instant, jsonBody } from "./schemas"

const tags = ["buyers"]
const platform = z.enum(platforms)
const code = z.string().min(1).max(512)
/** `<state>.<return path>`: lives as long as somebody takes to nod. */
const stateCookie = "suyuan_login"
const stateSeconds = 600
const stateBytes = 16

const loginRoute = createRoute({
  method: "post",
  path: "/buyers/login",
  tags,
  summary: "Log in with a code of the platform",
  description: "For mini-programs: the token goes into `Authorization: Bearer …`.",
  request: jsonBody(z.object({ platform, channel: z.enum(loginChannels).default("mini"), code })),
  responses: {
    200: answer("A session of 30 days", z.object({ token: z.string(), expiresAt: instant, platform })),
    ...refusals("request/malformed", "buyer/login-refused", "buyer/login-unavailable"),
  },
})

const startRoute = createRoute({
  method: "get",
  path: "/buyers/login/{platform}",
  tags,
  summary: "Go to the platform's login page",
  description: "For web pages. Leads back to the page of a pay code, and nowhere else.",
  request: {
    params: z.object({ platform }),
    query: z.object({ return: z.string().max(420).openapi({ example: "/p/1234" }) }),
  },
  responses: {
    302: { description: "The platform's page" },
    ...refusals("request/malformed", "buyer/return-refused"),
  },
})

const callbackRoute = createRoute({
  method: "get",
  path: "/buyers/callback/{platform}",
  tags,
  summary: "Come back from the platform's login page",
  request: {
    params: z.object({ platform }),
    query: z.object({
      code: code.optional(),
      auth_code: code.optional(),
      state: z.string().max(128).optional(),
    }),
  },
  responses: {
    302: { description: "The page of the pay code, with a session cookie" },
    ...refusals("request/malformed", "buyer/state-mismatch", "buyer/login-refused", "buyer/login-unavailable"),
  },
})

const logoutRoute = createRoute({
  method: "delete",
  path: "/buyers/session",
  tags,
  summary: "Log out",
  security: byBuyer,
  responses: { 204: { description: "The session is over" } },
})

const purchase = z
  .object({
    terminal: z.string(),
    counter: z.number().int(),
    settledAt: instant,
    paidFen: z.number().int(),
    refundedFen: z.number().int(),
    stall: z.object({
      ...{ number: z.string(), name: z.string(), site: z.string(), siteEn: z.string() },
      zone: z.string().openapi({ description: "Of the market's calendar", example: "Asia/Shanghai" }),
    }),
    lines: z.array(
      z.object({
        line: z.number().int(),
        amountFen: z.number().int(),
        name: z.string().optional(),
        nameEn: z.string().optional(),
      }),
    ),
    recordId: z.string().optional().openapi({ description: "Opens the trace" }),
    receiptDigits: z
      .string()
      .nullable()
      .openapi({ description: "Six digits for a stall that cannot hear; null once the money has gone back" }),
  })
  .openapi("OwnPurchase")

const purchasesRoute = createRoute({
  method: "get",
  path: "/buyers/purchases",
  tags,
  summary: "List what the buyer has paid for",
  security: byBuyer,
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(20),
      before: z.iso.datetime().optional().openapi({ description: "`settledAt` of the last one seen" }),
      after: z
        .string()
        .regex(/^[0-9a-f]{10}-[0-9]{1,10}$/, "terminal and counter")
        .optional()
        .openapi({ description: "`terminal`-`counter` of the last one seen: several may be of one instant" }),
    }),
  },
  responses: {
    200: answer("Newest first", z.object({ purchases: z.array(purchase) })),
    ...refusals("request/malformed", "request/unauthenticated"),
  },
})

export function buyerRoutes({ ctx, logins }: { readonly ctx: Context; readonly logins: LoginProviders }): Routes {
  const router = newRouter()
  const secure = ctx.config.GATEWAY_PUBLIC_URL.startsWith("https:")
  const cookie = { httpOnly: true, sameSite: "Lax", secure } as const
  router.openapi(loginRoute, async (c) => {
    const { token, expiresAt, platform } = await login(ctx, logins, c.req.valid("json"))
    return c.json({ token, expiresAt: expiresAt.toISOString(), platform }, 200)
  })
  router.openapi(startRoute, (c) => {
    const { platform } = c.req.valid("param")
    const returnPath = c.req.valid("query").return
    if (!isReturnPath(returnPath)) throw new ServiceError("buyer/return-refused", { field: "return" })
    const state = Buffer.from(ctx.random.bytes(stateBytes)).toString("hex")
    setCookie(c, stateCookie, `${state}.${returnPath}`, { ...cookie, path: "/buyers", maxAge: stateSeconds })
    const callback = `${ctx.config.GATEWAY_PUBLIC_URL}/buyers/callback/${platform}`
    return c.redirect(logins[platform].authorizeUrl(callback, state), 302)
  })
  router.openapi(callbackRoute, async (c) => {
    const { platform } = c.req.valid("param")
    const query = c.req.valid("query")
    const returnPath = checkState(getCookie(c, stateCookie), query.state)
    deleteCookie(c, stateCookie, { path: "/buyers" })
    const code = logins[platform].codeParameter === "auth_code" ? query.auth_code : query.code
    // Somebody who says no is sent back without a code.
    if (code === undefined) throw new ServiceError("buyer/login-refused")
    const { token } = await login(ctx, logins, { platform, channel: "h5", code })
    keepSession(ctx, c, token)
    return c.redirect(returnPath, 302)
  })
  router.openapi(logoutRoute, async (c) => {
    const token = sessionToken(c)
    if (token !== undefined) await endSession(ctx, token)
    deleteCookie(c, sessionCookie, { path: "/" })
    return c.body(null, 204)
  })
  router.use("/buyers/purchases", requireBuyerSession(ctx))
  router.openapi(purchasesRoute, async (c) => {
    const { limit, before, after } = c.req.valid("query")
    await renewCookie(ctx, c)
    const [terminal = "", counter = ""] = after?.split("-") ?? []
    const page = {
      limit,
      ...(before !== undefined && { before: new Date(before) }),
      ...(after !== undefined && { after: { terminalId: Number.parseInt(terminal, 16), counter: Number(counter) } }),
    }
    return c.json({ purchases: (await listPurchases(ctx, c.get("actor"), page)).map(purchaseView) }, 200)
  })
  return router
}

/** The return belongs to the browser that set out: otherwise somebody could be logged in as another person. */
function checkState(cookie: string | undefined, state: string | undefined): string {
  const [expected, returnPath] = splitOnce(cookie ?? "", ".")
  const genuine = expected.length === 2 * stateBytes && expected === state && isReturnPath(returnPath)
  if (!genuine) throw new ServiceError("buyer/state-mismatch")
  return returnPath
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)]
}

function purchaseView(purchase: Purchase) {
  const { recordId, settledAt, lines, ...rest } = purchase
  return {
    ...rest,
    settledAt: settledAt.toISOString(),
    lines: lines.map(({ line, amountFen, name, nameEn }) => ({
      line,
      amountFen,
      ...(name === undefined ? {} : { name }),
      ...(nameEn === undefined ? {} : { nameEn }),
    })),
    ...(recordId === undefined ? {} : { recordId }),
  }
}
