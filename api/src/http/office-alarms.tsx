import { z } from "@hono/zod-openapi"
import { decideAlarm } from "../alarms/decide-alarm"
import { alarmStates, listAlarms, readAlarm } from "../alarms/read-alarms"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { resumeRefund } from "../payments/resume-refund"
import { settling } from "../questions"
import { readHolds } from "../recalls/holds"
import { frameOf } from "./page-frame"
import { AlarmPage, AlarmsPage, alarmsRoot, failedRefundOf } from "./pages/alarm-pages"
import { withLanguage } from "./pages/office-page"
import { parsePage } from "./parse-page"
import type { Routes } from "./router"
import { reason, uuid } from "./schemas"

/** Alarms on one page. */
const pageRows = 50

/** Of one stall, and of one day. */
const narrow = { merchantId: uuid.optional(), day: z.iso.date().optional() }
const listQuery = z.object({ state: z.enum([...alarmStates, "all"]).default("new"), ...narrow, after: uuid.optional() })
const byId = z.object({ id: uuid })
const decisionForm = z.object({
  state: z.enum(["looked-at", "explained", "confirmed"]),
  version: z.coerce.number().int().min(1),
  note: reason.optional(),
})

const resumeForm = z.object({ reason })

/** Alarms on the office's pages; the router has asked for an operator already. */
export function alarmPages(router: Routes, ctx: Context): void {
  router.get(alarmsRoot, async (c) => {
    const { state: asked, merchantId, day, after } = parsePage(listQuery, c.req.query())
    const state = asked === "all" ? undefined : asked
    const alarms = await listAlarms(ctx.db, c.get("actor"), { state, merchantId, day, after, limit: pageRows })
    const nextAfter = alarms.length === pageRows ? alarms.at(-1)?.id : undefined
    const kept = `${merchantId === undefined ? "" : `&merchantId=${merchantId}`}${day === undefined ? "" : `&day=${day}`}`
    return c.html(`<!doctype html>${<AlarmsPage frame={frameOf(ctx, c)} {...{ alarms, state, kept, nextAfter }} />}`)
  })
  router.get(`${alarmsRoot}/:id`, async (c) => {
    const alarm = await readAlarm(ctx.db, c.get("actor"), parsePage(byId, c.req.param()).id)
    const mayDecide = c.get("actor").scopes.includes("alarms:write")
    const { holds } = alarm.merchantId === null ? { holds: [] } : await readHolds(ctx.db, alarm.merchantId)
    const props = { frame: frameOf(ctx, c), alarm, mayDecide, holds }
    return c.html(`<!doctype html>${<AlarmPage {...props} />}`)
  })
  router.post(`${alarmsRoot}/:id/resume-refund`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    const { reason: why } = parsePage(resumeForm, await c.req.parseBody())
    const number = failedRefundOf(await readAlarm(ctx.db, c.get("actor"), id))
    if (number === undefined) throw new ServiceError("refund/unknown")
    await resumeRefund(settling(ctx), c.get("actor"), { outRefundNo: number, reason: why })
    return c.redirect(withLanguage(`${alarmsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
  router.post(`${alarmsRoot}/:id`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    await decideAlarm(ctx, c.get("actor"), { id, ...parsePage(decisionForm, await c.req.parseBody()) })
    return c.redirect(withLanguage(`${alarmsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
}
