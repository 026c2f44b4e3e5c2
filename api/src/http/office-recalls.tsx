import { z } from "@hono/zod-openapi"
import { type RecallStepName, recallStepWords } from "@suyuan/look/recall-page-words"
import { catalogueNames } from "../catalogue/read-catalogue"
import type { Context } from "../context"
import { listSites } from "../participants/list-sites"
import { activateRecall, extendRecall } from "../recalls/activate-recall"
import { approveRecall } from "../recalls/approve-recall"
import { draftRecall } from "../recalls/draft-recall"
import { closeRecall, withdrawRecall } from "../recalls/end-recall"
import { goodsOfRecalls, holdersOf } from "../recalls/read-goods"
import { listRecalls, readRecall, readScopeOfRecall } from "../recalls/read-recall"
import { readRecallScope } from "../recalls/recall-scope"
import { frameOf } from "./page-frame"
import { LookPage, NewRecallPage } from "./pages/new-recall-pages"
import { withLanguage } from "./pages/office-page"
import { RecallPage, RecallStepPage, RecallsPage } from "./pages/recall-pages"
import { recallsRoot } from "./pages/recall-parts"
import { parsePage } from "./parse-page"
import { cursorOf, recallOf, recallViewOf, scopeOfRecallView, scopeView } from "./recall-schemas"
import type { Routes } from "./router"
import { reason, uuid } from "./schemas"

/** Sales on one page. */
const pageRows = 50

const byId = z.object({ id: uuid })
const stepNames = Object.keys(recallStepWords) as [RecallStepName, ...RecallStepName[]]
const byStep = byId.extend({ step: z.enum(stepNames) })
const reach = z.string().regex(/^[0-9a-f]{64}$/, "as the page shows it")
const pageQuery = z.object({ after: z.string().max(200).optional() })

/** Days of the harvest in China, first and last included. */
const chinaDay = (time: string) => z.iso.date().transform((day) => new Date(`${day}T${time}+08:00`))
const harvested = {
  commodity: z.union([z.literal("").transform(() => undefined), z.coerce.number().int().min(1)]).optional(),
  from: chinaDay("00:00:00.000"),
  until: chinaDay("23:59:59.999"),
}
/** A recall's set as a form says it. */
const setForm = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("lots"),
      lotIds: z
        .string()
        .max(8000)
        .transform((text) => text.split(/[\s,，;；]+/).filter((id) => id !== ""))
        .pipe(z.array(uuid).min(1).max(200)),
    }),
    z.object({ kind: z.literal("base"), siteId: uuid, ...harvested }),
    z.object({ kind: z.literal("region"), regionCode: z.string().regex(/^([0-9]{2}){1,3}$/), ...harvested }),
    z.object({ kind: z.literal("inspection"), inspectionId: uuid }),
  ])
  .refine((set) => !("from" in set) || set.from <= set.until, { path: ["from"] })
const orderForm = z.object({
  id: uuid,
  reason,
  isDrill: z.literal("1").optional(),
  startedAt: z.iso.datetime().transform((text) => new Date(text)),
})
const setFields = ["kind", "lotIds", "siteId", "regionCode", "inspectionId", "commodity", "from", "until"] as const

