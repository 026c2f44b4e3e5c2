import { createRoute, z } from "@hono/zod-openapi"
import { problemKinds } from "@suyuan/drizzle/schema/buyers"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { Context } from "../context"
import { PHOTO_BYTES_MAX } from "../inspections/photo-bytes"
import { answerProblem } from "../problems/answer-problem"
import { addProblemPhoto, photosMax, readProblemPhoto } from "../problems/problem-photos"
import { listOwnProblems, listProblems, type ProblemView, problemStates, readProblem } from "../problems/read-problems"
import { type ProblemRow, reportProblem } from "../problems/report-problem"
import { requireActor } from "./authenticate"
import { requireBuyerSession } from "./buyer-session"
import { answerPersonalPicture } from "./picture-answer"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, byToken, instant, jsonBody, pageSize, reason, terminalId, uuid } from "./schemas"

const kind = z.enum(problemKinds)
const state = z.enum(problemStates)
const counter = z.number().int().min(0).max(0xffff_ffff)
/** What a buyer writes fits a screen; a kind alone may say it all. */
const said = z.string().trim().max(200)

const shared = {
  id: uuid,
  terminal: z.string(),
  counter: z.number().int(),
  kind,
  said: z.string(),
  state,
  createdAt: instant,
  photos: z.array(z.number().int()).openapi({ description: "Places of its photos" }),
  answer: z.string().optional(),
  answeredAt: instant.optional(),
}
const ownProblem = z.object(shared).openapi("OwnProblem")
const problem = z
  .object({
    ...shared,
    siteId: uuid,
    siteName: z.string(),
    merchantId: uuid,
    stallNumber: z.string(),
    merchantName: z.string(),
    day: z.string().openapi({ description: "UTC day of the sale" }),
    paidFen: z.number().int(),
    recordId: z.string().optional(),
    answeredBy: z.string().optional(),
  })
  .openapi("Problem")

const reportRoute = createRoute({
  method: "post",
  path: "/buyers/problems",
  tags: ["buyers"],
  summary: "Report a problem with a purchase",
  description: "Each kind once a purchase. The caller makes the id; the same again is the same report.",
  security: byBuyer,
  request: jsonBody(z.strictObject({ id: uuid, terminal: terminalId, counter, kind, said: said.default("") })),
  responses: {
    200: answer("As it stands", ownProblem),
    ...refusals("request/malformed", "request/unauthenticated", "problem/purchase-unknown", "problem/reported-already"),
  },
})
const place = z.object({
  id: uuid,
  position: z.coerce
    .number()
    .int()
    .min(0)
    .max(photosMax - 1),
})
/** Four characters for three bytes. */
const base64Max = Math.ceil(PHOTO_BYTES_MAX / 3) * 4
const photoRoute = createRoute({
  method: "put",
  path: "/buyers/problems/{id}/photos/{position}",
  tags: ["buyers"],
  summary: "Add a photo to one's own report",
  description:
    "JPEG or PNG of at most 512 KB and 64 to 2048 pixels a side, three a report, while it waits for its answer. The same again is success. Kept sealed, for the market's office alone, and deleted with one's data.",
  security: byBuyer,
  request: { params: place, ...jsonBody(z.strictObject({ picture: z.base64().max(base64Max) })) },
  responses: {
    204: { description: "It is kept" },
    ...refusals(
      ...(["request/malformed", "request/unauthenticated", "request/too-large", "picture/unusable"] as const),
      ...(["problem/unknown", "problem/other-photo", "problem/answered-already"] as const),
    ),
  },
})
const ownRoute = createRoute({
  method: "get",
  path: "/buyers/problems",
  tags: ["buyers"],
  summary: "List what one has reported, with what was answered",
  security: byBuyer,
  responses: {
    200: answer("Newest first", z.object({ problems: z.array(ownProblem) })),
    ...refusals("request/unauthenticated"),
  },
})
const listRoute = createRoute({
  method: "get",
  path: "/problems",
  tags: ["problems"],
  summary: "List what buyers report of purchases, the newest first",
  description:
    "Ask again with `after` = the last id for the next page. Needs `problems:read`. Who bought is not in it.",
  security: byToken,
  request: {
    query: z.object({
      state: state.optional(),
      siteId: uuid.optional(),
      merchantId: uuid.optional(),
      after: uuid.optional(),
      limit: pageSize,
    }),
  },
  responses: { 200: answer("Those of the token's sites", z.array(problem)), ...refusals(...actorRefusals) },
})
const binary = z.string().openapi({ format: "binary" })
const photoOfRoute = createRoute({
  method: "get",
  path: "/problems/{id}/photos/{position}",
  tags: ["problems"],
  summary: "A photo of a buyer's report",
  description: "Needs `problems:read` at its site. It is personal: no cache keeps it.",
  security: byToken,
  request: { params: place },
  responses: {
    200: { description: "The picture", content: { "image/jpeg": { schema: binary }, "image/png": { schema: binary } } },
    ...refusals(...actorRefusals, "problem/unknown", "picture/unknown"),
  },
})
const answerRoute = createRoute({
  method: "post",
  path: "/problems/{id}/answer",
  tags: ["problems"],
  summary: "Answer a buyer",
  description: "For persons with `problems:write` at its site. Once; the same again is success.",
  security: byToken,
  request: { params: z.object({ id: uuid }), ...jsonBody(z.strictObject({ answer: reason })) },
  responses: {
    200: answer("As it became", problem),
    ...refusals(...actorRefusals, "problem/unknown", "problem/answered-already"),
  },
})

