import { z } from "@hono/zod-openapi"
import { requireScope } from "../actor"
import { decideProposal, listProposals } from "../bindings/decide-proposal"
import { addNamed, dismissName, listUnmapped, mapName } from "../catalogue/decide-name"
import { catalogueLimits } from "../catalogue/publish-catalogue"
import { readCatalogue } from "../catalogue/read-catalogue"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { frameOf } from "./page-frame"
import { NamePage, NamesPage, namesRoot, ProposalsPage, proposalsRoot } from "./pages/inbox-pages"
import { withLanguage } from "./pages/office-page"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { reason, uuid } from "./schemas"

const byId = z.object({ id: uuid })
const decisionForm = z.object({ state: z.enum(["invited", "dismissed"]), note: reason })
const code = z.coerce.number().int().min(1).max(0x7fff_ffff)
const addForm = z.object({
  code,
  nameZh: z.string().trim().min(1).max(catalogueLimits.nameZh),
  nameEn: z.string().trim().min(1).max(32),
  shelfLifeHours: z.coerce.number().int().min(1).max(0xffff),
})

/** Wallets that buy as a merchant would, and names that the catalogue does not know: what waits for an operator's word. */
export function inboxPages(router: Routes, ctx: Context): void {
  router.get(proposalsRoot, async (c) => {
    const proposals = await listProposals(ctx.db, c.get("actor"))
    return c.html(`<!doctype html>${<ProposalsPage frame={frameOf(ctx, c)} proposals={proposals} />}`)
  })
  router.post(`${proposalsRoot}/:id`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    await decideProposal(ctx, c.get("actor"), id, parsePage(decisionForm, await c.req.parseBody()))
    return c.redirect(withLanguage(proposalsRoot, frameOf(ctx, c).language), 303)
  })
  router.get(namesRoot, async (c) => {
    const names = await listUnmapped(ctx.db, c.get("actor"))
    return c.html(`<!doctype html>${<NamesPage frame={frameOf(ctx, c)} names={names} />}`)
  })
  router.get(`${namesRoot}/:id`, async (c) => {
    const actor = c.get("actor")
    requireScope(actor, "catalogue:write")
    const { id } = parsePage(byId, c.req.param())
    const name = (await listUnmapped(ctx.db, actor)).find((one) => one.id === id)
    if (!name) throw new ServiceError("catalogue/name-unknown")
    const { entries } = await readCatalogue(ctx.db)
    const isLikely = ({ nameZh, synonyms }: (typeof entries)[number]) =>
      [nameZh, ...synonyms].some((known) => name.name.includes(known.toLowerCase()) || known.includes(name.name))
    const props = {
      ...{ frame: frameOf(ctx, c), name, catalogue: entries, likely: entries.filter(isLikely) },
      freeCode: Math.max(0, ...entries.map((entry) => entry.code)) + 1,
      mayDecide: actor.siteIds.length === 0,
    }
    return c.html(`<!doctype html>${<NamePage {...props} />}`)
  })
  const backTo = (language: "zh" | "en") => withLanguage(namesRoot, language)
  router.post(`${namesRoot}/:id/map`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    const { commodity } = parsePage(z.object({ commodity: code }), await c.req.parseBody())
    await mapName(ctx, c.get("actor"), id, commodity)
    return c.redirect(backTo(frameOf(ctx, c).language), 303)
  })
  router.post(`${namesRoot}/:id/add`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    await addNamed(ctx, c.get("actor"), id, parsePage(addForm, await c.req.parseBody()))
    return c.redirect(backTo(frameOf(ctx, c).language), 303)
  })
  router.post(`${namesRoot}/:id/dismiss`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    const form = parsePage(z.object({ reason }), await c.req.parseBody())
    await dismissName(ctx, c.get("actor"), id, form.reason)
    return c.redirect(backTo(frameOf(ctx, c).language), 303)
  })
}
