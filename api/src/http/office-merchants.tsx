import { z } from "@hono/zod-openapi"
import { stallChangeWords } from "@suyuan/look/merchant-page-words"
import { toString as drawCode } from "qrcode"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { addMerchant } from "../merchants/add-merchant"
import { changeMerchantState } from "../merchants/change-merchant-state"
import { describePayee } from "../merchants/describe-payee"
import { listMerchants, listPayees, requireMerchant } from "../merchants/find-merchant"
import { nameStalls } from "../merchants/name-stalls"
import { listSites } from "../participants/list-sites"
import { readHolds } from "../recalls/holds"
import { createClaimCode } from "../terminals/create-claim-code"
import { listTerminals, listTerminalsOf } from "../terminals/list-terminals"
import { businessDayOf } from "../trace/business-day"
import { newMerchant } from "./merchants"
import { orEmpty, siteQuery } from "./office-sites"
import { frameOf } from "./page-frame"
import { ClaimCodePage, MerchantsPage, StallPage } from "./pages/merchant-pages"
import { NewStallPage } from "./pages/new-stall-page"
import { localMinute, withLanguage } from "./pages/office-page"
import { AskPage } from "./pages/office-parts"
import { merchantsRoot } from "./pages/terminal-pages"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { reason, uuid } from "./schemas"

/** Stalls on one page, and terminals that wait above them. */
const pageRows = 50

const byId = z.object({ id: uuid })
const byChange = byId.extend({ change: z.enum(["suspend", "resume"]) })
const listQuery = z.object({
  siteId: siteQuery,
  text: orEmpty(z.string().trim().max(64)),
  after: uuid.optional(),
})

/** Stalls on the office's pages: for whoever keeps merchants or terminals at their sites. */
export function merchantPages(router: Routes, ctx: Context): void {
  router.get(merchantsRoot, async (c) => {
    const actor = c.get("actor")
    requireScope(actor, keeperScope(actor))
    const { siteId, text, after } = parsePage(listQuery, c.req.query())
    if (siteId !== undefined) requireScope(actor, keeperScope(actor), siteId)
    const merchants = await listMerchants(ctx.db, actor, { siteId, text: text || undefined, after, limit: pageRows })
    const seesTerminals = actor.scopes.includes("terminals:write")
    const ids = merchants.map(({ id }) => id)
    const waiting = seesTerminals
      ? await listTerminals(ctx.db, actor, { siteId, state: "claimed", limit: pageRows })
      : []
    const props = {
      ...{
        frame: frameOf(ctx, c),
        sites: await listSites(ctx.db, actor),
        siteId,
        text: text ?? "",
        merchants,
        waiting,
      },
      terminals: seesTerminals && ids.length > 0 ? await listTerminalsOf(ctx.db, actor, ids) : [],
      stalls: await nameStalls(
        ctx.db,
        waiting.map(({ merchantId }) => merchantId),
      ),
      nextAfter: merchants.length === pageRows ? merchants.at(-1)?.id : undefined,
    }
    return c.html(`<!doctype html>${<MerchantsPage {...props} />}`)
  })
  // Before the stalls' own pages: it is no id.
  router.get(`${merchantsRoot}/new`, async (c) => {
    const actor = c.get("actor")
    requireScope(actor, "merchants:write")
    const { siteId } = parsePage(z.object({ siteId: siteQuery }), c.req.query())
    const props = { sites: await listSites(ctx.db, actor), siteId, id: ctx.random.uuid() }
    return c.html(`<!doctype html>${<NewStallPage frame={frameOf(ctx, c)} {...props} />}`)
  })
  router.post(merchantsRoot, async (c) => {
    const { id } = await addMerchant(ctx, c.get("actor"), parsePage(newMerchant, await c.req.parseBody()))
    return c.redirect(withLanguage(`${merchantsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
  router.get(`${merchantsRoot}/:id`, async (c) => {
    const actor = c.get("actor")
    const { merchant, site } = await readStall(ctx, actor, parsePage(byId, c.req.param()).id)
    const { accounts } = actor.scopes.includes("merchants:write")
      ? await listPayees(ctx.db, actor, merchant.id)
      : { accounts: undefined }
    const dayAgo = (days: number) => businessDayOf(site, new Date(ctx.clock.nowMs() - days * 86_400_000))
    const props = {
      ...{ frame: frameOf(ctx, c), merchant, site, today: dayAgo(0), yesterday: dayAgo(1) },
      terminals: actor.scopes.includes("terminals:write") ? await listTerminalsOf(ctx.db, actor, [merchant.id]) : [],
      payees: accounts?.map((row) => ({ platform: row.platform, ...describePayee(row) })),
      holds: (await readHolds(ctx.db, merchant.id)).holds,
    }
    return c.html(`<!doctype html>${<StallPage {...props} />}`)
  })
  router.get(`${merchantsRoot}/:id/:change`, async (c) => {
    const actor = c.get("actor")
    const { id, change } = parsePage(byChange, c.req.param())
    const merchant = await requireMerchant(ctx.db, actor, "merchants:write", id)
    const { name, effect } = stallChangeWords[change]
    const frame = frameOf(ctx, c)
    const { language } = frame
    const path = `${merchantsRoot}/${id}`
    const ask = { frame, name: name[language], effect: effect[language], action: `${path}/${change}`, back: path }
    const title = `${name[language]} · ${merchant.stallNumber} ${merchant.name}`
    return c.html(`<!doctype html>${<AskPage {...ask} title={title} needsReason />}`)
  })
  // Before the changes: it is shown once, so it is this answer and no address.
  router.post(`${merchantsRoot}/:id/claim-codes`, async (c) => {
    const actor = c.get("actor")
    const { merchant, site } = await readStall(ctx, actor, parsePage(byId, c.req.param()).id)
    const { claimCode, expiresAt } = await createClaimCode(ctx, actor, { merchantId: merchant.id, confirmed: false })
    const picture = await drawCode(claimCode, { type: "svg", errorCorrectionLevel: "M", margin: 4 })
    const props = {
      frame: frameOf(ctx, c),
      merchant,
      claimCode,
      picture,
      validUntil: localMinute(expiresAt, site.zone),
    }
    return c.html(`<!doctype html>${<ClaimCodePage {...props} />}`)
  })
  router.post(`${merchantsRoot}/:id/:change`, async (c) => {
    const { id, change } = parsePage(byChange, c.req.param())
    const form = parsePage(z.object({ reason }), await c.req.parseBody())
    const state = change === "resume" ? "active" : "suspended"
    await changeMerchantState(ctx, c.get("actor"), id, state, form.reason)
    return c.redirect(withLanguage(`${merchantsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
}

/** Either of the two opens a stall's page. */
function keeperScope({ scopes }: Actor) {
  return scopes.includes("merchants:write") ? "merchants:write" : "terminals:write"
}

async function readStall(ctx: Context, actor: Actor, id: string) {
  const merchant = await requireMerchant(ctx.db, actor, keeperScope(actor), id)
  const site = (await listSites(ctx.db, actor)).find((one) => one.id === merchant.siteId)
  if (!site) throw new ServiceError("request/forbidden")
  return { merchant, site }
}
