// A day's books against what happened, and against the pure engine over random days.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { type BalanceLine, readMassBalance } from "@suyuan/api/balance/mass-balance"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { pileEventOf } from "@suyuan/api/trace/read-histories"
import { clockErrorMs } from "@suyuan/api/trace/resolve"
import { walkPile } from "@suyuan/api/trace/walk-pile"
import { pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { runPile } from "@suyuan/protocol/trace/pile"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { eq } from "drizzle-orm"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { arrivalBody, nextMoment, openTrade, secondsOf, type Trade } from "../../support/goods"
import { refundOnPlatform, type TestBuyer } from "../../support/paying"
import { cabbage, type SellingTerminal } from "../../support/selling"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { dayInChina, skipToAfternoon, tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const dayOf = dayInChina
const nextAfternoon = () => skipToAfternoon(gateway)

const { sell, harvest, enterOutside } = tradingAt(() => gateway)

async function count(terminal: SellingTerminal, countedGrams: number): Promise<void> {
  nextMoment(gateway.clock)
  const body = { commodity: cabbage, countedGrams, countedAtSeconds: secondsOf(gateway.ctx) }
  await terminal.deliver(await terminal.envelope("stock-take", body))
}

async function waste(terminal: SellingTerminal, weightGrams: number, more: Partial<UploadBody<"waste">> = {}) {
  nextMoment(gateway.clock)
  const said = { commodity: cabbage, lot: undefined, weightGrams, reason: "spoiled" as const, sentBackOf: undefined }
  await terminal.deliver(
    await terminal.envelope("waste", { ...said, wastedAtSeconds: secondsOf(gateway.ctx), ...more }),
  )
}

const balanceOf = async ({ merchantId }: SellingTerminal, day: string): Promise<BalanceLine | undefined> =>
  (await readMassBalance(gateway.ctx, operator, { merchantId, day })).lines[0]

const total = (kinds: Readonly<Record<string, number>>) => Object.values(kinds).reduce((sum, grams) => sum + grams, 0)

function expectIdentity(line: BalanceLine): void {
  expect(line.openingGrams + total(line.in) - total(line.out)).toBe(line.closingGrams)
}

const noInflows = { purchase: 0, harvest: 0, outside: 0, return: 0, surplus: 0, shortfall: 0, other: 0 }
const noOutflows = { sale: 0, waste: 0, loss: 0, returned: 0, other: 0 }

describe("a stall's day", () => {
  test("has what came in and left by kind, what was counted, and what must have come unseen", async () => {
    nextAfternoon()
    const day = dayOf(gateway.clock.nowMs())
    await harvest(trade.baseA, 20_000)
    await sell(trade.baseA, 12_000, trade.wholesalerWallet)
    const toStall = await sell(trade.wholesaler, 9000, trade.stallWallet)
    nextMoment(gateway.clock)
    await trade.stall.deliver(
      await trade.stall.envelope("arrival", arrivalBody(gateway.ctx, toStall.recordId, "accepted", 8800)),
    )
    await enterOutside(trade.stall, 1200)
    const bag = await sell(trade.stall, 3000, trade.consumer)
    await refundOnPlatform(gateway.ctx, bag, { goods: "returned", amountFen: bag.amountFen, lines: [[0, 500]] })
    await waste(trade.stall, 700)
    const bytes = fromHex(toStall.recordId)
    if (!bytes) throw new Error("a record id is not hex")
    await waste(trade.stall, 800, { reason: "sent-back", sentBackOf: { saleRecordId: bytes, lineIndex: 0 } })
    await count(trade.stall, 5900)
    await sell(trade.stall, 6500, trade.consumer)
    await count(trade.stall, 250)

    const line = await balanceOf(trade.stall, day)
    expect(line).toMatchObject({
      openingGrams: 0,
      in: { ...noInflows, purchase: 8800, outside: 1200, return: 500, surplus: 250, shortfall: 600 },
      out: { ...noOutflows, sale: 9500, waste: 700, loss: 100, returned: 800 },
      closingGrams: 250,
      countedGrams: 250,
    })
    if (line) expectIdentity(line)
    expect(await balanceOf(trade.baseA, day)).toMatchObject({
      in: { ...noInflows, harvest: 20_000 },
      out: { ...noOutflows, sale: 12_000 },
      closingGrams: 8000,
    })
    // What went back is offered to the wholesaler as a purchase.
    expect(await balanceOf(trade.wholesaler, day)).toMatchObject({ in: { purchase: 12_800 }, closingGrams: 3800 })
  })

  test("[RG-24] counts what a merchant gave back on a refund as returned, at both", async () => {
    nextAfternoon()
    const day = dayOf(gateway.clock.nowMs())
    const { baseB, stall, stallWallet } = await openTrade(gateway.ctx)
    await harvest(baseB, 5000)
    const sale = await sell(baseB, 3000, stallWallet)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "discarded", amountFen: 100, lines: [[0, 1000]] })
    expect(await balanceOf(stall, day)).toMatchObject({
      in: { ...noInflows, purchase: 3000 },
      out: { ...noOutflows, returned: 1000 },
      closingGrams: 2000,
    })
    expect(await balanceOf(baseB, day)).toMatchObject({
      in: { ...noInflows, harvest: 5000, return: 1000 },
      out: { ...noOutflows, sale: 3000, waste: 1000 },
      closingGrams: 2000,
    })
  })

  test("opens with what the day before closed with, from its history and from what is remembered", async () => {
    const before = dayOf(gateway.clock.nowMs())
    const closing = (await balanceOf(trade.wholesaler, before))?.closingGrams
    await walkPile(gateway.ctx, pileIdOf(trade.wholesaler.merchantId, cabbage, null))
    nextAfternoon()
    const day = dayOf(gateway.clock.nowMs())
    expect(await balanceOf(trade.wholesaler, day)).toMatchObject({ openingGrams: 3800, closingGrams: 3800 })
    expect(closing).toBe(3800)
    await gateway.ctx.db.execute("DELETE FROM pile_days")
    expect(await balanceOf(trade.wholesaler, day)).toMatchObject({ openingGrams: 3800, closingGrams: 3800 })
  })

  test("takes back what was never handed over, on the day of its sale", async () => {
    const day = dayOf(gateway.clock.nowMs())
    const bag = await sell(trade.wholesaler, 1000, trade.consumer)
    await refundOnPlatform(gateway.ctx, bag, { goods: "not-handed-over", amountFen: bag.amountFen, lines: [] })
    expect(await balanceOf(trade.wholesaler, day)).toMatchObject({ out: noOutflows, closingGrams: 3800 })
  })

  test("costs two statements, for one stall and for a whole market", async () => {
    const counted = countStatements(gateway.ctx)
    const day = dayOf(gateway.clock.nowMs())
    const { merchantId, siteId } = trade.stall
    expect(await counted.statementsOf((ctx) => readMassBalance(ctx, operator, { merchantId, day }))).toBe(2)
    expect(await counted.statementsOf((ctx) => readMassBalance(ctx, operator, { siteId, day }))).toBe(2)
    await counted.end()
  })
})

