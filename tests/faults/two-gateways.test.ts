// Two gateway processes on one database and one broker: what one of them leaves, the other takes over within a lease.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { granted } from "../../scripts/demo/gateway"
import { giveBack, payByPhone, payInCash, persistently, type SoakSale, sell } from "../../scripts/soak/trade"
import { type MarketAtFault, openMarketAtFault, until } from "./market-at-fault"
import { openEvents } from "./open-events"
import { runRows } from "./run-rows"
import { openTimekeeper } from "./timekeeper"

setDefaultTimeout(120_000)

let market: MarketAtFault
beforeAll(async () => {
  market = await openMarketAtFault({ gateways: 2, stalls: 2 })
})
afterEach(() => market.rest())
afterAll(() => market?.end())

const shards = 16
/** Of the installation's settings: what is claimed of messages, of payments and refunds; no wait of theirs is longer. */
const claimMs = { outbox: 6000, attempts: 3000, refunds: 3000 }
/** How seldom somebody looks: an idle log's pause, the jobs' own. */
const pauseMs = { sealer: 1000, outbox: 1000, attempts: 500, refunds: 500 }
/** A machine that does other things beside is let so much time for what takes none. */
const busyMs = 5000
type Lease = { readonly name: string; readonly holder: string; readonly fence: number }

async function leases(): Promise<Lease[]> {
  const rows = await market.sql`
    SELECT name, holder, fence::int AS fence FROM leases WHERE until > now()
      AND (name LIKE 'ingest-%' OR name LIKE 'sealer-%') ORDER BY name`
  return rows.map(({ name, holder, fence }) => ({ name, holder, fence }))
}
/** Which of the two holds it: a holder's name has the process id in it. */
function gatewayOf(holder: string) {
  const [one, other] = market.installation.gateways
  const found = [one, other].find((gateway) => holder.includes(`-${gateway?.current().process.pid}-`))
  const living = [one, other].find((gateway) => gateway !== found)
  if (found === undefined || living === undefined) throw new Error(`nobody is ${holder}`)
  return { found, living }
}
const sealerLease = async () => {
  const found = (await leases()).find(({ name }) => name.startsWith("sealer-"))
  if (found === undefined) throw new Error("nobody seals")
  return found
}

let grams = 1000
async function trade(times: number, sold: SoakSale[]): Promise<void> {
  await Promise.all(
    market.stalls.map(async (stall, index) => {
      const platform = index === 0 ? "wechat-pay" : "alipay"
      for (let done = 0; done < times; done += 1) {
        grams += 1
        const [byPhone, inCash] = [await sell(stall, grams), await sell(stall, grams)]
        await payByPhone(market, market.wallets[platform], byPhone)
        await payInCash(market, inCash)
        await giveBack(market, byPhone, 34)
        sold.push(byPhone, inCash)
      }
    }),
  )
}

runRows("two-gateways", {
  oneKilled: async () => {
    const sold: SoakSale[] = []
    await until("all duties are taken", async () => (await leases()).length === shards + 1)
    const timekeeper = await openTimekeeper(market.sql)
    const trading = trade(8, sold)
    trading.catch(() => {}) // Looked at below.
    await until("the market is busy", () => sold.length > 4)
    const sealer = await sealerLease()
    const { found: dies, living } = gatewayOf(sealer.holder)
    const before = await leases()
    await dies.kill()
    const killed = await timekeeper.readWaits()
    // What it had in its hands waits for no longer than what was claimed: a time that was written, not taken.
    for (const { of, inMs } of killed.waits) expect(inMs, of).toBeLessThanOrEqual(claimMs[of])
    await until("the other holds every duty", async () => {
      const now = await leases()
      return now.length === shards + 1 && now.every(({ holder }) => gatewayOf(holder).found === living)
    })
    // Nobody took a duty while its lease ran; fences rose by one. A shard was the other's at its first look after that.
    const takeovers = (await timekeeper.readTakeovers()).filter(({ was }) => gatewayOf(was).found === dies)
    expect(takeovers.map(({ name }) => name)).toEqual(
      before.filter(({ holder }) => gatewayOf(holder).found === dies).map(({ name }) => name),
    )
    for (const { name, fence, lateMs, passedBy } of takeovers) {
      expect(fence).toBe((before.find((lease) => lease.name === name)?.fence ?? 0) + 1)
      expect(lateMs).toBeGreaterThan(0)
      if (name.startsWith("ingest-")) expect(passedBy).toBe(0)
      else expect(lateMs).toBeLessThanOrEqual(pauseMs.sealer + busyMs)
    }
    await trading
    await until("nothing of before waits any longer", async () => {
      const [left] = await market.sql`
        SELECT (SELECT count(*) FROM outbox WHERE created_at < ${killed.at}::timestamptz)::int
          + (SELECT count(*) FROM records WHERE state <> 'anchored' AND created_at < ${killed.at}::timestamptz)::int
          + (SELECT count(*) FROM refunds WHERE state <> 'succeeded' AND created_at < ${killed.at}::timestamptz)::int
          + (SELECT count(*) FROM attempts WHERE state IN ('prepared', 'sent', 'unknown')
              AND created_at < ${killed.at}::timestamptz)::int AS things`
      return left?.things === 0
    })
    // And what was due was taken up when it was, by whoever lived.
    for (const { of, lateMs } of await timekeeper.readLateness(killed.at)) {
      expect(lateMs, of).toBeLessThanOrEqual(pauseMs[of] + busyMs)
    }
    expect(sold).toHaveLength(32)
    await dies.start()
  },
  eventsSurvive: async () => {
    const { found: holder, living: other } = gatewayOf((await sealerLease()).holder)
    const [stall] = market.stalls
    if (stall === undefined) throw new Error("no stall")
    const sale = await sell(stall, 777)
    const { token, platform } = market.wallets["wechat-pay"]
    const path = { digits: sale.digits }
    await persistently("an order", async () =>
      granted("opening", await market.gateway.as(token).post("/p/{digits}/pay", { path, body: { platform } })),
    )
    // One page at each gateway; the one that has the duties dies.
    const pages = {
      atHolder: await openEvents(holder.url, sale.digits),
      atOther: await openEvents(other.url, sale.digits),
    }
    await until("both pages know the sale", () =>
      Object.values(pages).every((page) => page.heard().includes('"state":"paying"')),
    )
    await holder.kill()
    await payByPhone(market, market.wallets["wechat-pay"], sale)
    await until("the event of the payment", () => pages.atOther.heard().includes('"state":"paid"'))
    expect(pages.atHolder.heard()).not.toContain('"state":"paid"')
    for (const page of Object.values(pages)) page.close()
    await holder.start()
  },
  sleeperFenced: async () => {
    const before = await sealerLease()
    const { found: sleeper, living: other } = gatewayOf(before.holder)
    sleeper.silence()
    await until("the other has the log", async () => {
      const now = await leases()
      return now.some(({ name, holder }) => name === before.name && gatewayOf(holder).found === other)
    })
    const taken = await sealerLease()
    expect(taken.fence).toBe(before.fence + 1)
    const { url } = other
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const sold: SoakSale[] = []
    const [stall] = market.stalls
    if (stall === undefined) throw new Error("no stall")
    const inCash = await sell(stall, 888)
    await payInCash(market, inCash)
    sleeper.speak()
    await trade(2, sold)
    // It woke, believed in its lease, and was told otherwise: the log is the other's, by the same fence.
    expect(await sealerLease()).toEqual(taken)
  },
})
