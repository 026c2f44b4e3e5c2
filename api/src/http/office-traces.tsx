import { z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { recordOfSale } from "../sales/record-of-sale"
import { readTrace } from "../trace/read-trace"
import { requireReader } from "../trace/share-trace"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import { OfficeTracePage } from "./pages/office-trace-page"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { terminalId } from "./schemas"

const byRecord = z.object({ recordId: z.string().regex(/^[0-9a-f]{32}$/) })
const bySale = z.object({ terminal: terminalId, counter: z.coerce.number().int().min(0).max(0xffff_ffff) })

/** A sale's trace on the office's pages, for whoever has `traces:read` at its site. */
export function tracePages(router: Routes, ctx: Context): void {
  router.get("/office/traces/:recordId", async (c) => {
    const { recordId } = parsePage(byRecord, c.req.param())
    await requireReader(ctx, c.get("actor"), recordId)
    const trace = await readTrace(ctx, ctx.questions, recordId, "share")
    return c.html(`<!doctype html>${<OfficeTracePage frame={frameOf(ctx, c)} trace={trace} />}`)
  })
  // As alarms and reports name a sale.
  router.get("/office/sales/:terminal/:counter", async (c) => {
    const { terminal, counter } = parsePage(bySale, c.req.param())
    const recordId = await recordOfSale(ctx.db, c.get("actor"), { terminalId: terminal, counter })
    return c.redirect(withLanguage(`/office/traces/${recordId}`, frameOf(ctx, c).language), 303)
  })
}
