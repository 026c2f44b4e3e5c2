// Each kind of alarm raised by real trade through the gateway, beside a near miss that raises none; and what persons
// decide about them.
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Actor } from "@suyuan/api/actor"
import { binomialTailExponent, distanceKm } from "@suyuan/api/alarms/chance"
import { decideAlarm } from "@suyuan/api/alarms/decide-alarm"
import type { AlarmKind } from "@suyuan/api/alarms/evidence"
import { judgeDay, judgeDays } from "@suyuan/api/alarms/judge-days"
import { listAlarms, readAlarm } from "@suyuan/api/alarms/read-alarms"
import { ensurePartitions } from "@suyuan/api/jobs/partitions"
import { placeSite } from "@suyuan/api/participants/place-site"
import { raiseAlarm } from "@suyuan/api/payments/alarm"
import { alarmOtherBytes } from "@suyuan/api/sales/open-sale"
import { gatewayClient } from "@suyuan/client/client"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { sites } from "@suyuan/drizzle/schema/participants"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { eq } from "drizzle-orm"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, nextMoment, openTrade, refusalsOf, secondsOf, type Trade } from "../../support/goods"
import { cabbage, gramsOf, type SellingTerminal } from "../../support/selling"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf, secondOperator } from "../../support/stall"
import { skipToAfternoon, tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
let day: string
beforeAll(async () => {
  gateway = await testGateway()
  day = skipToAfternoon(gateway)
})
beforeEach(async () => {
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const { sell, enterOutside, nextCounter } = tradingAt(() => gateway)

/** Of so many cash sales so many are of a whole yuan. They come in one group. */
async function takeCash(at: SellingTerminal, sales: number, roundSales: number): Promise<void> {
  nextMoment(gateway.clock)
  const envelopes: Uint8Array[] = []
  for (let sale = 0; sale < sales; sale++) {
    const code = await at.code(nextCounter(), [gramsOf(1, sale < roundSales ? 250 : 251 + sale)])
    envelopes.push(await at.envelope("sale", at.saleBody(code, "cash")))
  }
  await at.deliver(...envelopes)
}

async function accept(at: SellingTerminal, recordId: string, grams: number): Promise<void> {
  const answered = await at.deliver(await at.envelope("arrival", arrivalBody(gateway.ctx, recordId, "accepted", grams)))
  expect(refusalsOf(answered)).toEqual(["stored"])
}

/** Two days on, when the day is over at every site. */
const later = () => ({ ...gateway.ctx, clock: { nowMs: () => gateway.clock.nowMs() + 2 * 86_400_000 } })
const judge = (at: SellingTerminal) => judgeDay(later(), { siteId: at.siteId, day })
const judgeNow = (at: SellingTerminal) => judgeDay(gateway.ctx, { siteId: at.siteId, day })

const alarmsAt = ({ siteId }: SellingTerminal, kind?: AlarmKind) =>
  listAlarms(gateway.ctx.db, operator, { siteId, kind, limit: 50 })
const kindsAt = async (at: SellingTerminal) => (await alarmsAt(at)).map(({ kind }) => kind).toSorted()

describe("the balance of a day", () => {
  test("of a site that cannot be judged keeps no other site's alarms back", async () => {
    await sell(trade.wholesaler, 34_000, trade.stallWallet)
    await enterOutside(trade.stall, 6001)
    const broken = eq(sites.id, trade.wholesaler.siteId)
    const [site] = await gateway.ctx.db.select().from(sites).where(broken)
    // Nobody can say when its day ends.
    await gateway.ctx.db.update(sites).set({ zone: "Nowhere/Nothing" }).where(broken)
    await judgeDays(later())
    await gateway.ctx.db
      .update(sites)
      .set({ zone: site?.zone ?? "" })
      .where(broken)
    expect(await kindsAt(trade.stall)).toContain("unknown-share")
  })

  test("raises goods of unknown origin above the tolerance, and not at it", async () => {
    await sell(trade.wholesaler, 34_000, trade.stallWallet)
    await enterOutside(trade.stall, 6001)
    await judge(trade.stall)
    expect(await alarmsAt(trade.stall)).toMatchObject([
      {
        kind: "unknown-share",
        subject: `${trade.stall.merchantId}:${cabbage}`,
        ...{ day, state: "new", holds: true, version: 1 },
        evidence: { outsideGrams: 6001, handledGrams: 40_001, sharePermille: 150, tolerancePermille: 150 },
      },
    ])
    const other = await openTrade(gateway.ctx)
    await sell(other.wholesaler, 34_000, other.stallWallet)
    await enterOutside(other.stall, 6000)
    await judge(other.stall)
    expect(await kindsAt(other.stall)).toEqual([])
  })

  test("raises sales above anything bought, not below the tolerance, and not before the day is over", async () => {
    await enterOutside(trade.stall, 4000)
    await sell(trade.stall, 5001, trade.consumer)
    await judgeNow(trade.stall)
    expect(await kindsAt(trade.stall)).toEqual([])
    await enterOutside(trade.baseA, 4000)
    await sell(trade.baseA, 5000, trade.consumer)
    await judge(trade.stall)
    await judge(trade.baseA)
    expect(await alarmsAt(trade.stall, "sold-above-bought")).toMatchObject([
      { evidence: { commodity: cabbage, soldGrams: 5001, hadGrams: 4000, shortfallGrams: 1001, toleranceGrams: 1000 } },
    ])
    expect(await alarmsAt(trade.baseA, "sold-above-bought")).toEqual([])
  })

  test("is right again when the missing purchase comes late; what comes back is new evidence", async () => {
    await sell(trade.stall, 9000, trade.consumer)
    await judge(trade.stall)
    expect(await kindsAt(trade.stall)).toEqual(["sold-above-bought", "unknown-share"])
    const [before] = await alarmsAt(trade.stall, "sold-above-bought")
    const receivedAtSeconds = secondsOf(gateway.ctx) - 3600
    const body = { commodity: cabbage, weightGrams: 9000, receivedAtSeconds, declaredOrigin: "" }
    await trade.stall.deliver(await trade.stall.envelope("outside-goods", body))
    await judge(trade.stall)
    const [after] = await alarmsAt(trade.stall, "sold-above-bought")
    expect(after).toMatchObject({ id: before?.id, holds: false, version: 1, state: "new" })
  })
})

describe("goods on the road", () => {
  const place = (at: SellingTerminal, latitudeMicrodegrees: number, longitudeMicrodegrees: number) =>
    placeSite(gateway.ctx, operator, { siteId: at.siteId, latitudeMicrodegrees, longitudeMicrodegrees })

  test("raise an alarm where no lorry is so fast, while the day goes on, and none after a drive", async () => {
    // Xinfadi and a market in Zhangjiakou: some 150 km.
    await place(trade.wholesaler, 39_815_000, 116_340_000)
    await place(trade.stall, 40_820_000, 114_880_000)
    const fast = await sell(trade.wholesaler, 2000, trade.stallWallet)
    gateway.clock.advance(30 * 60_000)
    await accept(trade.stall, fast.recordId, 2000)
    const slow = await sell(trade.wholesaler, 2000, trade.stallWallet)
    gateway.clock.advance(100 * 60_000)
    await accept(trade.stall, slow.recordId, 2000)
    // Offered only: it has not arrived.
    await sell(trade.wholesaler, 2000, trade.stallWallet)
    await judgeNow(trade.stall)
    expect(await alarmsAt(trade.stall)).toMatchObject([
      {
        kind: "impossible-speed",
        subject: `${fast.recordId}:0`,
        merchantId: trade.stall.merchantId,
        evidence: { grams: 2000, fromSiteId: trade.wholesaler.siteId, minutes: 30, limitKmPerHour: 120 },
      },
    ])
  })

  test("say nothing between places that nobody placed", async () => {
    const sale = await sell(trade.wholesaler, 2000, trade.stallWallet)
    await accept(trade.stall, sale.recordId, 2000)
    await judgeNow(trade.stall)
    expect(await kindsAt(trade.stall)).toEqual([])
  })

  test("a place is corrected by the site's own operator, once in the audit trail, and by no other", async () => {
    await place(trade.stall, 1, 2)
    const same = await place(trade.stall, 1, 2)
    expect(same).toMatchObject({ latitudeMicrodegrees: 1, longitudeMicrodegrees: 2 })
    const order = { siteId: trade.stall.siteId, latitudeMicrodegrees: 3, longitudeMicrodegrees: 4 }
    for (const actor of [operatorOf(trade.wholesaler.siteId), operatorWithout("participants:write")]) {
      expect(await refusalOf(placeSite(gateway.ctx, actor, order))).toBe("request/forbidden")
    }
    const lines = await gateway.ctx.db.select().from(audit).where(eq(audit.subject, trade.stall.siteId))
    expect(lines.filter(({ verb }) => verb === "sites/place")).toHaveLength(1)
  })

  test("[great circle] distances are right to a kilometre", () => {
    expect(distanceKm([39_904_200, 116_407_400], [31_230_400, 121_473_700])).toBeCloseTo(1067, -1)
    expect(distanceKm([0, 0], [0, 0])).toBe(0)
  })
})

describe("payments at a stall", () => {
  test("by its own wallets are an alarm from the second on; by another stall's they are trade", async () => {
    const [fed, other] = [trade.stall, await openTrade(gateway.ctx)]
    await enterOutside(fed, 4000)
    await sell(fed, 500, trade.stallWallet)
    await sell(fed, 500, trade.wholesalerWallet)
    await sell(fed, 500, trade.wholesalerWallet)
    await judgeNow(fed)
    expect(await kindsAt(fed)).toEqual([])
    await sell(fed, 500, trade.stallWallet)
    await sell(other.stall, 500, other.stallWallet)
    await judgeNow(fed)
    await judgeNow(other.stall)
    const [alarm] = await alarmsAt(fed)
    expect(alarm).toMatchObject({
      kind: "own-wallet",
      subject: fed.merchantId,
      evidence: { payments: 2, amountFen: 400, wallets: 1, paymentsMin: 2 },
    })
    expect(JSON.stringify(alarm)).not.toContain(trade.stallWallet.id)
    expect(await kindsAt(other.stall)).toEqual([])
  })

  test("of round amounts are an alarm beyond chance only", async () => {
    await enterOutside(trade.stall, 4000)
    // 250 g at 4.00 a kilogram are one yuan.
    await takeCash(trade.stall, 30, 16)
    await takeCash(trade.baseA, 30, 8)
    await judge(trade.stall)
    await judge(trade.baseA)
    expect(await alarmsAt(trade.stall, "round-amounts")).toMatchObject([
      { evidence: { sales: 30, roundSales: 16, expectedPermille: 100, roundFen: 100 } },
    ])
    expect(await alarmsAt(trade.baseA, "round-amounts")).toEqual([])
  })

  test("[binomial] chances are summed to the end", () => {
    expect(binomialTailExponent(10, 10, 0.1)).toBeCloseTo(10)
    expect(binomialTailExponent(2, 1, 0.5)).toBeCloseTo(-Math.log10(0.75))
    expect(binomialTailExponent(5, 0, 0.1)).toBe(0)
    expect(binomialTailExponent(2000, 2000, 0.1)).toBeCloseTo(2000)
  })
})

describe("what happened stays so", () => {
  test("a terminal whose key signed two sales of one number is one alarm, however often either comes", async () => {
    nextMoment(gateway.clock)
    const [first, second] = [
      await trade.stall.code(9001, [gramsOf(1, 500)]),
      await trade.stall.code(9001, [gramsOf(1, 700)]),
    ]
    await trade.stall.deliver(await trade.stall.envelope("sale", trade.stall.saleBody(first)))
    await trade.stall.deliver(await trade.stall.envelope("sale", trade.stall.saleBody(first)))
    expect(await kindsAt(trade.stall)).toEqual([])
    const other = await trade.stall.envelope("sale", trade.stall.saleBody(second))
    expect(refusalsOf(await trade.stall.deliver(other))).toEqual(["sale/other-bytes"])
    await trade.stall.deliver(other)
    await alarmOtherBytes(gateway.ctx, second)
    const terminal = terminalToHex(trade.stall.terminalId)
    expect(await alarmsAt(trade.stall)).toMatchObject([
      { kind: "terminal-copied", subject: terminal, version: 1, evidence: { terminal, conflicts: 1, named: ["9001"] } },
    ])
    const uploadId = gateway.ctx.random.uuid()
    const goods = { commodity: cabbage, receivedAtSeconds: secondsOf(gateway.ctx), declaredOrigin: "" }
    await trade.stall.deliver(await trade.stall.envelope("outside-goods", { ...goods, weightGrams: 1000 }, uploadId))
    await trade.stall.deliver(await trade.stall.envelope("outside-goods", { ...goods, weightGrams: 2000 }, uploadId))
    expect(await alarmsAt(trade.stall)).toMatchObject([
      { version: 2, evidence: { conflicts: 2, named: ["9001", uploadId] } },
    ])
  })

  test("money that needs a person stands beside them, once for a number and day", async () => {
    const about = { number: "260301abc", siteId: trade.stall.siteId, detail: { code: "x".repeat(500) } }
    for (let times = 0; times < 2; times++) {
      await gateway.ctx.db.transaction((tx) => raiseAlarm(gateway.ctx, tx, "payments/wrong-amount", about))
    }
    expect(await alarmsAt(trade.stall)).toMatchObject([
      { kind: "payment", version: 1, evidence: { reason: "payments/wrong-amount", number: "260301abc" } },
    ])
  })

  test("so do rows outside of their partitions, for those who act at every site", async () => {
    await gateway.ctx.sql`
      INSERT INTO audit (id, day, actor_kind, actor_id, verb, subject, detail, at)
      VALUES (${gateway.ctx.random.uuid()}, '2001-01-01', 'machine', 'test', 'test', 'test', '{}', now())`
    await ensurePartitions(gateway.ctx)
    const query = { kind: "stray-rows", limit: 10 } as const
    const [alarm] = await listAlarms(gateway.ctx.db, operator, query)
    expect(alarm).toMatchObject({ siteId: null, evidence: { rowsDay: "2001-01-01", rows: 1 } })
    const ofOneSite = operatorOf(trade.stall.siteId)
    expect(await listAlarms(gateway.ctx.db, ofOneSite, query)).toEqual([])
    expect(await refusalOf(readAlarm(gateway.ctx.db, ofOneSite, alarm?.id ?? ""))).toBe("request/forbidden")
  })
})

describe("what becomes of an alarm", () => {
  async function raised() {
    await sell(trade.stall, 9000, trade.consumer)
    await judge(trade.stall)
    const [alarm] = await alarmsAt(trade.stall, "sold-above-bought")
    if (!alarm) throw new Error("no alarm was raised")
    return alarm
  }
  const decide = (
    id: string,
    state: "looked-at" | "explained" | "confirmed",
    more: { version?: number; note?: string; actor?: Actor } = {},
  ) => {
    const { actor = operator, version = 1, note } = more
    return decideAlarm(gateway.ctx, actor, { id, state, version, note })
  }
  const decisionsOf = async (id: string) => {
    const lines = await gateway.ctx.db.select().from(audit).where(eq(audit.subject, id)).orderBy(audit.at)
    return lines.map(({ detail }) => detail)
  }

  test("new → looked at → explained, with who, when and why; the same again changes nothing", async () => {
    const { id } = await raised()
    expect(await refusalOf(decide(id, "explained", { note: "收据在此" }))).toBe("alarm/wrong-state")
    await decide(id, "looked-at")
    await decide(id, "looked-at")
    nextMoment(gateway.clock)
    expect(await refusalOf(decide(id, "explained"))).toBe("alarm/note-needed")
    await decide(id, "explained", { note: "进货单补录", actor: secondOperator })
    expect(await readAlarm(gateway.ctx.db, operator, id)).toMatchObject({
      ...{ state: "explained", decidedBy: secondOperator.id, note: "进货单补录" },
      decidedAt: new Date(gateway.clock.nowMs()),
    })
    expect(await refusalOf(decide(id, "confirmed", { note: "不对" }))).toBe("alarm/wrong-state")
    expect(await decisionsOf(id)).toMatchObject([
      { from: "new", state: "looked-at", version: 1 },
      { from: "looked-at", state: "explained", version: 1 },
    ])
  })

  test("what was explained by other evidence is new again, and is decided by what was shown only", async () => {
    const { id } = await raised()
    await decide(id, "looked-at")
    await decide(id, "explained", { note: "已解释" })
    await sell(trade.stall, 3000, trade.consumer)
    await judgeDays(later())
    await judgeDays(later())
    expect(await readAlarm(gateway.ctx.db, operator, id)).toMatchObject({
      ...{ state: "new", version: 2, note: "已解释" },
      evidence: { shortfallGrams: 12_000 },
    })
    expect(await refusalOf(decide(id, "looked-at", { version: 1 }))).toBe("alarm/changed")
    await decide(id, "looked-at", { version: 2 })
  })

  test("[AL-8] new → looked at → confirmed with a note; what was confirmed stays so when its evidence changes", async () => {
    const { id } = await raised()
    await decide(id, "looked-at")
    expect(await refusalOf(decide(id, "confirmed"))).toBe("alarm/note-needed")
    await decide(id, "confirmed", { note: "无票进货", actor: secondOperator })
    const decision = { state: "confirmed", decidedBy: secondOperator.id, note: "无票进货" }
    expect(await readAlarm(gateway.ctx.db, operator, id)).toMatchObject({ ...decision, version: 1 })
    expect(await refusalOf(decide(id, "explained", { note: "不对" }))).toBe("alarm/wrong-state")
    nextMoment(gateway.clock)
    await sell(trade.stall, 3000, trade.consumer)
    await judge(trade.stall)
    expect(await readAlarm(gateway.ctx.db, operator, id)).toMatchObject({
      ...{ ...decision, version: 2, holds: true },
      evidence: { shortfallGrams: 12_000 },
    })
    expect(await refusalOf(decide(id, "explained", { note: "不对", version: 2 }))).toBe("alarm/wrong-state")
  })

  test("refuses the wrong actor: another site's operator, one without the scope, a machine, a merchant", async () => {
    const { id } = await raised()
    const elsewhere = await makeStall(gateway.ctx)
    for (const actor of [
      operatorOf(elsewhere.siteId),
      operatorWithout("alarms:write"),
      { ...operator, kind: "machine" } as const,
      { kind: "merchant", id: trade.stall.merchantId, siteIds: [trade.stall.siteId], scopes: [] } as const,
    ]) {
      expect(await refusalOf(decide(id, "looked-at", { actor }))).toBe("request/forbidden")
    }
    expect(await refusalOf(readAlarm(gateway.ctx.db, operatorOf(elsewhere.siteId), id))).toBe("request/forbidden")
    expect(await refusalOf(readAlarm(gateway.ctx.db, operatorWithout("alarms:read"), id))).toBe("request/forbidden")
    expect(await readAlarm(gateway.ctx.db, operator, id)).toMatchObject({ state: "new", version: 1 })
  })

  test("is read and decided over HTTP, page by page", async () => {
    const { id } = await raised()
    const app = testApp(gateway.ctx)
    const order = { label: "test", kind: "operator", actorId: "wang", days: 1 } as const
    const { token } = await issueToken(gateway.ctx, operator, {
      ...order,
      siteIds: [trade.stall.siteId],
      scopes: ["alarms:read", "alarms:write"],
    })
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const first = await (await app.request("/alarms?state=new&limit=1", { headers })).json()
    const second = await (await app.request(`/alarms?limit=1&after=${first[0].id}`, { headers })).json()
    expect([first[0].kind, second[0].kind].toSorted()).toEqual(["sold-above-bought", "unknown-share"])
    const decideAt = (body: object) =>
      app.request(`/alarms/${id}/decision`, { method: "POST", headers, body: JSON.stringify(body) })
    const looked = await decideAt({ state: "looked-at", version: 1 })
    expect(await looked.json()).toMatchObject({ id, state: "looked-at", decidedBy: "wang" })
    for (const bad of [{ state: "new", version: 1 }, { state: "explained", version: 0 }, { state: "explained" }]) {
      expect(await (await decideAt(bad)).json()).toMatchObject({ code: "request/malformed" })
    }
    const client = gatewayClient(
      async ({ method, path, headers: own, body }) => {
        const answer = await app.request(path, { method, headers: own, ...(body === undefined ? {} : { body }) })
        return { status: answer.status, headers: {}, body: await answer.text() }
      },
      { token: () => token, language: "en" },
    )
    const note = "进货单在此"
    const explained = await client.post("/alarms/{id}/decision", {
      path: { id },
      body: { state: "explained", version: 1, note },
    })
    expect(explained).toMatchObject({ ok: true, value: { state: "explained", note, decidedBy: "wang" } })
    expect(await client.get("/alarms", { query: { state: "explained" } })).toMatchObject({ ok: true, value: [{ id }] })
    expect((await app.request("/alarms")).status).toBe(401)
    const none = await app.request(`/alarms/${gateway.ctx.random.uuid()}`, { headers })
    expect(await none.json()).toMatchObject({ code: "alarm/unknown" })
  })
})
