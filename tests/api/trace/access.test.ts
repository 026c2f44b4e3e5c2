import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { shares } from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { hmacSha256 } from "@suyuan/protocol/codec/hashes"
import { parseProofBundle } from "@suyuan/protocol/ledger/proof-bundle"
import { traceLabelMessage, traceLabelUrl } from "@suyuan/protocol/terminal/trace-label"
import { eq } from "drizzle-orm"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { testChain } from "../../support/engines"
import { harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { type TestLedger, testLedger } from "../../support/ledger"
import { newBuyer, payOnPlatform } from "../../support/paying"
import { gramsOf } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
let ledger: TestLedger
let app: ReturnType<typeof testApp>
let recordId: string
let payer: Record<string, string>
const amountFen = 7381
const grams = 12_345

beforeAll(async () => {
  gateway = await testGateway()
  const { ctx, clock } = gateway
  trade = await openTrade(ctx)
  ledger = await testLedger(ctx, await testChain(), clock.advance)
  await ledger.enterTerminals()
  app = testApp(ctx, { chain: ledger.chain })
  const { baseA } = trade
  await baseA.deliver(await baseA.envelope("harvest", harvestBody(ctx, ctx.random.uuid(), 50_000)))
  nextMoment(clock)
  const code = await baseA.code(1, [gramsOf(1, grams, 600)], amountFen)
  await baseA.deliver(await baseA.envelope("sale", baseA.saleBody(code)))
  const buyer = await newBuyer(ctx)
  recordId = (await payOnPlatform(ctx, code, buyer)).recordId ?? ""
  payer = await sessionOf(ctx, buyer)
  await ledger.anchorAll()
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
})

type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly text: string }

