import { z } from "@hono/zod-openapi"
import { terminalChangeWords } from "@suyuan/look/merchant-page-words"
import { keyFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { nameStalls } from "../merchants/name-stalls"
import { listSites } from "../participants/list-sites"
import { terminalKey } from "../terminals/authenticate"
import { changeTerminalState } from "../terminals/change-terminal-state"
import { confirmTerminal } from "../terminals/confirm-terminal"
import { findTerminal } from "../terminals/list-terminals"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import { AskPage } from "./pages/office-parts"
import { sayMerchant, TerminalPage, terminalsRoot } from "./pages/terminal-pages"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { reason, terminalId } from "./schemas"

const byId = z.object({ id: terminalId })
const byChange = byId.extend({ change: z.enum(["suspend", "resume", "revoke"]) })
const confirmForm = z.object({ fingerprint: z.string().trim().min(1).max(40) })

/** A stall's terminals on the office's pages; every verb behind it asks for `terminals:write` at the site. */
export function terminalPages(router: Routes, ctx: Context): void {
  router.get(`${terminalsRoot}/:id`, async (c) => {
    const actor = c.get("actor")
    const terminal = await findTerminal(ctx.db, actor, parsePage(byId, c.req.param()).id)
    const site = (await listSites(ctx.db, actor)).find(({ id }) => id === terminal.siteId)
    if (!site) throw new ServiceError("request/forbidden")
    const stall = (await nameStalls(ctx.db, [terminal.merchantId])).get(terminal.merchantId)
    const fingerprint = keyFingerprint(ctx.config.NETWORK_ID, terminalKey(terminal))
    const props = { frame: frameOf(ctx, c), terminal, site, stall, fingerprint }
    return c.html(`<!doctype html>${<TerminalPage {...props} />}`)
  })
  router.get(`${terminalsRoot}/:id/:change`, async (c) => {
    const { id, change } = parsePage(byChange, c.req.param())
    const terminal = await findTerminal(ctx.db, c.get("actor"), id)
    const { name, effect } = terminalChangeWords[change]
    const frame = frameOf(ctx, c)
    const { language } = frame
    const hex = terminalToHex(terminal.id)
    const path = `${terminalsRoot}/${hex}`
    const ask = { frame, name: name[language], effect: effect[language], action: `${path}/${change}`, back: path }
    const title = `${name[language]} · ${hex}`
    const stall = (await nameStalls(ctx.db, [terminal.merchantId])).get(terminal.merchantId)
    return c.html(
      `<!doctype html>${(
        <AskPage {...ask} title={title} needsReason>
          <p>
            {stall?.stallNumber} {stall?.name} · {sayMerchant(language)("terminal")} {hex}
          </p>
        </AskPage>
      )}`,
    )
  })
  router.post(`${terminalsRoot}/:id/confirm`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    const { fingerprint } = parsePage(confirmForm, await c.req.parseBody())
    await confirmTerminal(ctx, c.get("actor"), id, fingerprint)
    return c.redirect(withLanguage(`${terminalsRoot}/${terminalToHex(id)}`, frameOf(ctx, c).language), 303)
  })
  router.post(`${terminalsRoot}/:id/:change`, async (c) => {
    const { id, change } = parsePage(byChange, c.req.param())
    const form = parsePage(z.object({ reason }), await c.req.parseBody())
    await changeTerminalState(ctx, c.get("actor"), id, change, form.reason)
    return c.redirect(withLanguage(`${terminalsRoot}/${terminalToHex(id)}`, frameOf(ctx, c).language), 303)
  })
}