/** Recalls on the office's pages, over the same verbs as the API; the router has asked for a person already. */
export function recallPages(router: Routes, ctx: Context): void {
  newRecallPages(router, ctx)
  router.get(recallsRoot, async (c) => {
    const rows = await listRecalls(ctx, c.get("actor"))
    const ids = rows.map(({ id }) => id)
    const stalls = new Map(rows.flatMap(({ id, frozen }) => (frozen ? [[id, frozen.totals.stalls] as const] : [])))
    const goods = await goodsOfRecalls(ctx.db, ids)
    const mayWrite = c.get("actor").scopes.includes("recalls:write")
    const props = { frame: frameOf(ctx, c), recalls: rows.map(recallOf), goods, stalls, mayWrite }
    return c.html(`<!doctype html>${<RecallsPage {...props} />}`)
  })
  router.get(`${recallsRoot}/:id`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    const actor = c.get("actor")
    const page = { after: cursorOf(parsePage(pageQuery, c.req.query()).after), limit: pageRows }
    const scope = scopeOfRecallView(await readScopeOfRecall(ctx, actor, id, page))
    const recall = recallViewOf(await readRecall(ctx, actor, id))
    const merchantIds = scope.stalls.map(({ merchantId }) => merchantId)
    const props = {
      ...{ frame: frameOf(ctx, c), recall, scope, mayWrite: actor.scopes.includes("recalls:write") },
      goods: (await goodsOfRecalls(ctx.db, [id])).get(id),
      names: await catalogueNames(ctx.db),
      holders: await holdersOf(ctx, id, merchantIds),
      isProposer: recall.proposedBy === actor.id,
    }
    return c.html(`<!doctype html>${<RecallPage {...props} />}`)
  })
  router.get(`${recallsRoot}/:id/:step`, async (c) => {
    const { id, step } = parsePage(byStep, c.req.param())
    const actor = c.get("actor")
    const seen = step === "approve" ? parsePage(reach, c.req.query("reach")) : undefined
    const scope = scopeOfRecallView(await readScopeOfRecall(ctx, actor, id, { limit: 1 }))
    const recall = recallOf(await readRecall(ctx, actor, id))
    const goods = (await goodsOfRecalls(ctx.db, [id])).get(id)
    const props = { frame: frameOf(ctx, c), recall, scope, goods, step, reach: seen }
    return c.html(`<!doctype html>${<RecallStepPage {...props} />}`)
  })
  router.post(`${recallsRoot}/:id/:step`, async (c) => {
    const { id, step } = parsePage(byStep, c.req.param())
    const actor = c.get("actor")
    if (step === "approve") {
      const form = parsePage(z.object({ reach }), await c.req.parseBody())
      await approveRecall(ctx, actor, id, form.reach)
    } else {
      await steps[step](ctx, actor, id)
    }
    return c.redirect(withLanguage(`${recallsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
}

const steps = { activate: activateRecall, extend: extendRecall, close: closeRecall, withdraw: withdrawRecall } as const

function newRecallPages(router: Routes, ctx: Context): void {
  router.get(`${recallsRoot}/new`, async (c) => {
    const bases = (await listSites(ctx.db, c.get("actor"))).filter(({ kind }) => kind === "base")
    const goods = [...(await catalogueNames(ctx.db)).values()]
    const props = { frame: frameOf(ctx, c), bases, goods, refused: c.req.query("refused") }
    return c.html(`<!doctype html>${<NewRecallPage {...props} />}`)
  })
  router.get(`${recallsRoot}/look`, async (c) => {
    const frame = frameOf(ctx, c)
    const parsed = setForm.safeParse(c.req.query())
    if (!parsed.success) {
      const field = encodeURIComponent(String(parsed.error.issues[0]?.path[0] ?? ""))
      return c.redirect(withLanguage(`${recallsRoot}/new?refused=${field}`, frame.language), 303)
    }
    const scope = scopeView(await readRecallScope(ctx, c.get("actor"), parsed.data, { limit: pageRows }))
    const given = setFields.map((name) => [name, c.req.query(name)] as const)
    const asked = Object.fromEntries(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
    const startedAt = new Date(ctx.clock.nowMs()).toISOString()
    const mayWrite = c.get("actor").scopes.includes("recalls:write")
    const props = { ...{ frame, scope, asked, startedAt, mayWrite }, id: ctx.random.uuid() }
    return c.html(`<!doctype html>${<LookPage {...props} names={await catalogueNames(ctx.db)} />}`)
  })
  router.post(recallsRoot, async (c) => {
    const body = await c.req.parseBody()
    const { isDrill, ...order } = parsePage(orderForm, body)
    const set = parsePage(setForm, body)
    const { id } = await draftRecall(ctx, c.get("actor"), { ...order, set, isDrill: isDrill === "1" })
    return c.redirect(withLanguage(`${recallsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
}