describe("who may read it", () => {
  test("refuses the wrong actor: another stall's wallet, another site's operator, one without the scope", async () => {
    const day = dayOf(gateway.clock.nowMs())
    const { merchantId, siteId } = trade.stall
    const other = await makeStall(gateway.ctx)
    const buyer = (wallet: TestBuyer) => ({ kind: "buyer", id: wallet.id, siteIds: [], scopes: [] }) as const
    const read = (actor: Parameters<typeof readMassBalance>[1]) =>
      readMassBalance(gateway.ctx, actor, { merchantId, day })
    expect((await read(buyer(trade.stallWallet))).lines).toHaveLength(1)
    expect((await read({ kind: "merchant", id: merchantId, siteIds: [siteId], scopes: [] })).lines).toHaveLength(1)
    expect((await read({ ...operatorOf(siteId), kind: "inspector" })).lines).toHaveLength(1)
    for (const actor of [
      buyer(trade.wholesalerWallet),
      buyer(trade.consumer),
      { kind: "merchant", id: other.merchantId, siteIds: [siteId], scopes: [] } as const,
      operatorOf(other.siteId),
      operatorWithout("traces:read"),
    ]) {
      expect(await refusalOf(read(actor))).toBe("request/forbidden")
    }
    const ofSite = readMassBalance(gateway.ctx, buyer(trade.stallWallet), { siteId, day })
    expect(await refusalOf(ofSite)).toBe("request/forbidden")
  })

  test("answers as JSON and as a file, and refuses a day that has not begun", async () => {
    const app = testApp(gateway.ctx)
    const day = dayOf(gateway.clock.nowMs())
    const { merchantId, siteId } = trade.stall
    const headers = await tokenOf(gateway.ctx, ["traces:read"], siteId)
    const ofSite = await app.request(`/balance/sites/${siteId}/${day}`, { headers })
    expect(await ofSite.json()).toMatchObject({ day, isOver: false, lines: [{ merchantId, commodity: cabbage }] })
    const own = await app.request(`/balance/merchants/${merchantId}/${day}?as=csv&lang=en`, {
      headers: await sessionOf(gateway.ctx, trade.stallWallet),
    })
    expect(own.headers.get("content-type")).toContain("text/csv")
    const [head, row] = (await own.text()).split("\r\n")
    expect(head?.split(",")).toHaveLength(row?.split(",").length ?? 0)
    expect(row).toContain("0.250")
    const later = await app.request(`/balance/sites/${siteId}/2999-01-01`, { headers })
    expect(await later.json()).toMatchObject({ code: "statement/day-not-begun" })
    expect((await app.request(`/balance/sites/${siteId}/${day}`)).status).toBe(401)
  })
})

