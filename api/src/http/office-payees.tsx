import { z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { approvePayeeChange, withdrawPayeeChange } from "../merchants/decide-payee-change"
import { describePayee } from "../merchants/describe-payee"
import { listPayees, requireMerchant } from "../merchants/find-merchant"
import { listPayeeChanges, readPayeeChange } from "../merchants/list-payee-changes"
import { directAccountsOf, setPayee } from "../merchants/set-payee"
import { platforms } from "../payments/payment-provider"
import { payee, payeeOf } from "./merchants"
import { orEmpty } from "./office-sites"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import { PayeeChangePage, PayeeChangesPage, PayeeFormPage, payeesRoot } from "./pages/payee-pages"
import { merchantsRoot } from "./pages/terminal-pages"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { uuid } from "./schemas"

const byId = z.object({ id: uuid })
const byPlatform = byId.extend({ platform: z.enum(platforms) })
const payeeForm = z.object({
  account: z.string().trim().optional(),
  authToken: orEmpty(z.string().trim()),
  directAccount: z.string().optional(),
})
/** Money will go elsewhere, so the form asks whether the stall was asked. */
const approveForm = z.object({ sure: z.literal("1") })

/** Where stalls' money goes, and changes of it that wait; every verb behind it asks for `merchants:write` at the site. */
export function payeePages(router: Routes, ctx: Context): void {
  const formPath = `${merchantsRoot}/:id/payees/:platform`
  router.get(formPath, async (c) => {
    const { id, platform } = parsePage(byPlatform, c.req.param())
    const actor = c.get("actor")
    const merchant = await requireMerchant(ctx.db, actor, "merchants:write", id)
    const { accounts } = await listPayees(ctx.db, actor, id)
    const current = accounts.find((row) => row.platform === platform)
    const props = {
      ...{ frame: frameOf(ctx, c), merchant, platform },
      inForce: current && describePayee(current),
      directAccounts: directAccountsOf(ctx.config, platform).map(({ name }) => name),
    }
    return c.html(`<!doctype html>${<PayeeFormPage {...props} />}`)
  })
  router.post(formPath, async (c) => {
    const { id, platform } = parsePage(byPlatform, c.req.param())
    const { directAccount, ...provided } = parsePage(payeeForm, await c.req.parseBody())
    const way = directAccount === undefined ? provided : { mode: "direct" as const, directAccount }
    const made = await setPayee(ctx, c.get("actor"), id, payeeOf(parsePage(payee, { platform, ...way })))
    const to = made.state === "proposed" ? `${payeesRoot}/${made.changeId}` : `${merchantsRoot}/${id}`
    return c.redirect(withLanguage(to, frameOf(ctx, c).language), 303)
  })
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
