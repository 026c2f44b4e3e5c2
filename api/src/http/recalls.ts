import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { activateRecall, extendRecall } from "../recalls/activate-recall"
import { approveRecall } from "../recalls/approve-recall"
import { draftRecall } from "../recalls/draft-recall"
import { closeRecall, withdrawRecall } from "../recalls/end-recall"
import { listRecalls, readRecall, readScopeOfRecall } from "../recalls/read-recall"
import { readRecallScope } from "../recalls/recall-scope"
import { requireActor } from "./authenticate"
import {
  cursorOf,
  recall,
  recallOf,
  recallScope,
  recallSet,
  recallView,
  recallViewOf,
  scopeOfRecall,
  scopeOfRecallView,
  scopeQuery,
  scopeView,
} from "./recall-schemas"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, jsonBody, reason, uuid } from "./schemas"

const tags = ["recalls"]
const byId = z.object({ id: uuid })
const setRefusals = ["recall/set-empty", "recall/set-too-wide", "recall/inspection-unknown"] as const

const previewRoute = createRoute({
  method: "post",
  path: "/recalls/scope",
  tags,
  summary: "Ask where a lot, a base's or a region's lots, or what was tested went",
  description: "Writes nothing and tells nobody. Answers for the sites that the token may touch.",
  security: byToken,
  request: { ...jsonBody(recallSet), query: scopeQuery },
  responses: { 200: answer("Where it went", recallScope), ...refusals(...actorRefusals, ...setRefusals) },
})

const draftRoute = createRoute({
  method: "post",
  path: "/recalls",
  tags,
  summary: "Propose a recall, or a drill",
  description: "The caller makes the id; the same again is success. Nothing happens before another person approves it.",
  security: byToken,
  request: jsonBody(
    z.strictObject({
      id: uuid,
      set: recallSet,
      reason,
      isDrill: z.boolean().default(false),
      startedAt: z.iso.datetime().optional().openapi({ description: "When somebody began to look; now when left out" }),
    }),
  ),
  responses: { 201: answer("Proposed", byId), ...refusals(...actorRefusals, ...setRefusals, "request/conflict") },
})

const listRoute = createRoute({
  method: "get",
  path: "/recalls",
  tags,
  summary: "List recalls, the newest first",
  security: byToken,
  responses: { 200: answer("Those that concern the token's sites", z.array(recall)), ...refusals(...actorRefusals) },
})

const readRoute = createRoute({
  method: "get",
  path: "/recalls/{id}",
  tags,
  summary: "Read a recall: its steps, and how far buyers are told",
  security: byToken,
  request: { params: byId },
  responses: { 200: answer("The recall", recallView), ...refusals(...actorRefusals, "recall/unknown") },
})

const scopeRoute = createRoute({
  method: "get",
  path: "/recalls/{id}/scope",
  tags,
  summary: "Read where its goods went as of now, beside what was frozen",
  security: byToken,
  request: { params: byId, query: scopeQuery },
  responses: { 200: answer("The scope", scopeOfRecall), ...refusals(...actorRefusals, "recall/unknown") },
})

const approveRoute = createRoute({
  method: "post",
  path: "/recalls/{id}/approve",
  tags,
  summary: "Approve it, as another person than who proposed it",
  security: byToken,
  request: {
    params: byId,
    ...jsonBody(z.strictObject({ reachDigest: z.string().regex(/^[0-9a-f]{64}$/, "that of the scope that you saw") })),
  },
  responses: {
    204: { description: "Approved; the scope is frozen" },
    ...refusals(
      ...actorRefusals,
      "recall/unknown",
      "recall/wrong-state",
      "recall/second-person-needed",
      "recall/scope-changed",
    ),
  },
})

const steps = {
  activate: ["Put it in force: stalls hold the goods, buyers are told", activateRecall],
  extend: ["Extend it to what arrived since", extendRecall],
  close: ["Close it: stalls may sell again", closeRecall],
  withdraw: ["Withdraw it", withdrawRecall],
} as const

function stepRoute(step: keyof typeof steps) {
  return createRoute({
    method: "post",
    path: `/recalls/{id}/${step}`,
    tags,
    summary: steps[step][0],
    security: byToken,
    request: { params: byId },
    responses: {
      204: { description: "Done; again is success" },
      ...refusals(...actorRefusals, "recall/unknown", "recall/wrong-state"),
    },
  })
}

export function recallRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/recalls", "/recalls/*"]) router.use(path, requireActor(ctx))
  router.openapi(previewRoute, async (c) => {
    const { after, limit } = c.req.valid("query")
    const page = { after: cursorOf(after), limit }
    return c.json(scopeView(await readRecallScope(ctx, c.get("actor"), c.req.valid("json"), page)), 200)
  })
  router.openapi(draftRoute, async (c) => {
    const { startedAt, ...order } = c.req.valid("json")
    const began = startedAt === undefined ? {} : { startedAt: new Date(startedAt) }
    return c.json(await draftRecall(ctx, c.get("actor"), { ...order, ...began }), 201)
  })
  router.openapi(listRoute, async (c) => c.json((await listRecalls(ctx, c.get("actor"))).map(recallOf), 200))
  router.openapi(readRoute, async (c) => {
    return c.json(recallViewOf(await readRecall(ctx, c.get("actor"), c.req.valid("param").id)), 200)
  })
  router.openapi(scopeRoute, async (c) => {
    const { after, limit } = c.req.valid("query")
    const page = { after: cursorOf(after), limit }
    return c.json(scopeOfRecallView(await readScopeOfRecall(ctx, c.get("actor"), c.req.valid("param").id, page)), 200)
  })
  router.openapi(approveRoute, async (c) => {
    await approveRecall(ctx, c.get("actor"), c.req.valid("param").id, c.req.valid("json").reachDigest)
    return c.body(null, 204)
  })
  for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
    router.openapi(stepRoute(step), async (c) => {
      await steps[step][1](ctx, c.get("actor"), c.req.valid("param").id)
      return c.body(null, 204)
    })
  }
  return router
}