async function call(path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Answer> {
  const response = await app.request(path, { ...init, headers: { "content-type": "application/json", ...headers } })
  const text = await response.text()
  return { status: response.status, text, body: text.startsWith("{") ? JSON.parse(text) : {} }
}
const codeOf = ({ status, body }: Answer) => [status, body.code]
const share = async () =>
  String((await call("/shares", payer, { method: "POST", body: JSON.stringify({ recordId }) })).body.id)

describe("a purchase's trace and proof", () => {
  test("open to the session that paid", async () => {
    const trace = await call(`/traces/purchases/${recordId}`, payer)
    expect(trace).toMatchObject({ status: 200, body: { recordId, amountFen, lines: [{ grams }] } })
    const proof = await call(`/proofs/purchases/${recordId}`, payer)
    expect(proof.body).toHaveProperty("sections.commercial")
    expect((await ledger.verify(proof.text)).verified).toBe(true)
  })

  test("open to a machine that may read traces of this site", async () => {
    const { ctx } = gateway
    const allowed = await tokenOf(ctx, ["traces:read"], trade.baseA.siteId)
    expect((await call(`/traces/purchases/${recordId}`, allowed)).status).toBe(200)
    expect((await call(`/proofs/purchases/${recordId}`, allowed)).status).toBe(200)
  })

  test("open to nobody else, and nobody is told that they exist", async () => {
    const { ctx } = gateway
    const strangers: [Record<string, string>, number, string][] = [
      [{}, 401, "request/unauthenticated"],
      [await sessionOf(ctx, await newBuyer(ctx)), 404, "trace/unknown"],
      [await tokenOf(ctx, ["payments:refund", "ledger:read"], trade.baseA.siteId), 403, "request/forbidden"],
      [await tokenOf(ctx, ["traces:read"], trade.stall.siteId), 403, "request/forbidden"],
    ]
    for (const [headers, status, code] of strangers) {
      for (const path of [`/traces/purchases/${recordId}`, `/proofs/purchases/${recordId}`]) {
        expect(codeOf(await call(path, headers))).toEqual([status, code])
      }
    }
  })

  test("are not to be had by terminal and counter", async () => {
    const { terminalId } = trade.baseA
    const path = `/traces/purchases/${terminalId.toString(16).padStart(10, "0")}/1`
    expect((await call(path, payer)).status).toBe(404)
  })

  test("a record that is no sale has no trace", async () => {
    const [other] = await gateway.ctx.db.select().from(records).where(eq(records.kind, 2))
    const everySite = await tokenOf(gateway.ctx, ["traces:read"])
    expect(codeOf(await call(`/traces/purchases/${other?.recordId}`, everySite))).toEqual([404, "trace/unknown"])
    expect(codeOf(await call(`/traces/purchases/${other?.recordId}`, payer))).toEqual([404, "trace/unknown"])
    // Whose it is does not matter: a token of one site would open a refund of another by it.
    for (const siteId of [trade.baseA.siteId, trade.stall.siteId]) {
      const ofSite = await tokenOf(gateway.ctx, ["traces:read"], siteId)
      const [{ status }, proof] = [
        await call(`/traces/purchases/${other?.recordId}`, ofSite),
        await call(`/proofs/purchases/${other?.recordId}`, ofSite),
      ]
      expect([status, proof.status]).toEqual([404, 404])
    }
  })
})

describe("a share", () => {
  test("[96 bits] has an id that nobody guesses", async () => {
    const ids = new Set([await share(), await share(), await share()])
    expect(ids.size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{17}$/)
    expect(Math.log2(62 ** 17)).toBeGreaterThan(96)
  })

  test("shows where goods came from: no price, no weight, no time of day, nobody's name", async () => {
    const id = await share()
    const trace = await call(`/traces/shares/${id}`)
    expect(trace).toMatchObject({ status: 200, body: { amountFen: null, lines: [{ grams: null }] } })
    expect(trace.text).not.toMatch(/T\d\d:\d\d/)
    for (const told of [String(amountFen), "73.81", String(grams), "openid", "4200", "12.345", "24.69"]) {
      expect(trace.text).not.toContain(told)
    }
    const page = await app.request(`/t/${id}`, { headers: { accept: "text/html" } })
    const html = await page.text()
    expect(page.status).toBe(200)
    for (const told of ["73.81", "12.345", "12345", "24.69"]) expect(html).not.toContain(told)
    expect(html).not.toMatch(/\d\d:\d\d/)
  })

  test("says the day as the market's calendar has it", async () => {
    const trace = await call(`/traces/shares/${await share()}`)
    const inBeijing = new Date(gateway.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
    expect([trace.body.soldAt, trace.body.lines]).toMatchObject([inBeijing, [{ way: [{ arrivedAt: inBeijing }] }]])
  })

  test("proves that the record is there, and opens neither its second nor its quantities", async () => {
    const [proof, own] = [
      await call(`/proofs/shares/${await share()}`),
      await call(`/proofs/purchases/${recordId}`, payer),
    ]
    const opened = parseProofBundle(own.text)
    if (!opened.ok || opened.value.sections === undefined) throw new Error("the payer's own proof opens the sale")
    expect(proof.body.sections).toBeUndefined()
    for (const section of Object.values(opened.value.sections)) {
      if (section === undefined) continue
      for (const told of [section.bytes, section.salt]) expect(proof.text).not.toContain(toHex(told))
    }
    const report = await ledger.verify(proof.text)
    expect([report.verified, report.record]).toEqual([true, undefined])
    expect(report.steps.map(({ reason }) => reason).slice(1, 4)).toEqual([
      "record-closed",
      "record-closed",
      "entry-in-batch",
    ])
  })

  test("that is taken back opens nothing any more", async () => {
    const id = await share()
    expect((await call(`/shares/${id}`, payer, { method: "DELETE" })).status).toBe(204)
    for (const path of [`/traces/shares/${id}`, `/proofs/shares/${id}`]) {
      expect((await call(path)).body.code).toBe("trace/share-revoked")
    }
    expect(codeOf(await call(`/shares/${id}`, payer, { method: "DELETE" }))).toEqual([404, "trace/unknown"])
  })

  test("can be made and taken back by the payer only", async () => {
    const { ctx } = gateway
    const id = await share()
    const body = JSON.stringify({ recordId })
    const stranger = await sessionOf(ctx, await newBuyer(ctx))
    const machine = await tokenOf(ctx, ["traces:read"])
    const before = await ctx.db.select().from(shares)
    for (const [headers, status] of [
      [stranger, 404],
      [machine, 403],
    ] as const) {
      expect((await call("/shares", headers, { method: "POST", body })).status).toBe(status)
      expect((await call(`/shares/${id}`, headers, { method: "DELETE" })).status).toBe(status)
    }
    expect((await call("/shares", {}, { method: "POST", body })).status).toBe(401)
    expect(await ctx.db.select().from(shares)).toEqual(before)
  })

  test("that nobody made opens nothing", async () => {
    expect(codeOf(await call("/traces/shares/aaaaaaaaaaaaaaaaa"))).toEqual([404, "trace/unknown"])
  })
})

describe("a label that the stall printed", () => {
  const labelOf = (counter: number) => {
    const { ctx } = gateway
    const { terminalId } = trade.baseA
    const message = traceLabelMessage(ctx.config.NETWORK_ID, terminalId, counter)
    return traceLabelUrl("http://stall", terminalId, counter, hmacSha256(ctx.keys.receiptKey(terminalId), message))
  }
  const pathOf = (counter: number) => new URL(labelOf(counter)).pathname

  test("opens the sale's trace to whoever holds the bag, as a share: neither buyer, price nor time of day", async () => {
    const { status, text } = await call(pathOf(1))
    expect(status).toBe(200)
    expect(text).toContain("从田间到买家")
    for (const secret of ["73.81", "7381", payer.cookie ?? "session"]) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/\d\d:\d\d/)
    expect((await call(`${pathOf(1)}?lang=en`)).text).toContain(`${pathOf(1)}?lang=zh`)
  })

  test("is not to be guessed, and says nothing of a sale that is not recorded yet", async () => {
    const path = pathOf(1)
    const wrong = path.slice(0, -1) + (path.endsWith("0") ? "1" : "0")
    expect(codeOf(await call(wrong))).toEqual([404, "trace/unknown"])
    expect(codeOf(await call(path.replace("/1/", "/2/")))).toEqual([404, "trace/unknown"])
    expect(codeOf(await call(pathOf(77)))).toEqual([409, "trace/not-recorded"])
    expect((await call(path.slice(0, -2))).status).toBe(400)
  })
})
