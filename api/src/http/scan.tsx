import { createRoute, z } from "@hono/zod-openapi"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { PAY_CODE_DIGITS_MAX, parsePayCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Context as HttpContext } from "hono"
import { streamSSE } from "hono/streaming"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { reasonOf, ServiceError } from "../errors"
import { openPayment } from "../payments/open-payment"
import type { PaymentDeps } from "../payments/payment-deps"
import type { Bridge } from "../payments/payment-provider"
import { describeSale } from "../sales/describe-sale"
import { alarmOtherBytes, openSale } from "../sales/open-sale"
import { readSale } from "../sales/read-sale"
import { readState } from "../sales/read-state"
import { saleName } from "../sales/sale-key"
import { inTransaction } from "../transaction"
import { ScanPage } from "./pages/scan-page"
import { refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { openedPaymentSchema, saleSchema, saleStateSchema } from "./scan-schemas"

export type ScanDeps = {
  readonly ctx: Context
  readonly payments: PaymentDeps
  /** Wakes whoever waits for a sale, `<terminal hex>/<counter>`; returns how to stop. */
  readonly events: { readonly subscribe: (sale: string, listener: () => void) => () => void }
  /** The buyer whose session came with the request. */
  readonly buyerOf: (c: HttpContext<HttpEnvironment>) => Promise<BuyerActor | undefined>
}

export type BuyerActor = Actor & { readonly kind: "buyer"; readonly platform: "wechat-pay" | "alipay" }

const digitsParam = z.object({
  digits: z
    .string()
    .max(PAY_CODE_DIGITS_MAX)
    .regex(/^[0-9]+$/)
    .openapi({ description: "The pay code's digits, leading zeros kept", example: "0123…" }),
})

const codeRefusals = [
  "pay-code/malformed",
  "pay-code/wrong-algorithm",
  "pay-code/bad-signature",
  "terminal/unknown",
  "sale/other-bytes",
] as const

const readRoute = createRoute({
  method: "get",
  path: "/p/{digits}",
  tags: ["scan"],
  summary: "What a scanned code means",
  description: "Writes nothing and is the same for everybody. HTML for a browser, JSON by `Accept`.",
  request: { params: digitsParam },
  responses: {
    200: {
      description: "The sale",
      content: { "application/json": { schema: saleSchema }, "text/html": { schema: z.string() } },
    },
    ...refusals(...codeRefusals),
  },
})

const payRoute = createRoute({
  method: "post",
  path: "/p/{digits}/pay",
  tags: ["scan"],
  summary: "Open this payer's attempt, or give back the one that is open",
  description: "At most one attempt per sale, platform and payer; repeating is harmless. Needs a buyer's session.",
  request: {
    params: digitsParam,
    body: {
      required: false,
      content: {
        "application/json": { schema: z.object({ platform: z.enum(["wechat-pay", "alipay"]) }).strict() },
        "application/x-www-form-urlencoded": { schema: z.object({ platform: z.enum(["wechat-pay", "alipay"]) }) },
      },
    },
  },
  responses: {
    200: { description: "The attempt", content: { "application/json": { schema: openedPaymentSchema } } },
    303: { description: "A form: back to the page, or to the login" },
    ...refusals(
      ...codeRefusals,
      "request/unauthenticated",
      "sale/too-old",
      "sale/too-early",
      "sale/offline-sale-limit",
      "sale/offline-day-limit",
      "terminal/suspended",
      "terminal/revoked",
      "terminal/not-confirmed",
      "payment/sale-paid",
      "payment/sale-closed",
      "payment/expired",
      "payment/no-payee",
      "payment/other-wallet",
      "payment/too-many-attempts",
      "payment/platform-refused",
    ),
  },
})

const stateRoute = createRoute({
  method: "get",
  path: "/p/{digits}/state",
  tags: ["scan"],
  summary: "The money side of a sale, for whoever waits for it",
  request: { params: digitsParam },
  responses: {
    200: { description: "The state", content: { "application/json": { schema: saleStateSchema } } },
    ...refusals(...codeRefusals),
  },
})

const eventsRoute = createRoute({
  method: "get",
  path: "/p/{digits}/events",
  tags: ["scan"],
  summary: "The same, as server-sent events `state`",
  request: { params: digitsParam },
  responses: {
    200: { description: "Events", content: { "text/event-stream": { schema: z.string() } } },
    ...refusals(...codeRefusals),
  },
})

/** How long one stream lives; the browser opens the next by itself. */
const streamMsMax = 120_000
const streamBeatMs = 15_000

export function scanRoutes(deps: ScanDeps): Routes {
  const { ctx } = deps
  const routes = newRouter()

  routes.openapi(readRoute, async (c) => {
    const digits = c.req.valid("param").digits
    const scanned = await read(ctx, parse(digits))
    const sale = await describeSale(ctx, ctx.db, scanned)
    if (!wantsPage(c)) return c.json(sale, 200)
    const language = languageOf(c)
    return c.html(
      `<!doctype html>${(
        <ScanPage
          sale={sale}
          digits={digits}
          language={language}
          wallet={walletOf(c.req.header("user-agent"))}
          nonce={c.get("secureHeadersNonce")}
        />
      )}`,
      200,
    )
  })

  routes.openapi(payRoute, async (c) => {
    const { digits } = c.req.valid("param")
    const code = parse(digits)
    const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded")
    const { platform } = isForm ? c.req.valid("form") : c.req.valid("json")
    const buyer = await deps.buyerOf(c)
    if (!buyer) {
      if (isForm) return c.redirect(`/buyers/login/${platform}?return=${encodeURIComponent(`/p/${digits}`)}`, 303)
      throw new ServiceError("request/unauthenticated")
    }
    if (buyer.platform !== platform)
      throw new ServiceError("payment/other-wallet", { field: "platform", expected: buyer.platform })
    const opened = await pay(deps, buyer, code)
    if (isForm) return c.redirect(`/p/${digits}`, 303)
    const { outTradeNo, attempt, sale, expiresAt, bridge } = opened
    return c.json(
      {
        attempt: { outTradeNo, state: attempt, expiresAt: expiresAt.toISOString() },
        sale: { state: sale.state, paidFen: sale.paidFen, refundedFen: sale.refundedFen, version: sale.version },
        bridge: bridge === undefined ? null : bridgeView(bridge),
      },
      200,
    )
  })

  routes.openapi(stateRoute, async (c) => {
    const scanned = await read(ctx, parse(c.req.valid("param").digits))
    const buyer = await deps.buyerOf(c)
    const state = await readState(ctx, ctx.db, scanned.key, scanned.code.code.body.amountFen, buyer?.id)
    return c.json(state, 200)
  })

  routes.openapi(eventsRoute, async (c) => {
    const scanned = await read(ctx, parse(c.req.valid("param").digits))
    const buyer = await deps.buyerOf(c)
    const current = () => readState(ctx, ctx.db, scanned.key, scanned.code.code.body.amountFen, buyer?.id)
    return streamSSE(c, async (stream) => {
      let wake: () => void = () => {}
      const unsubscribe = deps.events.subscribe(saleName(scanned.key), () => wake())
      stream.onAbort(() => {
        unsubscribe()
        wake()
      })
      try {
        const endsAtMs = ctx.clock.nowMs() + streamMsMax
        let told = -1
        while (!stream.aborted && ctx.clock.nowMs() < endsAtMs) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve
          })
          // Subscribed before it is read: a change in between wakes the next round.
          const state = await current()
          if (state.version > told)
            await stream.writeSSE({ event: "state", id: String(state.version), data: JSON.stringify(state) })
          else await stream.write(": beat\n\n")
          told = Math.max(told, state.version)
          await Promise.race([woken, stream.sleep(streamBeatMs)])
        }
      } catch (error) {
        // Told to nobody: the stream ends, and whoever waits opens another one.
        ctx.log.warn({ error: reasonOf(error) }, "an event stream broke off")
      } finally {
        unsubscribe()
      }
    })
  })

  return routes
}

