import { createRoute, z } from "@hono/zod-openapi"
import type { Context as HttpContext } from "hono"
import type { Context } from "../context"
import type { OpenedPayment } from "../payments/open-payment"
import { isOffline } from "../sales/judge-window"
import type { SaleOfCode } from "../sales/read-sale"
import { readState } from "../sales/read-state"
import { findBuyer } from "./buyer-session"
import { bridgeView } from "./opened-view"
import { PlainPayPage, PlainReceiptPage, type PlainSale, type PlainStep } from "./pages/plain-pay-page"
import { refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { codeRefusals, digitsParam, languageOf, parseDigits, readScanned, searchOf } from "./scanned-code"

const receiptRoute = createRoute({
  method: "get",
  path: "/p/{digits}/receipt",
  tags: ["scan"],
  summary: "This browser's own result, as a page that needs no script",
  request: { params: digitsParam },
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    ...refusals(...codeRefusals),
  },
})

/** For browsers without scripts: what the script of the scanned page does otherwise. */
export function plainPayRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const routes = newRouter()
  routes.openapi(receiptRoute, async (c) => {
    const { digits } = c.req.valid("param")
    const scanned = await readScanned(ctx, parseDigits(digits))
    const session = await findBuyer(ctx, c)
    const amountFen = scanned.code.code.body.amountFen
    const state = await readState(ctx, ctx.db, scanned.key, amountFen, session?.buyer.id)
    const about = { digits, state, sale: plainSale(ctx, scanned) }
    return c.html(`<!doctype html>${<PlainReceiptPage {...about} {...frameOf(c, ctx)} />}`, 200)
  })
  return routes
}

/** What a form gets: not a redirect, which a form may make to our own pages alone, but the way there to press. */
export async function answerPlainStep(
  c: HttpContext<HttpEnvironment>,
  ctx: Context,
  digits: string,
  { bridge }: OpenedPayment,
): Promise<Response> {
  const view = bridge && (await bridgeView(bridge))
  const step = ((): PlainStep => {
    if (view?.kind === "native") return { kind: "code", image: view.image }
    return view?.kind === "redirect" ? { kind: "address", url: view.url } : { kind: "none" }
  })()
  const about = { digits, step, sale: plainSale(ctx, await readScanned(ctx, parseDigits(digits))) }
  return c.html(`<!doctype html>${<PlainPayPage {...about} {...frameOf(c, ctx)} />}`, 200)
}

function frameOf(c: HttpContext<HttpEnvironment>, { config }: Pick<Context, "config">) {
  return {
    language: languageOf(c),
    search: searchOf(c),
    development: config.SUYUAN_ENV !== "production",
    nonce: c.get("secureHeadersNonce"),
  }
}

function plainSale(ctx: Context, { code }: SaleOfCode): PlainSale {
  const { merchant, site } = code
  return {
    stall: { name: merchant.name, number: merchant.stallNumber, site: site.name, siteEn: site.nameEn },
    stallOnline: !isOffline(code, ctx.clock.nowMs()),
    amountFen: code.code.body.amountFen,
  }
}
