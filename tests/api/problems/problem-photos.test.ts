// Photos of a report: its buyer's alone to add, sealed in the database, the office's alone to see, gone with the buyer.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Actor } from "@suyuan/api/actor"
import { forgetBuyer } from "@suyuan/api/buyers/forget"
import { answerProblem } from "@suyuan/api/problems/answer-problem"
import { addProblemPhoto, readProblemPhoto } from "@suyuan/api/problems/problem-photos"
import { listProblems } from "@suyuan/api/problems/read-problems"
import { reportProblem } from "@suyuan/api/problems/report-problem"
import { problemPhotos } from "@suyuan/drizzle/schema/buyers"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { eq } from "drizzle-orm"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer, payOnPlatform } from "../../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { jpegOf } from "../inspections/photos"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
afterAll(() => gateway?.close())

let counter = 0
/** Somebody who has paid and reported. */
async function reporter(): Promise<{ buyer: Actor; problemId: string }> {
  const { ctx } = gateway
  const { id } = await newBuyer(ctx)
  const buyer: Actor = { kind: "buyer", id, siteIds: [], scopes: [] }
  counter += 1
  await payOnPlatform(ctx, await stall.code(counter, [gramsOf(1, 500)]), buyer)
  const report = { id: ctx.random.uuid(), terminalId: stall.terminalId, counter, kind: "spoiled", said: "" } as const
  return { buyer, problemId: (await reportProblem(ctx, buyer, report)).id }
}
const picture = jpegOf(640, 480)
const add = (actor: Actor, problemId: string, position = 0, bytes: Uint8Array = picture) =>
  addProblemPhoto(gateway.ctx, actor, { problemId, position, bytes })
const storedOf = (problemId: string) =>
  gateway.ctx.db.select().from(problemPhotos).where(eq(problemPhotos.problemId, problemId))

test("[BY-6] a photo is added once; the same again is success, another in its place is refused", async () => {
  const { buyer, problemId } = await reporter()
  // [response lost] sent again as it was.
  for (let times = 0; times < 2; times += 1) await add(buyer, problemId)
  expect(await refusalOf(add(buyer, problemId, 0, jpegOf(320, 240)))).toBe("problem/other-photo")
  await add(buyer, problemId, 2, jpegOf(320, 240))
  expect(await storedOf(problemId)).toHaveLength(2)
  const lines = await gateway.ctx.db.select().from(audit).where(eq(audit.verb, "problems/photo"))
  expect(lines.filter(({ subject }) => subject === problemId)).toHaveLength(2)
  const [seen] = await listProblems(gateway.ctx.db, operatorOf(stall.siteId), { limit: 1 })
  expect(seen).toMatchObject({ id: problemId, photos: [0, 2] })
})

test("[BY-6] refuses the wrong actor, on both sides", async () => {
  const [{ buyer, problemId }, other] = [await reporter(), await reporter()]
  expect(await refusalOf(add(other.buyer, problemId))).toBe("problem/unknown")
  expect(await refusalOf(add(operator, problemId))).toBe("request/forbidden")
  expect(await refusalOf(add(buyer, gateway.ctx.random.uuid()))).toBe("problem/unknown")
  await add(buyer, problemId)
  const read = (actor: Actor, position = 0) => readProblemPhoto(gateway.ctx, actor, { problemId, position })
  for (const actor of [buyer, operatorWithout("problems:read"), operatorOf(gateway.ctx.random.uuid())]) {
    expect(await refusalOf(read(actor))).toBe("request/forbidden")
  }
  expect(await refusalOf(read(operatorOf(stall.siteId), 1))).toBe("picture/unknown")
  expect((await read(operatorOf(stall.siteId))).mediaType).toBe("image/jpeg")
})

test("[BY-6] none is added to a report that was answered, nor one that is no picture for a phone", async () => {
  const { buyer, problemId } = await reporter()
  await add(buyer, problemId)
  for (const bad of [jpegOf(2049, 480), jpegOf(640, 40), picture.subarray(0, 30), new TextEncoder().encode("<svg/>")]) {
    expect(await refusalOf(add(buyer, problemId, 1, bad))).toBe("picture/unusable")
  }
  await answerProblem(gateway.ctx, operator, { id: problemId, answer: "已退款" })
  expect(await refusalOf(add(buyer, problemId, 1))).toBe("problem/answered-already")
  // Its first answer was lost: it is there.
  await add(buyer, problemId)
  expect(await storedOf(problemId)).toHaveLength(1)
})

