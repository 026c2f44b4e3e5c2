import { createRoute, z } from "@hono/zod-openapi"
import { decideAlarm } from "../alarms/decide-alarm"
import { alarmKinds, evidenceSchemas } from "../alarms/evidence"
import { type AlarmView, alarmStates, listAlarms, readAlarm } from "../alarms/read-alarms"
import type { Context } from "../context"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, pageSize, reason, uuid } from "./schemas"

const tags = ["alarms"]
const kind = z.enum(alarmKinds)
const state = z.enum(alarmStates)
const byId = z.object({ id: uuid })

const alarm = z
  .object({
    id: uuid,
    kind,
    subject: z.string().openapi({ description: "What it is about; names no person" }),
    day: z.string().openapi({ description: "Business day of the site" }),
    siteId: uuid.optional(),
    siteName: z.string().optional(),
    merchantId: uuid.optional(),
    stallNumber: z.string().optional(),
    state,
    holds: z.boolean().openapi({ description: "False: later records put it right" }),
    evidence: z
      .record(z.string(), z.unknown())
      .openapi({ description: "Figures and thresholds, by kind: see docs/specs/alarms.md" }),
    version: z.number().int().openapi({ description: "Of the evidence: a decision names what it was made by" }),
    raisedAt: instant,
    changedAt: instant,
    decidedBy: z.string().optional(),
    decidedAt: instant.optional(),
    note: z.string().optional(),
  })
  .openapi("Alarm")

const listRoute = createRoute({
  method: "get",
  path: "/alarms",
  tags,
  summary: "List what the books find wrong, the newest first",
  description: "Ask again with `after` = the last id for the next page. Needs `alarms:read`.",
  security: byToken,
  request: {
    query: z.object({
      state: state.optional(),
      kind: kind.optional(),
      siteId: uuid.optional(),
      merchantId: uuid.optional(),
      day: z.iso.date().optional(),
      after: uuid.optional(),
      limit: pageSize,
    }),
  },
  responses: { 200: answer("Those of the token's sites", z.array(alarm)), ...refusals(...actorRefusals) },
})
const readRoute = createRoute({
  method: "get",
  path: "/alarms/{id}",
  tags,
  summary: "Read an alarm with its evidence",
  security: byToken,
  request: { params: byId },
  responses: { 200: answer("The alarm", alarm), ...refusals(...actorRefusals, "alarm/unknown") },
})
const decideRoute = createRoute({
  method: "post",
  path: "/alarms/{id}/decision",
  tags,
  summary: "Say that it was looked at, explained or confirmed",
  description: "For persons with `alarms:write` at its site. In this order; the same again is success.",
  security: byToken,
  request: {
    params: byId,
    ...jsonBody(
      z.strictObject({
        state: z.enum(["looked-at", "explained", "confirmed"]),
        version: z.number().int().min(1),
        note: reason.optional().openapi({ description: "Needed to explain or confirm; no names of buyers" }),
      }),
    ),
  },
  responses: {
    200: answer("The alarm as it became", alarm),
    ...refusals(...actorRefusals, "alarm/unknown", "alarm/changed", "alarm/wrong-state", "alarm/note-needed"),
  },
})

export function alarmRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/alarms", "/alarms/*"]) router.use(path, requireActor(ctx))
  router.openapi(listRoute, async (c) =>
    c.json((await listAlarms(ctx.db, c.get("actor"), c.req.valid("query"))).map(viewOf), 200),
  )
  router.openapi(readRoute, async (c) =>
    c.json(viewOf(await readAlarm(ctx.db, c.get("actor"), c.req.valid("param").id)), 200),
  )
  router.openapi(decideRoute, async (c) => {
    const { id } = c.req.valid("param")
    await decideAlarm(ctx, c.get("actor"), { id, ...c.req.valid("json") })
    return c.json(viewOf(await readAlarm(ctx.db, c.get("actor"), id)), 200)
  })
  return router
}

function viewOf(row: AlarmView) {
  const { id, kind, subject, day, state, holds, version } = row
  return {
    ...{ id, kind, subject, day, state, holds, version, evidence: { ...evidenceSchemas[kind].parse(row.evidence) } },
    ...(row.siteId === null ? {} : { siteId: row.siteId }),
    ...(row.site === null ? {} : { siteName: row.site.name }),
    ...(row.merchantId === null ? {} : { merchantId: row.merchantId }),
    ...(row.stall === null ? {} : { stallNumber: row.stall.stallNumber }),
    raisedAt: row.raisedAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
    ...(row.decidedBy === null ? {} : { decidedBy: row.decidedBy }),
    ...(row.decidedAt === null ? {} : { decidedAt: row.decidedAt.toISOString() }),
    ...(row.note === null ? {} : { note: row.note }),
  }
}
