import { z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { answerProblem } from "../problems/answer-problem"
import { photosMax, readProblemPhoto } from "../problems/problem-photos"
import { listProblems, problemStates, readProblem } from "../problems/read-problems"
import { frameOf } from "./page-frame"
import { withLanguage } from "./pages/office-page"
import { ProblemPage, ProblemsPage, problemsRoot } from "./pages/problem-pages"
import { parsePage } from "./parse-page"
import { answerPersonalPicture } from "./picture-answer"
import type { Routes } from "./router"
import { reason, uuid } from "./schemas"

/** Reports on one page. */
const pageRows = 50

const listQuery = z.object({
  state: z.enum([...problemStates, "all"]).default("open"),
  merchantId: uuid.optional(),
  after: uuid.optional(),
})
const byId = z.object({ id: uuid })
const byPlace = byId.extend({
  position: z.coerce
    .number()
    .int()
    .min(0)
    .max(photosMax - 1),
})
/** An answer is final, so the form asks whether it is meant. */
const answerForm = z.object({ answer: reason, sure: z.literal("1") })

/** What buyers report, on the office's pages; the router has asked for an operator already. */
export function problemPages(router: Routes, ctx: Context): void {
  router.get(problemsRoot, async (c) => {
    const { state: asked, merchantId, after } = parsePage(listQuery, c.req.query())
    const state = asked === "all" ? undefined : asked
    const problems = await listProblems(ctx.db, c.get("actor"), { state, merchantId, after, limit: pageRows })
    const nextAfter = problems.length === pageRows ? problems.at(-1)?.id : undefined
    const kept = merchantId === undefined ? "" : `&merchantId=${merchantId}`
    const props = { frame: frameOf(ctx, c), problems, state, kept, nextAfter }
    return c.html(`<!doctype html>${<ProblemsPage {...props} />}`)
  })
  router.get(`${problemsRoot}/:id`, async (c) => {
    const problem = await readProblem(ctx.db, c.get("actor"), parsePage(byId, c.req.param()).id)
    const mayAnswer = c.get("actor").scopes.includes("problems:write")
    return c.html(`<!doctype html>${<ProblemPage frame={frameOf(ctx, c)} problem={problem} mayAnswer={mayAnswer} />}`)
  })
  router.get(`${problemsRoot}/:id/photos/:position`, async (c) => {
    const { id: problemId, position } = parsePage(byPlace, c.req.param())
    return answerPersonalPicture(c, await readProblemPhoto(ctx, c.get("actor"), { problemId, position }))
  })
  router.post(`${problemsRoot}/:id`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    const { answer } = parsePage(answerForm, await c.req.parseBody())
    await answerProblem(ctx, c.get("actor"), { id, answer })
    return c.redirect(withLanguage(`${problemsRoot}/${id}`, frameOf(ctx, c).language), 303)
  })
}
