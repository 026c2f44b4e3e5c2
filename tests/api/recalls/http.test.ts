import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { operator } from "../../support/stall"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let app: ReturnType<typeof testApp>
let day: Day
beforeAll(async () => {
  gateway = await testGateway()
  app = testApp(gateway.ctx)
  day = await playDay(gateway)
})
afterAll(() => gateway?.close())

async function call(path: string, headers: Record<string, string>, body?: unknown) {
  const response = await app.request(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> }
}

async function personOf(actorId: string) {
  const order = { label: "test", kind: "inspector", actorId, siteIds: [], days: 1 } as const
  const { token } = await issueToken(gateway.ctx, operator, { ...order, scopes: ["recalls:read", "recalls:write"] })
  return { authorization: `Bearer ${token}` }
}

const setOf = (lotId: string) => ({ kind: "lots", lotIds: [lotId] })

describe("recalls over HTTP", () => {
  test("an inspector proposes, another approves and puts in force; the buyer sees it and it shows as read", async () => {
    const [wang, li] = [await personOf("wang"), await personOf("li")]
    const id = gateway.ctx.random.uuid()
    const drafted = await call("/recalls", wang, { id, set: setOf(day.lot), reason: "农残超标" })
    expect([drafted.status, drafted.body]).toEqual([201, { id }])
    const scope = await call(`/recalls/${id}/scope?limit=2`, li)
    const { reachDigest, next, sales } = scope.body as { reachDigest: string; next: string; sales: unknown[] }
    expect(sales).toHaveLength(2)
    const second = await call(`/recalls/${id}/scope?limit=2&after=${next}`, li)
    expect(second.body.sales).not.toEqual(sales)
    expect((await call(`/recalls/${id}/approve`, wang, { reachDigest })).body).toMatchObject({
      code: "recall/second-person-needed",
    })
    for (const step of ["approve", "activate"]) {
      expect((await call(`/recalls/${id}/${step}`, li, step === "approve" ? { reachDigest } : {})).status).toBe(204)
    }
    const session = await sessionOf(gateway.ctx, day.buyers[0] ?? { id: "" })
    const own = await call("/buyers/recalls", session)
    expect(own.body.recalls).toMatchObject([{ recallId: id, isRead: false }])
    expect((await call(`/buyers/recalls/${id}/read`, session, {})).status).toBe(204)
    // Known by the official account, which sends no messages.
    expect((await call("/buyers/message-consents", session)).body).toEqual({ templateId: null, unused: 0 })
    const consent = { id: gateway.ctx.random.uuid(), templateId: "t" }
    expect((await call("/buyers/message-consents", session, consent)).body.code).toBe("buyer/template-unknown")
    const read = await call(`/recalls/${id}`, li)
    expect(read.body).toMatchObject({ state: "active", buyers: { read: 1 }, seconds: { toFirstPage: 0 } })
    expect((await call(`/recalls/${id}/close`, wang, {})).status).toBe(204)
    expect((await call("/recalls", wang)).body).toMatchObject([
      { id, state: "closed", set: setOf(day.lot), sources: { lots: 1, inflows: 0, grams: 10_000 } },
    ])
  })

  test("where a base's lots went is asked without a recall", async () => {
    const reader = await tokenOf(gateway.ctx, ["recalls:read"])
    const { siteId } = day.trade.baseA
    const [from, until] = [new Date(0).toISOString(), new Date(gateway.clock.nowMs()).toISOString()]
    const answer = await call("/recalls/scope", reader, { kind: "base", siteId, from, until })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ totals: { setGrams: 10_000 } })
    expect((await call("/recalls/scope", reader, { kind: "region", regionCode: "11", from, until })).status).toBe(200)
  })

  test("malformed input and wrong tokens are refused, and change nothing", async () => {
    const person = await personOf("wang")
    const code = async (path: string, headers: Record<string, string>, body?: unknown) =>
      (await call(path, headers, body)).body.code
    expect(await code("/recalls/scope", person, { kind: "all" })).toBe("request/malformed")
    expect(await code("/recalls/scope", person, { ...setOf(day.lot), more: 1 })).toBe("request/malformed")
    expect(await code("/recalls/scope?after=00", person, setOf(day.lot))).toBe("request/malformed")
    expect(await code("/recalls/scope", person, setOf(gateway.ctx.random.uuid()))).toBe("recall/set-empty")
    const inspection = { kind: "inspection", inspectionId: gateway.ctx.random.uuid() }
    expect(await code("/recalls/scope", person, inspection)).toBe("recall/inspection-unknown")
    expect(await code("/recalls/scope", {}, setOf(day.lot))).toBe("request/unauthenticated")
    expect(await code("/recalls/scope", await tokenOf(gateway.ctx, ["traces:read"]), setOf(day.lot))).toBe(
      "request/forbidden",
    )
    expect(await code(`/recalls/${gateway.ctx.random.uuid()}`, person)).toBe("recall/unknown")
    expect(await code("/buyers/recalls", person)).toBe("request/unauthenticated")
  })
})
