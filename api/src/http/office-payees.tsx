import { z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { approvePayeeChange, withdrawPayeeChange } from "../merchants/decide-payee-change"
import { listPayeeChanges, readPayeeChange } from "../merchants/list-payee-changes"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import { PayeeChangePage, PayeeChangesPage, payeesRoot } from "./pages/payee-pages"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { uuid } from "./schemas"

const byId = z.object({ id: uuid })
/** Money will go elsewhere, so the form asks whether the stall was asked. */
const approveForm = z.object({ sure: z.literal("1") })

/** Changes of payee accounts that wait; every verb behind it asks for `merchants:write` at the site. */
export function payeePages(router: Routes, ctx: Context): void {
  router.get(payeesRoot, async (c) => {
    const changes = await listPayeeChanges(ctx.db, c.get("actor"))
    return c.html(`<!doctype html>${<PayeeChangesPage frame={frameOf(ctx, c)} changes={changes} />}`)
  })
  router.get(`${payeesRoot}/:id`, async (c) => {
    const actor = c.get("actor")
    const change = await readPayeeChange(ctx.db, actor, parsePage(byId, c.req.param()).id)
    const props = { frame: frameOf(ctx, c), change, isProposer: change.proposedBy === actor.id }
    return c.html(`<!doctype html>${<PayeeChangePage {...props} />}`)
  })
  router.post(`${payeesRoot}/:id/approve`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    parsePage(approveForm, await c.req.parseBody())
    await approvePayeeChange(ctx, c.get("actor"), id)
    return c.redirect(withLanguage(`${payeesRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
  router.post(`${payeesRoot}/:id/withdraw`, async (c) => {
    await withdrawPayeeChange(ctx, c.get("actor"), parsePage(byId, c.req.param()).id)
    return c.redirect(withLanguage(payeesRoot, frameOf(ctx, c).language), 303)
  })
}
