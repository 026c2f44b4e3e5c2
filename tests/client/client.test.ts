import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { createApp } from "@suyuan/api/http/app"
import { merchantRoutes } from "@suyuan/api/http/merchants"
import { participantRoutes } from "@suyuan/api/http/participants"
import { terminalRoutes } from "@suyuan/api/http/terminals"
import { createMetrics } from "@suyuan/api/metrics"
import { gatewayClient } from "@suyuan/client/client"
import { fetchTransport } from "@suyuan/client/fetch-transport"
import { requestPath } from "@suyuan/client/request-path"
import type { TransportRequest, TransportResponse } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { type TestGateway, testGateway } from "../support/context"
import { enrolmentOf, newTablet, operator, testBrokerTokens } from "../support/stall"

describe("paths", () => {
  test("are filled in and encoded", () => {
    expect(requestPath("/terminals/{id}", { id: "0100000001" })).toBe("/terminals/0100000001")
    expect(requestPath("/catalogue/commodities", {}, { name: "白菜&x" })).toBe(
      "/catalogue/commodities?name=%E7%99%BD%E8%8F%9C%26x",
    )
    expect(requestPath("/a/{id}/b", { id: "../c?d" })).toBe("/a/..%2Fc%3Fd/b")
    expect(requestPath("/merchants", {}, { siteId: undefined, limit: 3 })).toBe("/merchants?limit=3")
  })

  test("never go out with a parameter missing", () => {
    expect(() => requestPath("/terminals/{id}", {})).toThrow(RangeError)
    expect(() => requestPath("/terminals/{id}", { id: "" })).toThrow(RangeError)
  })
})

describe("answers", () => {
  const answering = (response: Partial<TransportResponse>, seen: TransportRequest[] = []) =>
    gatewayClient(
      async (request) => {
        seen.push(request)
        return { status: 200, headers: {}, body: "", ...response }
      },
      { token: () => "syb_token", language: "en" },
    )

  test("carry the token, the language and a JSON body", async () => {
    const seen: TransportRequest[] = []
    const client = answering({ body: `{"state":"withdrawn"}` }, seen)
    const answer = await client.post("/payee-changes/{id}/withdraw", { path: { id: "0199" } })
    expect(answer).toEqual({ ok: true, status: 200, value: { state: "withdrawn" } })
    await client.post("/bindings", { body: { code: "123" } })
    expect(seen).toMatchObject([
      { method: "POST", path: "/payee-changes/0199/withdraw", headers: { authorization: "Bearer syb_token" } },
      {
        path: "/bindings",
        headers: { "content-type": "application/json", "accept-language": "en" },
        body: `{"code":"123"}`,
      },
    ])
    expect(seen[0]).not.toHaveProperty("body")
  })

  test("a refusal is a value, with its code", async () => {
    const refusal = { code: "binding/code-used", message: "The bind code has been used.", field: "code" }
    const answer = await answering({ status: 409, body: JSON.stringify(refusal) }).post("/bindings", {
      body: { code: "1" },
    })
    expect(answer).toEqual({ ok: false, status: 409, refusal })
  })

  test("what is no word of the gateway's is not understood, and never a success", async () => {
    for (const response of [
      { status: 502, body: "<html>Bad gateway</html>" },
      { status: 500, body: `{"code":5,"message":"x"}` },
      { status: 400, body: "null" },
      { status: 200, body: "<html>log in to this network</html>" },
      { status: 302, body: "" },
    ]) {
      const answer = await answering(response).get("/catalogue")
      expect(answer).toMatchObject({ ok: false, status: response.status, refusal: { code: "answer/not-understood" } })
    }
  })

  test("204 has no value; text stays as it came", async () => {
    const deleted = await answering({ status: 204 }).delete("/shares/{shareId}", { path: { shareId: "x" } })
    expect(deleted).toEqual({ ok: true, status: 204, value: undefined })
    const body = `{ "b":1, "a":  2 }`
    const proof = await answering({ body }).getText("/proofs/shares/{shareId}", { path: { shareId: "x" } })
    expect(proof).toEqual({ ok: true, status: 200, value: body })
  })

  test("a transport without an answer rejects: the outcome is unknown", async () => {
    const client = gatewayClient(() => Promise.reject(new Error("no network")))
    await expect(client.get("/catalogue")).rejects.toThrow("no network")
  })
})

describe("against a gateway", () => {
  let gateway: TestGateway
  let server: ReturnType<typeof Bun.serve>
  let token: string
  beforeAll(async () => {
    gateway = await testGateway()
    const { ctx } = gateway
    const routes = [
      participantRoutes({ ctx }),
      merchantRoutes({ ctx }),
      terminalRoutes({ ctx, tokens: testBrokerTokens(ctx) }),
    ]
    const app = createApp({ ctx, metrics: createMetrics(false), probes: [], routes })
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request, {}) })
    const order = { label: "test", kind: "operator", actorId: "somebody", siteIds: [], days: 1 } as const
    const scopes = ["participants:write", "merchants:write", "terminals:write"] as const
    token = (await issueToken(ctx, operator, { ...order, scopes })).token
  }, 60_000)
  afterAll(async () => {
    await server.stop(true)
    await gateway.close()
  })

  test("an operator opens a stall and a tablet becomes its terminal", async () => {
    const transport = fetchTransport(`http://127.0.0.1:${server.port}`)
    const client = gatewayClient(transport, { token: () => token })
    const unwrap = <T>(answer: { ok: true; value: T } | { ok: false; refusal: { code: string } }): T => {
      if (!answer.ok) throw new Error(answer.refusal.code)
      return answer.value
    }
    const id = () => gateway.ctx.random.uuid()
    const names = { name: "岳各庄", nameEn: "Yuegezhuang" }
    const participant = unwrap(
      await client.post("/participants", { body: { id: id(), number: 7, role: "market", ...names } }),
    )
    const site = unwrap(
      await client.post("/sites", {
        body: {
          ...{ id: id(), number: 7, participantId: participant.id, kind: "market", ...names },
          ...{ regionCode: "110106", zone: "Asia/Shanghai" },
        },
      }),
    )
    const merchant = unwrap(
      await client.post("/merchants", { body: { id: id(), siteId: site.id, stallNumber: "C-1", name: "丁摊" } }),
    )
    const order = { path: { id: merchant.id }, body: { confirmed: false } }
    const { claimCode } = unwrap(await client.post("/merchants/{id}/claim-codes", order))
    const tablet = newTablet()
    const { publicKey, proof, algorithm } = enrolmentOf(gateway.ctx, tablet, claimCode)
    const body = { claimCode, algorithm, publicKey: toHex(publicKey), proof: toHex(proof) }
    const stranger = gatewayClient(transport)
    const enrolled = unwrap(await stranger.post("/enrolments", { body }))
    expect(enrolled).toMatchObject({ state: "claimed", stall: { name: "丁摊" } })
    const found = await client.post("/terminals/{id}/confirm", {
      path: { id: enrolled.terminalId },
      body: { fingerprint: enrolled.fingerprint },
    })
    expect(unwrap(found)).toMatchObject({ id: enrolled.terminalId, state: "active" })
    expect(await stranger.get("/terminals/{id}", { path: { id: enrolled.terminalId } })).toMatchObject({
      ok: false,
      status: 401,
      refusal: { code: "request/unauthenticated" },
    })
  })
})
