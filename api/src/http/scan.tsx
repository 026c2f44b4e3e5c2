import { isIP } from "node:net"
import { createRoute, z } from "@hono/zod-openapi"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import type { Context as HttpContext } from "hono"
import { streamSSE } from "hono/streaming"
import { type Actor, gatewayActor } from "../actor"
import type { Buyer } from "../buyers/session"
import { startWebSession } from "../buyers/start-web-session"
import type { Context } from "../context"
import { reasonOf, ServiceError } from "../errors"
import { type OpenedPayment, type OutsideWallet, openPayment } from "../payments/open-payment"
import type { PaymentDeps } from "../payments/payment-deps"
import { type Platform, payMethods, platforms } from "../payments/payment-provider"
import { reportGivenUp } from "../payments/report-given-up"
import { asking, settling } from "../questions"
import { describeSale } from "../sales/describe-sale"
import { alarmOtherBytes, openSale } from "../sales/open-sale"
import { readState } from "../sales/read-state"
import { saleName } from "../sales/sale-key"
import { inTransaction } from "../transaction"
import type { BuyerApp } from "./buyer-pages"
import { keepSession } from "./buyer-session"
import { openedView } from "./opened-view"
import type { ScanBrowser } from "./pages/pay-form"
import { ScanPage } from "./pages/scan-page"
import { answerPlainStep } from "./plain-pay"
import { refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { openedPaymentSchema, saleSchema, saleStateSchema } from "./scan-schemas"
import { codeRefusals, digitsParam, languageOf, parseDigits, readScanned, searchOf } from "./scanned-code"

export type ScanDeps = {
  readonly ctx: Context
  readonly payments: PaymentDeps
  /** Wakes whoever waits for a sale, `<terminal hex>/<counter>`; returns how to stop. */
  readonly events: { readonly subscribe: (sale: string, listener: () => void) => () => void }
  /** The built pages that take over where there are scripts. */
  readonly app?: BuyerApp | undefined
  /** The buyer whose session came with the request. */
  readonly buyerOf: (c: HttpContext<HttpEnvironment>) => Promise<BuyerActor | undefined>
}

export type BuyerActor = Actor & { readonly kind: "buyer"; readonly platform: Buyer["platform"] }

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

const wish = z.strictObject({ platform: z.enum(platforms), method: z.enum(payMethods).default("jsapi") })

const payRoute = createRoute({
  method: "post",
  path: "/p/{digits}/pay",
  tags: ["scan"],
  summary: "Open this payer's attempt, or give back the one that is open",
  description:
    "At most one attempt per sale, platform and payer; repeating is harmless. In the wallet (`jsapi`) it needs a buyer's session. From outside (`native`: a code that the wallet scans; `h5`: an address for a mobile browser) a browser without one gets one, and is one payer.",
  request: {
    params: digitsParam,
    body: {
      required: false,
      content: {
        "application/json": { schema: wish },
        "application/x-www-form-urlencoded": { schema: wish },
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
      "sale/recalled",
      "terminal/suspended",
      "terminal/revoked",
      "terminal/not-confirmed",
      "payment/sale-paid",
      "payment/sale-closed",
      "payment/expired",
      "payment/no-payee",
      "payment/other-wallet",
      "payment/address-unknown",
      "payment/too-many-attempts",
      "payment/platform-refused",
    ),
  },
})

const givenUpRoute = createRoute({
  method: "post",
  path: "/p/{digits}/given-up",
  tags: ["scan"],
  summary: "The wallet gave up: a hint for the seller's screen",
  description:
    "Changes no money: the attempt stays payable, and a later payment counts. Heard only of the payer's own attempt while the sale is being paid.",
  request: {
    params: digitsParam,
    body: {
      content: { "application/json": { schema: z.strictObject({ why: z.enum(["cancelled", "failed"]) }) } },
      required: true,
    },
  },
  responses: {
    200: {
      description: "Whether the terminal is told",
      content: { "application/json": { schema: z.object({ isTold: z.boolean() }) } },
    },
    ...refusals(...codeRefusals, "request/unauthenticated", "request/too-many"),
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
  const asked = asking(ctx)
  const routes = newRouter()

  routes.openapi(readRoute, async (c) => {
    const digits = c.req.valid("param").digits
    const scanned = await readScanned(asked, parseDigits(digits))
    const sale = await describeSale(asked, asked.db, scanned)
    if (!wantsPage(c)) return c.json(sale, 200)
    const language = languageOf(c)
    return c.html(
      `<!doctype html>${(
        <ScanPage
          sale={sale}
          digits={digits}
          language={language}
          search={searchOf(c)}
          browser={browserOf(c.req.header("user-agent"))}
          nonce={c.get("secureHeadersNonce")}
          app={deps.app}
        />
      )}`,
      200,
    )
  })

  routes.openapi(payRoute, async (c) => {
    const { digits } = c.req.valid("param")
    const code = parseDigits(digits)
    const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded")
    const { platform, method } = isForm ? c.req.valid("form") : c.req.valid("json")
    const session = await deps.buyerOf(c)
    if (method !== "jsapi") {
      const outside = outsideOf(platform, method, c.get("address"))
      const opened = await pay(deps, session ?? (() => newPayer(ctx, c)), code, outside)
      if (isForm) return (await answerPlainStep(c, ctx, digits, opened)) as never
      return c.json(await openedView(opened), 200)
    }
    const buyer = session?.platform === "web" ? undefined : session
    if (!buyer) {
      if (isForm) return c.redirect(`/buyers/login/${platform}?return=${encodeURIComponent(`/p/${digits}`)}`, 303)
      throw new ServiceError("request/unauthenticated")
    }
    if (buyer.platform !== platform)
      throw new ServiceError("payment/other-wallet", { field: "platform", expected: buyer.platform })
    const opened = await pay(deps, buyer, code)
    if (isForm) return c.redirect(`/p/${digits}${searchOf(c)}`, 303)
    return c.json(await openedView(opened), 200)
  })

  routes.openapi(givenUpRoute, async (c) => {
    const { key: sale } = await readScanned(asked, parseDigits(c.req.valid("param").digits))
    const buyer = await deps.buyerOf(c)
    if (buyer === undefined) throw new ServiceError("request/unauthenticated")
    return c.json({ isTold: await reportGivenUp(ctx, buyer, { sale, ...c.req.valid("json") }) }, 200)
  })

  routes.openapi(stateRoute, async (c) => {
    const scanned = await readScanned(asked, parseDigits(c.req.valid("param").digits))
    const buyer = await deps.buyerOf(c)
    const state = await readState(asked, asked.db, scanned.key, scanned.code.code.body.amountFen, buyer?.id)
    return c.json(state, 200)
  })

  routes.openapi(eventsRoute, async (c) => {
    const scanned = await readScanned(asked, parseDigits(c.req.valid("param").digits))
    const buyer = await deps.buyerOf(c)
    const current = () => readState(asked, asked.db, scanned.key, scanned.code.code.body.amountFen, buyer?.id)
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
          const state = await current().catch((error: unknown) => {
            // A database that is away for a moment ends no stream: all of them would be opened again at once.
            ctx.log.warn({ error: reasonOf(error) }, "a waiting buyer could not be told")
            return undefined
          })
          if (state !== undefined && state.version > told) {
            await stream.writeSSE({ event: "state", id: String(state.version), data: JSON.stringify(state) })
            told = state.version
          } else await stream.write(": beat\n\n")
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

/** @param payer one that is made only once the code has proved good is given as a function */
async function pay(
  { ctx, payments }: ScanDeps,
  payer: Actor | (() => Promise<Actor>),
  code: PayCode,
  outside?: OutsideWallet,
): Promise<OpenedPayment> {
  const money = settling(ctx)
  const opened = await inTransaction(money, (tx) =>
    openSale(ctx, tx, typeof payer === "function" ? gatewayActor : payer, code),
  ).catch(async (error: unknown) => {
    if (error instanceof ServiceError && error.code === "sale/other-bytes") await alarmOtherBytes(ctx, code)
    throw error
  })
  const { terminalId, counter, day } = opened.sale
  const buyer = typeof payer === "function" ? await payer() : payer
  return openPayment(money, payments, buyer, { sale: { terminalId, counter, day }, refusal: opened.refusal, outside })
}

/** A browser of which nothing is known becomes one payer, by the cookie that it gets now. */
async function newPayer(ctx: Context, c: HttpContext<HttpEnvironment>): Promise<Actor> {
  const { actor, token } = await startWebSession(ctx)
  keepSession(ctx, c, token)
  return actor
}

function outsideOf(platform: Platform, method: "native" | "h5", address: string): OutsideWallet {
  if (method === "native") return { platform, method }
  const clientIp = address.replace(/^::ffff:(?=\d+\.)/, "")
  if (isIP(clientIp) === 0) throw new ServiceError("payment/address-unknown")
  return { platform, method, clientIp }
}

function wantsPage(c: HttpContext<HttpEnvironment>): boolean {
  const accept = c.req.header("accept") ?? ""
  return accept.includes("text/html")
}

/** Where the page stands, as its user agent says: in a wallet's own browser, or outside on a phone or a computer. */
function browserOf(userAgent = ""): ScanBrowser {
  if (userAgent.includes("MicroMessenger")) return "wechat-pay"
  if (userAgent.includes("AlipayClient")) return "alipay"
  return /Android|iPhone|iPad|HarmonyOS|Mobile/.test(userAgent) ? "phone" : "computer"
}
