import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Context } from "@suyuan/api/context"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { asc } from "drizzle-orm"
import fc from "fast-check"
import { type TestGateway, testGateway } from "../../support/context"
import {
  arrivalBody,
  harvestBody,
  inUndoneTransaction,
  nextMoment,
  openTrade,
  refusalsOf,
  type Trade,
} from "../../support/goods"
import { payOnPlatform, refundOnPlatform, saleRow, type TestBuyer } from "../../support/paying"
import { gramsOf, type SellingTerminal } from "../../support/selling"

setDefaultTimeout(120_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

/** Something that reaches the gateway. False: what it names is not there yet, and it comes again. */
type Arrival = { readonly what: string; readonly arrive: (ctx: Context) => Promise<boolean> }

const upload = (what: string, terminal: SellingTerminal, envelope: Uint8Array): Arrival => ({
  what,
  arrive: async (ctx) => refusalsOf(await terminal.deliverTo(ctx, envelope)).length > 0,
})

/** A day of which everything is signed already, and nothing has reached the gateway. */
async function signDay() {
  const { baseA, baseB, wholesaler, stall, wholesalerWallet, stallWallet, consumer } = trade
  const { ctx, clock } = gateway
  const arrivals: Arrival[] = []
  const names = new Map<string, string>()
  let counter = 0
  const sale = async (what: string, seller: SellingTerminal, grams: number, buyer: TestBuyer) => {
    nextMoment(clock)
    counter += 1
    const code = await seller.code(counter, [gramsOf(1, grams)])
    arrivals.push(upload(`${what}: upload`, seller, await seller.envelope("sale", seller.saleBody(code))))
    arrivals.push({
      what: `${what}: payment`,
      arrive: async (inside) => {
        await payOnPlatform(inside, code, buyer)
        return true
      },
    })
    names.set(what, await recordIdOf(code, seller, buyer))
    return code
  }
  /** The id is a function of the code: found by letting the sale happen and taking it back. */
  const recordIdOf = (code: PayCode, seller: SellingTerminal, buyer: TestBuyer) =>
    inUndoneTransaction(ctx, async (inside) => {
      await seller.deliverTo(inside, await seller.envelope("sale", seller.saleBody(code)))
      return (await payOnPlatform(inside, code, buyer)).recordId ?? ""
    })
  const named = (what: string) => names.get(what) ?? ""
  const arrival = async (what: string, terminal: SellingTerminal, outcome: "accepted" | "refused", grams: number) => {
    nextMoment(clock)
    const body = arrivalBody(ctx, named(what), outcome, grams)
    arrivals.push(upload(`${what}: ${outcome} ${grams}`, terminal, await terminal.envelope("arrival", body)))
  }
  const refund = (what: string, code: PayCode, goods: "returned" | "discarded" | "not-handed-over", grams: number) =>
    arrivals.push({
      what: `${what}: ${goods}`,
      arrive: async (inside) => {
        const key = { terminalId: code.body.terminal, counter: code.body.counter, day: dayOf(code) }
        const row = await saleRow(inside, key).catch(() => undefined)
        if (!row?.recordId) return false
        await refundOnPlatform(inside, row, { goods, amountFen: 100, lines: [[0, grams]], id: refundId(what) })
        return true
      },
    })

  for (const [base, lot] of [
    [baseA, "019ab000-0000-7000-8000-00000000000a"],
    [baseB, "019ab000-0000-7000-8000-00000000000b"],
  ] as const) {
    nextMoment(clock)
    arrivals.push(upload(`harvest ${lot}`, base, await base.envelope("harvest", harvestBody(ctx, lot, 10_000))))
  }
  await sale("A to wholesaler", baseA, 6000, wholesalerWallet)
  const fromB = await sale("B to wholesaler", baseB, 4000, wholesalerWallet)
  const fromA = await sale("A to wholesaler again", baseA, 1000, wholesalerWallet)
  await arrival("A to wholesaler", wholesaler, "refused", 0)
  await arrival("A to wholesaler", wholesaler, "accepted", 5500)
  const wholesale = await sale("wholesaler to stall", wholesaler, 7000, stallWallet)
  await arrival("wholesaler to stall", stall, "accepted", 6800)
  const first = await sale("stall to consumer", stall, 2000, consumer)
  await sale("stall to another", stall, 1500, consumer)
  nextMoment(clock)
  refund("B to wholesaler", fromB, "not-handed-over", 500)
  refund("stall to consumer", first, "returned", 800)
  // Gone back from pile to pile (RG-24), with what the buyer says of the purchase coming when it comes.
  refund("wholesaler to stall", wholesale, "returned", 1200)
  refund("A to wholesaler again", fromA, "discarded", 300)
  nextMoment(clock)
  return { arrivals, named }
}

const dayOf = (code: PayCode) =>
  new Date(Date.UTC(2024, 0, 1) + code.body.issuedAtSeconds * 1000).toISOString().slice(0, 10)
const refundId = (what: string) =>
  `019ab000-0000-7000-8000-${new Bun.CryptoHasher("sha256").update(what).digest("hex").slice(0, 12)}`

/** What the piles hold and what two sales' traces say, after everything has arrived in this order. */
async function outcomeOf(arrivals: readonly Arrival[], sales: readonly string[]) {
  return inUndoneTransaction(gateway.ctx, async (inside) => {
    let waiting = [...arrivals]
    while (waiting.length > 0) {
      const again: Arrival[] = []
      for (const one of waiting) if (!(await one.arrive(inside))) again.push(one)
      if (again.length === waiting.length) throw new Error(`never taken: ${again.map(({ what }) => what)}`)
      waiting = again
    }
    const events = await inside.db
      .select()
      .from(pileEvents)
      .orderBy(asc(pileEvents.pileId), asc(pileEvents.effectiveAt), asc(pileEvents.recordId), asc(pileEvents.source))
    const traces = []
    for (const sale of sales) traces.push(await readTrace(inside, inside.db, sale, "purchase"))
    return { events, traces }
  })
}

test("what the piles hold depends on what happened, never on what arrived when", async () => {
  const { arrivals, named } = await signDay()
  const sales = [named("stall to consumer"), named("stall to another")]
  const inOrder = await outcomeOf(arrivals, sales)
  expect(inOrder.traces[0]?.lines[0]?.origin?.kind).not.toBe("unknown")
  expect(await outcomeOf(arrivals.toReversed(), sales)).toEqual(inOrder)
  // The wholesaler's tablet was offline all day: its sale comes last of all.
  const isLate = ({ what }: Arrival) => what === "wholesaler to stall: upload"
  const late = [...arrivals.filter((one) => !isLate(one)), ...arrivals.filter(isLate)]
  expect(await outcomeOf(late, sales)).toEqual(inOrder)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(arrivals, { minLength: arrivals.length }), async (shuffled) => {
      expect(await outcomeOf(shuffled, sales)).toEqual(inOrder)
    }),
    { numRuns: 6, endOnFailure: true },
  )
})