export function problemRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/buyers/problems", "/buyers/problems/*"]) router.use(path, requireBuyerSession(ctx))
  for (const path of ["/problems", "/problems/*"]) router.use(path, requireActor(ctx))
  router.openapi(reportRoute, async (c) => {
    const { terminal, ...report } = c.req.valid("json")
    await reportProblem(ctx, c.get("actor"), { ...report, terminalId: terminal })
    const [own] = await listOwnProblems(ctx.db, c.get("actor"), report.id)
    if (!own) throw new Error("a report is missing")
    return c.json(ownView(own), 200)
  })
  router.openapi(photoRoute, async (c) => {
    const { id: problemId, position } = c.req.valid("param")
    const bytes = new Uint8Array(Buffer.from(c.req.valid("json").picture, "base64"))
    await addProblemPhoto(ctx, c.get("actor"), { problemId, position, bytes })
    return c.body(null, 204)
  })
  router.openapi(photoOfRoute, async (c) => {
    const { id: problemId, position } = c.req.valid("param")
    return answerPersonalPicture(c, await readProblemPhoto(ctx, c.get("actor"), { problemId, position }))
  })
  router.openapi(ownRoute, async (c) =>
    c.json({ problems: (await listOwnProblems(ctx.db, c.get("actor"))).map(ownView) }, 200),
  )
  router.openapi(listRoute, async (c) =>
    c.json((await listProblems(ctx.db, c.get("actor"), c.req.valid("query"))).map(viewOf), 200),
  )
  router.openapi(answerRoute, async (c) => {
    const { id } = c.req.valid("param")
    await answerProblem(ctx, c.get("actor"), { id, ...c.req.valid("json") })
    return c.json(viewOf(await readProblem(ctx.db, c.get("actor"), id)), 200)
  })
  return router
}

function ownView(row: Omit<ProblemRow, "buyerId"> & { readonly photos: readonly number[] }) {
  return {
    ...{ id: row.id, terminal: terminalToHex(row.terminalId), counter: row.counter, kind: row.kind },
    ...{ said: row.said, state: row.state, createdAt: row.createdAt.toISOString() },
    photos: [...row.photos],
    ...(row.answer === null ? {} : { answer: row.answer }),
    ...(row.answeredAt === null ? {} : { answeredAt: row.answeredAt.toISOString() }),
  }
}

function viewOf(row: ProblemView) {
  return {
    ...ownView(row),
    ...{ siteId: row.siteId, siteName: row.site.name, merchantId: row.merchantId },
    ...{ stallNumber: row.stall.stallNumber, merchantName: row.stall.name, day: row.day, paidFen: row.paidFen },
    ...(row.recordId === null ? {} : { recordId: row.recordId }),
    ...(row.answeredBy === null ? {} : { answeredBy: row.answeredBy }),
  }
}
