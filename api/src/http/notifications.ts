import { createRoute, z } from "@hono/zod-openapi"
import type { Context as HttpContext } from "hono"
import { bodyLimit } from "hono/body-limit"
import type { Context } from "../context"
import { directAccountPattern } from "../direct-accounts"
import { describeFailure } from "../errors"
import { applyNotification, type NotificationOutcome } from "../payments/apply-notification"
import type { PaymentDeps } from "../payments/payment-deps"
import type { Platform } from "../payments/payment-provider"
import { settling } from "../questions"
import { newRouter, type Routes } from "./router"

const tags = ["notifications"]
const bodyBytesMax = 1 << 16
const text = z.string()
const failure = z.object({ code: z.literal("FAIL"), message: z.string() })

const direct = z.object({
  account: z
    .string()
    .regex(directAccountPattern)
    .openapi({ description: "The direct account of the configuration", example: "a-12" }),
})

const wechatRoute = {
  method: "post",
  path: "/notifications/wechat-pay",
  tags,
  summary: "WeChat Pay tells of a payment or a refund",
  description:
    "Signed by the platform over the raw body and encrypted to the APIv3 key. Anything else is answered FAIL, and the platform comes again.",
  responses: {
    204: { description: "Taken in, or taken in before" },
    401: { description: "Not signed by the platform", content: { "application/json": { schema: failure } } },
    422: { description: "Not about an order of ours", content: { "application/json": { schema: failure } } },
    500: { description: "Could not be taken in now", content: { "application/json": { schema: failure } } },
  },
} as const

const alipayRoute = {
  method: "post",
  path: "/notifications/alipay",
  tags,
  summary: "Alipay tells of a payment or a refund",
  description: "A form, signed RSA2. Answered with exactly `success`; with anything else Alipay comes again.",
  responses: {
    200: { description: "`success`", content: { "text/plain": { schema: text } } },
    401: { description: "`fail`: not signed by the platform", content: { "text/plain": { schema: text } } },
    422: { description: "`fail`: not about an order of ours", content: { "text/plain": { schema: text } } },
    500: { description: "`fail`: could not be taken in now", content: { "text/plain": { schema: text } } },
  },
} as const

const providerRoutes = { wechat: createRoute(wechatRoute), alipay: createRoute(alipayRoute) }
const directRoutes = {
  wechat: createRoute({
    ...wechatRoute,
    path: "/notifications/wechat-pay/{account}",
    summary: "The same, to a merchant that collects by itself: its own keys",
    request: { params: direct },
  }),
  alipay: createRoute({
    ...alipayRoute,
    path: "/notifications/alipay/{account}",
    summary: "The same, to a merchant that collects by itself: its own keys",
    request: { params: direct },
  }),
}

export function notificationRoutes({
  ctx,
  payments,
}: {
  readonly ctx: Context
  readonly payments: PaymentDeps
}): Routes {
  const router = newRouter()
  router.use("/notifications/*", bodyLimit({ maxSize: bodyBytesMax }))
  const takeFrom = (platform: Platform) => (c: HttpContext, directAccount?: string) =>
    take(ctx, payments, platform, c.req.raw, directAccount)
  const fromWechat = takeFrom("wechat-pay")
  const fromAlipay = takeFrom("alipay")
  router.openapi(providerRoutes.wechat, async (c) => wechatAnswer(c, await fromWechat(c)))
  router.openapi(providerRoutes.alipay, async (c) => alipayAnswer(c, await fromAlipay(c)))
  router.openapi(directRoutes.wechat, async (c) => wechatAnswer(c, await fromWechat(c, c.req.valid("param").account)))
  router.openapi(directRoutes.alipay, async (c) => alipayAnswer(c, await fromAlipay(c, c.req.valid("param").account)))
  return router
}

function wechatAnswer(c: HttpContext, status: Answer) {
  if (status === 200) return c.body(null, 204)
  return c.json({ code: "FAIL" as const, message: status === 401 ? "验签失败" : "失败" }, status)
}

function alipayAnswer(c: HttpContext, status: Answer) {
  return c.text(status === 200 ? "success" : "fail", status)
}

type Answer = 200 | 401 | 422 | 500

/** The raw bytes are what is signed: nothing parses them before the signature is checked. */
async function take(
  ctx: Context,
  payments: PaymentDeps,
  platform: Platform,
  request: Request,
  directAccount: string | undefined,
): Promise<Answer> {
  const body = new Uint8Array(await request.arrayBuffer())
  const headers = Object.fromEntries(request.headers)
  try {
    return answerOf(
      ctx,
      platform,
      await applyNotification(settling(ctx), payments, platform, { headers, body, directAccount }),
    )
  } catch (cause) {
    ctx.log.error({ ...describeFailure(cause), platform }, "a notification could not be taken in")
    return 500
  }
}

function answerOf(ctx: Context, platform: Platform, outcome: NotificationOutcome): Answer {
  if (outcome.accepted) return 200
  ctx.log.warn({ platform, fault: outcome.fault }, "a notification was refused")
  return outcome.fault === "notification/unverified" ? 401 : 422
}