test("[BY-6] the database holds nothing of the picture, and what was sealed opens nowhere else", async () => {
  const [one, other] = [await reporter(), await reporter()]
  for (const { buyer, problemId } of [one, other]) await add(buyer, problemId)
  const [first, second] = [(await storedOf(one.problemId))[0], (await storedOf(other.problemId))[0]]
  if (!first || !second) throw new Error("a photo is missing")
  expect(toHex(first.sealed)).not.toContain(toHex(picture.subarray(0, 12)))
  expect(toHex(first.sealed)).not.toBe(toHex(second.sealed))
  await gateway.ctx.db
    .update(problemPhotos)
    .set({ sealed: second.sealed })
    .where(eq(problemPhotos.problemId, one.problemId))
  const place = { problemId: one.problemId, position: 0 }
  await expect(readProblemPhoto(gateway.ctx, operatorOf(stall.siteId), place)).rejects.toThrow()
})

test("[BY-3] with the buyer go the photos, also one that is on its way while they are forgotten", async () => {
  const { ctx } = gateway
  const { buyer, problemId } = await reporter()
  await add(buyer, problemId)
  const late = add(buyer, problemId, 1).catch((error: unknown) => error)
  await forgetBuyer(ctx, buyer, ctx.random.uuid())
  await late
  expect(await storedOf(problemId)).toEqual([])
  expect(await refusalOf(add(buyer, problemId, 2))).toBe("problem/unknown")
})

test("over HTTP: limits hold, the office's page shows them to who may see, and no cache keeps them", async () => {
  const { ctx } = gateway
  const { buyer, problemId } = await reporter()
  const app = testApp(ctx)
  const headers = { ...(await sessionOf(ctx, buyer)), "content-type": "application/json" }
  const put = (position: number | string, body: object) =>
    app.request(`/buyers/problems/${problemId}/photos/${position}`, {
      ...{ method: "PUT", headers, body: JSON.stringify(body) },
    })
  const good = { picture: Buffer.from(picture).toString("base64") }
  for (const bad of [{ picture: "no base64!" }, { picture: 1 }, { ...good, more: 1 }, {}]) {
    expect((await put(0, bad)).status).toBe(400)
  }
  for (const position of [-1, 3, "x", "0.5"]) expect((await put(position, good)).status).toBe(400)
  expect(await (await put(0, { picture: Buffer.alloc(512 * 1024).toString("base64") })).json()).toMatchObject({
    code: "picture/unusable",
  })
  expect((await put(0, { picture: "A".repeat(699_056) })).status).toBe(400)
  expect((await put(0, { picture: "A".repeat(1_100_000) })).status).toBe(413)
  expect((await put(0, good)).status).toBe(204)
  const own = (await (await app.request("/buyers/problems", { headers })).json()) as { problems: object[] }
  expect(own.problems[0]).toMatchObject({ id: problemId, photos: [0] })

  const path = `/problems/${problemId}/photos/0`
  expect((await app.request(path, { headers })).status).toBe(401)
  const elsewhere = await tokenOf(ctx, ["problems:read"], ctx.random.uuid())
  expect((await app.request(path, { headers: elsewhere })).status).toBe(403)
  const shown = await app.request(path, { headers: await tokenOf(ctx, ["problems:read"], stall.siteId) })
  expect(shown.headers.get("cache-control")).toBe("no-store")
  expect(shown.headers.get("content-type")).toBe("image/jpeg")
  expect(await shown.text()).not.toContain("39.9")

  const { token } = await issueToken(ctx, operator, {
    ...{ label: "office", kind: "operator", actorId: "an operator", siteIds: [stall.siteId], days: 1 },
    scopes: ["problems:read"],
  })
  const started = await app.request("/office/session", { method: "POST", body: new URLSearchParams({ token }) })
  const cookie = started.headers.getSetCookie()[0]?.split(";")[0] ?? ""
  const page = await (await app.request(`/office/problems/${problemId}?lang=zh`, { headers: { cookie } })).text()
  expect(page).toContain(`src="/office${path}" width="160" height="120" alt="买家的照片 1"`)
  expect((await app.request(`/office${path}`, { headers: { cookie } })).status).toBe(200)
  expect((await app.request(`/office${path}`)).status).toBe(303)
})
