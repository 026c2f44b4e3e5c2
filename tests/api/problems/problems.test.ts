import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Actor } from "@suyuan/api/actor"
import { answerProblem } from "@suyuan/api/problems/answer-problem"
import { listOwnProblems, listProblems } from "@suyuan/api/problems/read-problems"
import { type ProblemReport, reportProblem } from "@suyuan/api/problems/report-problem"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer, payOnPlatform } from "../../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
let buyer: Actor
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  const { id } = await newBuyer(gateway.ctx)
  buyer = { kind: "buyer", id, siteIds: [], scopes: [] }
  for (const counter of [1, 2, 3]) {
    await payOnPlatform(gateway.ctx, await stall.code(counter, [gramsOf(1, 500)]), buyer)
  }
})
afterAll(() => gateway?.close())

const report = (more: Partial<ProblemReport> = {}): ProblemReport => ({
  ...{
    id: gateway.ctx.random.uuid(),
    terminalId: stall.terminalId,
    counter: 1,
    kind: "short-weight",
    said: "少了二两",
  },
  ...more,
})

test("[BY-2] a problem is reported once a purchase and kind, and the same again is the same", async () => {
  const { ctx } = gateway
  const first = report()
  for (let times = 0; times < 2; times += 1) {
    expect(await reportProblem(ctx, buyer, first)).toMatchObject({ id: first.id, state: "open", said: "少了二两" })
  }
  expect(await refusalOf(reportProblem(ctx, buyer, report()))).toBe("problem/reported-already")
  expect(await refusalOf(reportProblem(ctx, buyer, { ...first, said: "x" }))).toBe("problem/reported-already")
  await reportProblem(ctx, buyer, report({ kind: "spoiled", said: "" }))
  expect((await listOwnProblems(ctx.db, buyer)).map(({ kind }) => kind)).toEqual(["spoiled", "short-weight"])
})

test("[BY-2] only the payer reports", async () => {
  const { ctx } = gateway
  const { id } = await newBuyer(ctx)
  const stranger: Actor = { ...buyer, id }
  expect(await refusalOf(reportProblem(ctx, stranger, report({ counter: 2 })))).toBe("problem/purchase-unknown")
  expect(await refusalOf(reportProblem(ctx, buyer, report({ counter: 99 })))).toBe("problem/purchase-unknown")
  expect(await refusalOf(reportProblem(ctx, operator, report({ counter: 2 })))).toBe("request/forbidden")
  expect(await refusalOf(listOwnProblems(ctx.db, operator))).toBe("request/forbidden")
  expect(await listOwnProblems(ctx.db, stranger)).toEqual([])
})

test("[BY-2] the office of its site answers once, without learning who bought", async () => {
  const { ctx } = gateway
  const { id } = await reportProblem(ctx, buyer, report({ counter: 2 }))
  const [own] = await listProblems(ctx.db, operatorOf(stall.siteId), { state: "open", limit: 1 })
  expect(own).toMatchObject({ id, kind: "short-weight", stall: { stallNumber: "A-12" } })
  expect(JSON.stringify(own)).not.toContain(buyer.id)
  const answer = { id, answer: "已请摊主补足" }
  const elsewhere = operatorOf(ctx.random.uuid())
  expect(await listProblems(ctx.db, elsewhere, { limit: 9 })).toEqual([])
  expect(await refusalOf(answerProblem(ctx, elsewhere, answer))).toBe("request/forbidden")
  expect(await refusalOf(answerProblem(ctx, operatorWithout("problems:write"), answer))).toBe("request/forbidden")
  expect(await refusalOf(answerProblem(ctx, { ...operator, kind: "machine" }, answer))).toBe("request/forbidden")
  expect(await refusalOf(answerProblem(ctx, buyer, answer))).toBe("request/forbidden")
  expect(await refusalOf(answerProblem(ctx, operator, { ...answer, id: ctx.random.uuid() }))).toBe("problem/unknown")
  for (let times = 0; times < 2; times += 1) await answerProblem(ctx, operator, answer)
  expect(await refusalOf(answerProblem(ctx, operator, { ...answer, answer: "x" }))).toBe("problem/answered-already")
  expect((await listOwnProblems(ctx.db, buyer))[0]).toMatchObject({ state: "answered", answer: "已请摊主补足" })
})

test("over HTTP: limits hold, the buyer reads the answer, the office has its pages in both languages", async () => {
  const { ctx } = gateway
  const app = testApp(ctx)
  const session = { ...(await sessionOf(ctx, buyer)), "content-type": "application/json" }
  const send = (body: object) =>
    app.request("/buyers/problems", { method: "POST", headers: session, body: JSON.stringify(body) })
  const good = {
    ...{ id: ctx.random.uuid(), terminal: terminalToHex(stall.terminalId), counter: 3, kind: "other" },
    said: " <b>袋子破了</b> ",
  }
  for (const bad of [{ said: "长".repeat(201) }, { kind: "rude" }, { id: "1" }, { more: 1 }, { counter: -1 }]) {
    expect((await send({ ...good, ...bad })).status).toBe(400)
  }
  expect((await send(good)).status).toBe(200)
  const token = await tokenOf(ctx, ["problems:read"])
  const listed = (await (await app.request("/problems?state=open", { headers: token })).json()) as { id: string }[]
  expect(listed[0]?.id).toBe(good.id)
  const asMachine = await app.request(`/problems/${good.id}/answer`, {
    method: "POST",
    headers: { ...token, "content-type": "application/json" },
    body: JSON.stringify({ answer: "好" }),
  })
  expect(asMachine.status).toBe(403)

  const office = await officeCookie(app)
  const pageOf = async (path: string) => (await app.request(path, { headers: { cookie: office } })).text()
  expect(await pageOf("/office/problems")).toContain("其他问题")
  expect(await pageOf(`/office/problems/${good.id}?lang=en`)).toContain("&lt;b&gt;袋子破了&lt;/b&gt;")
  const decide = (form: Record<string, string>) =>
    app.request(`/office/problems/${good.id}`, {
      method: "POST",
      headers: { cookie: office, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form),
    })
  // Not before it was said that it is final.
  expect((await decide({ answer: "已退回" })).status).toBe(400)
  expect((await decide({ answer: "已退回", sure: "1" })).status).toBe(303)
  const mine = (await (await app.request("/buyers/problems", { headers: session })).json()) as {
    problems: { id: string; answer?: string }[]
  }
  expect(mine.problems.find(({ id }) => id === good.id)?.answer).toBe("已退回")
})

async function officeCookie(app: ReturnType<typeof testApp>): Promise<string> {
  const { token } = await issueToken(gateway.ctx, operator, {
    ...{ label: "office", kind: "operator", actorId: "an operator", siteIds: [stall.siteId], days: 1 },
    scopes: ["problems:read", "problems:write"],
  })
  const started = await app.request("/office/session", { method: "POST", body: new URLSearchParams({ token }) })
  return started.headers.getSetCookie()[0]?.split(";")[0] ?? ""
}
