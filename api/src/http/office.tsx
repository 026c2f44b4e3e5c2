import { z } from "@hono/zod-openapi"
import type { Actor, Scope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { listSites } from "../participants/list-sites"
import { dailyStatement } from "../payments/daily-statement"
import { chinaDayMs } from "../payments/find-unbilled"
import type { PaymentDeps } from "../payments/payment-deps"
import { listReconciliations, type ProposedItem, readItem, readReconciliation } from "../payments/read-reconciliation"
import { reconcileDay } from "../payments/reconcile-day"
import { repairItem } from "../payments/repair-item"
import { businessDayOf } from "../trace/business-day"
import { alarmPages } from "./office-alarms"
import { balancePages } from "./office-balance"
import { inboxPages } from "./office-inbox"
import { merchantPages } from "./office-merchants"
import { payeePages } from "./office-payees"
import { problemPages } from "./office-problems"
import { recallPages } from "./office-recalls"
import { endOffice, officeActor, officeHome, officeNext, requireOffice, startOffice } from "./office-session"
import { terminalPages } from "./office-terminals"
import { testPages } from "./office-tests"
import { tracePages } from "./office-traces"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import {
  ReconciliationItemPage,
  ReconciliationPage,
  ReconciliationsPage,
  SignInPage,
} from "./pages/reconciliation-pages"
import { parsePage } from "./parse-page"
import { newRouter, type Routes } from "./router"
import { uuid } from "./schemas"
import { statementAnswer, statementParams } from "./statements"

/** Days and items on one page. */
const pageRows = 50
const root = "/office/reconciliations"

const platform = z.enum(["wechat-pay", "alipay"])
const day = z.iso.date()
const dayParams = z.object({ platform, day })
const itemParams = dayParams.extend({ id: uuid })
const daysQuery = z.object({ before: day.optional() })
const itemsQuery = z.object({
  kind: z.enum(["missing-here", "missing-there", "amount-differs", "state-differs"]).optional(),
  after: uuid.optional(),
})
const repairForm = z.object({ shown: z.string().regex(/^[0-9a-f]{32}$/, "as the page shows it") })

export type OfficeDeps = { readonly ctx: Context; readonly payments: PaymentDeps }

/** Pages for operators and inspectors: plain HTML over the same verbs as the API, nothing that needs a script. */
export function officeRoutes({ ctx, payments }: OfficeDeps): Routes {
  const router = newRouter()
  sessionPages(router, ctx)
  router.use("/office/*", requireOffice(ctx))
  recallPages(router, ctx)
  alarmPages(router, ctx)
  problemPages(router, ctx)
  for (const pages of [testPages, balancePages, merchantPages, terminalPages, payeePages, inboxPages, tracePages]) {
    pages(router, ctx)
  }

  router.get(root, async (c) => {
    const { before } = parsePage(daysQuery, c.req.query())
    const days = await listReconciliations(ctx.db, c.get("actor"), { before, limit: pageRows })
    const shown = new Set(days.map((one) => one.day))
    const nextBefore = shown.size === pageRows ? days.at(-1)?.day : undefined
    const yesterday = new Date(ctx.clock.nowMs() + 8 * 3_600_000 - chinaDayMs).toISOString().slice(0, 10)
    const mayRun = may(c.get("actor"), "payments:reconcile") && c.get("actor").siteIds.length === 0
    const props = { frame: frameOf(ctx, c), days, mayRun, yesterday, nextBefore }
    return c.html(`<!doctype html>${<ReconciliationsPage {...props} />}`)
  })
  router.post(root, async (c) => {
    const about = parsePage(dayParams, await c.req.parseBody())
    const { state } = await reconcileDay(ctx, payments, c.get("actor"), about)
    if (state === "too-large") throw new ServiceError("reconciliation/bill-too-large")
    return c.redirect(withLanguage(`${root}/${about.platform}/${about.day}`, frameOf(ctx, c).language), 303)
  })
  router.get(`${root}/:platform/:day`, async (c) => {
    const query = { ...parsePage(dayParams, c.req.param()), ...parsePage(itemsQuery, c.req.query()), limit: pageRows }
    const { about, items } = await readReconciliation(ctx.db, c.get("actor"), query)
    const nextAfter = items.length === pageRows ? items.at(-1)?.item.id : undefined
    const props = { frame: frameOf(ctx, c), about, items, kind: query.kind, nextAfter }
    return c.html(`<!doctype html>${<ReconciliationPage {...props} />}`)
  })
  router.get(`${root}/:platform/:day/items/:id`, async (c) => {
    const { id, ...about } = parsePage(itemParams, c.req.param())
    const proposed = await readItem(ctx.db, c.get("actor"), about, id)
    const mayRepair = may(c.get("actor"), "payments:reconcile")
    const statement = await statementOf(ctx, c.get("actor"), proposed)
    const props = { frame: frameOf(ctx, c), proposed, mayRepair, statement, isStillOpen: c.req.query("asked") === "1" }
    return c.html(`<!doctype html>${<ReconciliationItemPage {...props} />}`)
  })
  router.post(`${root}/:platform/:day/items/:id/repair`, async (c) => {
    const order = { ...parsePage(itemParams, c.req.param()), ...parsePage(repairForm, await c.req.parseBody()) }
    const { state } = await repairItem(ctx, payments, c.get("actor"), order)
    const path = `${root}/${order.platform}/${order.day}/items/${order.id}${state === "open" ? "?asked=1" : ""}`
    return c.redirect(withLanguage(path, frameOf(ctx, c).language), 303)
  })
  router.get("/office/statements/:merchantId/:day", async (c) => {
    const made = await dailyStatement(ctx, c.get("actor"), parsePage(statementParams, c.req.param()))
    return statementAnswer(ctx, c, made, c.req.query("as") === "csv" ? "csv" : "page")
  })
  return router
}

function sessionPages(router: Routes, ctx: Context): void {
  router.get("/office", async (c) => {
    const isRefused = c.req.query("refused") === "1"
    const actor = isRefused ? undefined : await officeActor(ctx, c)
    const frame = frameOf(ctx, c)
    const home = actor && officeHome(actor)
    if (home !== undefined) return c.redirect(withLanguage(home, frame.language), 303)
    const props = { frame, next: officeNext(c.req.query("next")), isRefused, hasNoPages: actor !== undefined }
    return c.html(`<!doctype html>${<SignInPage {...props} />}`)
  })
  router.post("/office/session", async (c) => {
    const form = parsePage(
      z.object({ token: z.string().max(512), next: z.string().max(400).optional() }),
      await c.req.parseBody(),
    )
    const { language } = frameOf(ctx, c)
    const next = officeNext(form.next)
    const actor = await startOffice(ctx, c, form.token.trim())
    if (actor) return c.redirect(withLanguage(next ?? officeHome(actor) ?? "/office", language), 303)
    const back = next === undefined ? "" : `&next=${encodeURIComponent(next)}`
    return c.redirect(withLanguage(`/office?refused=1${back}`, language), 303)
  })
  router.post("/office/session/end", (c) => {
    endOffice(c)
    return c.redirect(withLanguage("/office", frameOf(ctx, c).language), 303)
  })
}

/** Which statement an item's money stands on, or would: by when it moved, else by the bill's day. */
async function statementOf(ctx: Context, actor: Actor, { item, books }: ProposedItem) {
  const { attempt, refund } = books
  const moved = item.outRefundNo === "" ? attempt : refund
  const site = (await listSites(ctx.db, actor)).find(({ id }) => id === moved?.siteId)
  if (moved === undefined || site === undefined) return undefined
  const at = moved.succeededAt ?? new Date(`${item.day}T12:00:00+08:00`)
  return { merchantId: moved.merchantId, day: businessDayOf(site, at) }
}

function may(actor: Actor, scope: Scope): boolean {
  return actor.scopes.includes(scope)
}