function parse(digits: string): PayCode {
  const code = parsePayCodeDigits(digits)
  if (!code.ok) throw new ServiceError(code.error, { field: "digits" })
  return code.value
}

async function read(ctx: Context, code: PayCode) {
  const scanned = await readSale(ctx, ctx.db, code)
  if (!scanned.ok) throw new ServiceError(scanned.error)
  return scanned.value
}

async function pay({ ctx, payments }: ScanDeps, buyer: BuyerActor, code: PayCode) {
  const opened = await inTransaction(ctx, (tx) => openSale(ctx, tx, buyer, code)).catch(async (error: unknown) => {
    if (error instanceof ServiceError && error.code === "sale/other-bytes") await alarmOtherBytes(ctx, code)
    throw error
  })
  const { terminalId, counter, day } = opened.sale
  return openPayment(ctx, payments, buyer, { sale: { terminalId, counter, day }, refusal: opened.refusal })
}

/** As the wallet's own call spells it: `my.tradePay({tradeNO})`. */
function bridgeView(bridge: Bridge) {
  return bridge.kind === "alipay" ? { kind: bridge.kind, tradeNO: bridge.tradeNo } : bridge
}

function wantsPage(c: HttpContext<HttpEnvironment>): boolean {
  const accept = c.req.header("accept") ?? ""
  return accept.includes("text/html")
}

function languageOf(c: HttpContext<HttpEnvironment>): "zh" | "en" {
  const asked = c.req.query("lang")
  return asked === "zh" || asked === "en" ? asked : (c.get("language") ?? "zh")
}

/** The wallet whose browser shows the page, as its user agent says. */
function walletOf(userAgent: string | undefined): "wechat-pay" | "alipay" | undefined {
  if (userAgent?.includes("MicroMessenger")) return "wechat-pay"
  return userAgent?.includes("AlipayClient") ? "alipay" : undefined
}
