// Outages of minutes, and ten minutes of faults at random.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { payByPhone, payInCash, type SoakSale, sell } from "../../scripts/soak/trade"
import { runBun } from "../../scripts/testing/run-bun"
import { type MarketAtFault, openMarketAtFault, until } from "../faults/market-at-fault"
import { runRows } from "../faults/run-rows"

setDefaultTimeout(1_200_000)

let market: MarketAtFault
beforeAll(async () => {
  market = await openMarketAtFault()
})
afterEach(() => market.rest())
afterAll(() => market?.end())

/** The work is done again and again for so long. */
async function forMinutes(minutes: number, work: () => Promise<unknown>): Promise<void> {
  const endMs = performance.now() + minutes * 60_000
  const isOver = async () => {
    await work()
    return performance.now() > endMs
  }
  await until(`${minutes} minutes have passed`, isOver, 2 * minutes * 60_000)
}

let grams = 1000
async function cashSale(sold: SoakSale[]): Promise<void> {
  grams += 1
  const sale = await sell(market.stall, grams)
  await payInCash(market, sale)
  sold.push(sale)
  // A seller has a buyer every second or so.
  const soon = performance.now() + 1_000
  await until("the next buyer comes", () => performance.now() > soon)
}

runRows("long", {
  minutesOfEverything: async () => {
    const { broker, chain, sandbox, database } = market.installation
    const sold: SoakSale[] = []
    const wanted = await sell(market.stall, 1234)
    await Promise.all([broker.stop(), chain.stop(), sandbox.kill()])
    await forMinutes(2, () => cashSale(sold))
    await Promise.all([broker.start(), chain.start(), sandbox.start()])
    await database.stop()
    await forMinutes(1, () => cashSale(sold))
    await database.start()
    await payByPhone(market, market.wallets.alipay, wanted)
    const { store } = market.stall.terminal
    await market.stall.until("an empty outbox", async () => (await store.list("outbox")).length === 0)
    expect(sold.length).toBeGreaterThan(60)
    const [stored] = await market.sql`SELECT count(*)::int AS n FROM sales WHERE paid_by = 'cash'`
    expect(stored?.n).toBe(sold.length)
  },
  soak: async () => {
    const { exitCode, text } = await runBun(["scripts/soak.ts", "--minutes", "10", "--json"])
    const figures = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "")
    expect(figures).toMatchObject({ isGood: true })
    // In ten minutes there is time for all of it.
    for (const happened of [figures.paid, figures.paidTwice, figures.cash, figures.cancelled, figures.refunds]) {
      expect(happened).toBeGreaterThan(0)
    }
    expect(Object.keys(figures.faults).length).toBeGreaterThan(5)
    expect(exitCode).toBe(0)
  },
})