describe("random days", () => {
  /** Mulberry32: the same piles each time. */
  function randomOf(seed: number) {
    let state = seed
    return (below: number) => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below
    }
  }
  type Row = typeof pileEvents.$inferInsert

  function randomRows(seed: number, pile: Pick<Row, "pileId" | "siteId" | "merchantId" | "commodity">, days: number[]) {
    const random = randomOf(seed)
    const rows: Row[] = []
    const idOf = (number: number) => `${seed.toString(16).padStart(16, "0")}${number.toString(16).padStart(16, "0")}`
    for (let number = 0; number < 24; number++) {
      // Far from midnight, often near one another.
      const inDay = 3_600_000 + random(60) * 1000 + random(3) * 1800_000
      const at = new Date((days[random(days.length)] ?? 0) + inDay)
      const gramsHigh = random(2000)
      const gramsLow = random(4) === 0 ? gramsHigh - random(gramsHigh + 1) : gramsHigh
      const row = { ...pile, day: at.toISOString().slice(0, 10), effectiveAt: at, line: 0, recordId: idOf(number) }
      const kind = random(10)
      if (kind < 3) rows.push({ ...row, direction: 0, source: "unknown", gramsLow, gramsHigh })
      else if (kind < 8) {
        const outflow = { ...row, direction: 1, source: "outflow" as const, gramsLow, gramsHigh }
        rows.push(outflow)
        const named = { upstreamPileId: pile.pileId, upstreamRecordId: row.recordId, upstreamLine: 0 }
        const back = { ...outflow, ...named, direction: 0, recordId: idOf(number + 100) }
        const answered = random(8)
        if (answered === 0) rows.push({ ...back, source: "void" })
        else if (answered === 1) {
          const later = new Date(at.getTime() + 60_000)
          rows.push({ ...back, source: "return", effectiveAt: later, day: later.toISOString().slice(0, 10) })
        }
      } else rows.push({ ...row, direction: 2, source: "count", gramsLow: gramsHigh, gramsHigh })
    }
    return rows
  }

  test("[RG-6][RG-7][RG-14] balance to the gram, close as the next opens, and weigh what the pure engine says", async () => {
    const { merchantId, siteId } = await makeStall(gateway.ctx)
    const today = Date.parse(`${dayOf(Date.now())}T00:00:00+08:00`)
    const days = [0, 1, 2].map((ahead) => today + ahead * 86_400_000)
    gateway.clock.advance(Math.max(0, today + 4 * 86_400_000 - gateway.clock.nowMs()))
    const rowsOf = new Map<number, Row[]>()
    for (let commodity = 1000; commodity < 1060; commodity++) {
      const pile = { pileId: pileIdOf(merchantId, commodity, null), siteId, merchantId, commodity }
      const rows = randomRows(commodity, pile, days)
      rowsOf.set(commodity, rows)
    }
    const made = [...rowsOf].map(([commodity, rows]) => {
      const lastAt = new Date(Math.max(...rows.map((row) => row.effectiveAt.getTime())))
      const id = pileIdOf(merchantId, commodity, null)
      const alias = id.slice(0, 16)
      return { id, siteId, merchantId, commodity, lotId: null, alias, createdAt: lastAt, lastAt }
    })
    await gateway.ctx.db.insert(piles).values(made)
    await gateway.ctx.db.insert(pileEvents).values([...rowsOf.values()].flat())
    const found = new Map<number, BalanceLine[]>()
    for (const ms of days) {
      const { lines } = await readMassBalance(gateway.ctx, operator, { siteId, day: dayOf(ms) })
      for (const line of lines) found.set(line.commodity, [...(found.get(line.commodity) ?? []), line])
    }
    for (const [commodity, rows] of rowsOf) {
      const lines = found.get(commodity) ?? []
      for (const line of lines) expectIdentity(line)
      expect(lines.slice(1).map((line) => line.openingGrams)).toEqual(
        lines.slice(0, -1).map((line) => line.closingGrams),
      )
      const events: PileEvent[] = rows.map((row) =>
        pileEventOf({
          ...{ ...row, lotId: null, upstreamPileId: row.upstreamPileId ?? null },
          ...{ upstreamRecordId: row.upstreamRecordId ?? null, upstreamLine: row.upstreamLine ?? null },
        }),
      )
      const engine = runPile(events, { clockErrorMs })
      const sum = (of: (line: BalanceLine) => number) => lines.reduce((all, line) => all + of(line), 0)
      const engineSum = (of: (segment: (typeof engine.segments)[number]) => number) =>
        engine.segments.reduce((all, segment) => all + of(segment), 0)
      expect({
        commodity,
        stock: lines.at(-1)?.closingGrams,
        shortfall: sum((line) => line.in.shortfall),
        surplus: sum((line) => line.in.surplus),
        loss: sum((line) => line.out.loss),
      }).toEqual({
        commodity,
        stock: engine.stockGrams,
        shortfall: engine.shortfallGrams,
        surplus: engineSum((segment) => segment.surplusGrams),
        loss: engineSum((segment) => segment.lossGrams),
      })
    }
    await gateway.ctx.db.delete(pileEvents).where(eq(pileEvents.siteId, siteId))
  })
})
