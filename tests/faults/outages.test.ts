// Engines and platforms that go away for seconds while the market goes on, and tablets with a wrong clock.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { copyFileSync } from "node:fs"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import { refreshToken } from "@suyuan/terminal-kiosk/link/refresh-token"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { openDice } from "../../scripts/demo/dice"
import { granted } from "../../scripts/demo/gateway"
import type { Platform } from "../../scripts/demo/wallet"
import type { SoakStall } from "../../scripts/soak/market"
import { payByPhone, payInCash, persistently, type SoakSale, sell } from "../../scripts/soak/trade"
import { gatewayOf, type MarketAtFault, openMarketAtFault, until } from "./market-at-fault"
import { openEvents } from "./open-events"
import { runRows } from "./run-rows"

setDefaultTimeout(120_000)

let market: MarketAtFault
beforeAll(async () => {
  market = await openMarketAtFault({ stalls: 3 })
})
afterEach(() => market.rest())
afterAll(() => market?.end())

const gateway = () => gatewayOf(market)

let grams = 2000
const newSale = (stall = market.stall) => {
  grams += 1
  return sell(stall, grams)
}
const paidSale = async (platform: Platform, stall = market.stall) => {
  const sale = await newSale(stall)
  await payByPhone(market, market.wallets[platform], sale)
  return sale
}
const cashSale = async (stall = market.stall) => {
  const sale = await newSale(stall)
  await payInCash(market, sale)
  return sale
}
async function saleRow({ terminalId, counter }: SoakSale) {
  const [row] = await market.sql`SELECT * FROM sales WHERE terminal_id = ${terminalId} AND counter = ${counter}`
  return row
}
const terminalHeard = ({ counter }: SoakSale) =>
  market.stall.until("the terminal hears that it is paid", async () => {
    const row = await market.stall.terminal.store.get("sales", counterKey(counter))
    return row?.payment?.state === "paid"
  })
const lookAt = async ({ digits }: SoakSale) => {
  const seen = granted("a scan", await market.gateway.anyone.get("/p/{digits}", { path: { digits } }))
  if (typeof seen === "string") throw new Error("a page instead of JSON")
  return seen
}

async function rpc(method: string, params: unknown[] = []): Promise<void> {
  const response = await fetch(market.installation.chainRpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  expect(await response.json()).not.toHaveProperty("error")
}

async function batchAfter(sequence: number, state: string): Promise<void> {
  await until(`a batch is ${state}`, async () => {
    const rows = await market.sql`SELECT 1 FROM batches WHERE sequence > ${sequence} AND state = ${state}`
    return rows.length > 0
  })
}
const newestSequence = async () =>
  Number((await market.sql`SELECT max(sequence)::int AS newest FROM batches`)[0]?.newest ?? 0)

/** Sells and pays, one after the other, until the failure is over. */
async function underLoad(fail: () => Promise<void>): Promise<void> {
  let isOver = false
  const sellers = (["wechat-pay", "alipay"] as const).map(async (platform) => {
    while (!isOver) {
      await paidSale(platform)
      await cashSale()
    }
  })
  for (const seller of sellers) seller.catch(() => {}) // Looked at below.
  const before = await soldNow()
  await until("the market is busy", async () => (await soldNow()) > before + 3)
  try {
    await fail()
    const after = await soldNow()
    await until("the market is busy again", async () => (await soldNow()) > after + 3)
  } finally {
    isOver = true
  }
  await Promise.all(sellers)
}
/** Also while the database is away. */
const soldNow = () =>
  persistently("a look at the sales", async () => Number((await market.sql`SELECT count(*) AS n FROM sales`)[0]?.n))

const threeHoursMs = 3 * 3_600_000
const minuteMs = 60_000

/** Each connection begins with a hello: as many as it takes until gateway time minus terminal time is known. */
async function learns(stall: SoakStall, offsetMs: number): Promise<void> {
  await until("the offset is learned", async () => {
    await stall.goOffline()
    stall.goOnline()
    await stall.until("a connection", stall.isOnline)
    const id = stall.terminal.identity.terminal
    const [row] = await market.sql`SELECT clock_offset_ms AS ms FROM terminals WHERE id = ${id}`
    return Math.abs(Number(row?.ms) - offsetMs) < minuteMs
  })
}

function stallNumber(index: number): SoakStall {
  const stall = market.stalls[index]
  if (stall === undefined) throw new Error(`no stall ${index}`)
  return stall
}

runRows("outages", {
  brokerDown: async () => {
    const { broker } = market.installation
    await broker.stop()
    const [paid, cash] = [await paidSale("wechat-pay"), await cashSale()]
    expect(await saleRow(cash)).toBeUndefined()
    await broker.start()
    await terminalHeard(paid)
    await until("the cash sale arrives", async () => (await saleRow(cash))?.state === "paid")
  },
  brokerSilent: async () => {
    const { broker } = market.installation
    broker.silence()
    const paid = await paidSale("alipay")
    const waits = await market.sql`
      SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'
        AND xact_start < now() - interval '1 second'`
    expect(waits.map(({ query }) => query)).toEqual([])
    broker.speak()
    await terminalHeard(paid)
  },
  startWithoutBroker: async () => {
    const { broker } = market.installation
    await gateway().stop()
    await broker.stop()
    await gateway().startUnready()
    const ready = await fetch(`${gateway().url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({
      ready: false,
      checks: { database: "ok", broker: "failed", chain: "ok" },
    })
    const paid = await paidSale("wechat-pay")
    await broker.start()
    await until("the gateway is ready", async () => (await fetch(`${gateway().url}/readyz`)).ok)
    await terminalHeard(paid)
  },
  databaseRestarted: () =>
    underLoad(async () => {
      await market.installation.database.stop()
      await market.installation.database.start()
    }),
  backendKilled: () =>
    underLoad(async () => {
      const [backend] = await market.sql`
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
          AND pid <> pg_backend_pid() ORDER BY state = 'active' DESC, query_start DESC LIMIT 1`
      process.kill(Number(backend?.pid), "SIGKILL")
    }),
  eventsAfterRestart: async () => {
    const sale = await newSale()
    const path = { digits: sale.digits }
    const { token, platform } = market.wallets.alipay
    granted("opening", await market.gateway.as(token).post("/p/{digits}/pay", { path, body: { platform } }))
    const events = await openEvents(gateway().url, sale.digits)
    await market.installation.database.stop()
    await market.installation.database.start()
    await payByPhone(market, market.wallets.alipay, sale)
    await until("the event of the payment", () => events.heard().includes('"state":"paid"'))
    events.close()
  },
  platformsDown: async (platform) => {
    const { sandbox } = market.installation
    const sale = await newSale()
    await sandbox.kill()
    const path = { digits: sale.digits }
    const { token } = market.wallets[platform]
    const asked = await market.gateway.as(token).post("/p/{digits}/pay", { path, body: { platform } })
    expect(granted("opening", asked)).toMatchObject({ attempt: { state: "unknown" }, bridge: null })
    await sandbox.start()
    await payByPhone(market, market.wallets[platform], sale)
    const attempts = await market.sql`
      SELECT state FROM attempts WHERE terminal_id = ${sale.terminalId} AND counter = ${sale.counter}`
    expect(attempts.map(({ state }) => state)).toEqual(["succeeded"])
  },
  chainDown: async () => {
    const { chain } = market.installation
    await chain.stop()
    const paid = await paidSale("wechat-pay")
    await until("its record waits", async () => (await saleRow(paid))?.record_id != null)
    await chain.start()
  },
  chainSilent: async () => {
    const { chain } = market.installation
    chain.silence()
    const paid = await paidSale("alipay")
    await until("its record waits", async () => (await saleRow(paid))?.record_id != null)
    chain.speak()
  },
  transactionDropped: async () => {
    const before = await newestSequence()
    await rpc("evm_setAutomine", [false])
    await cashSale()
    await batchAfter(before, "submitted")
    await rpc("anvil_dropAllTransactions")
    await rpc("evm_setAutomine", [true])
    await batchAfter(before, "anchored")
  },
  chainWentBack: async () => {
    const { chain, chainStateFile } = market.installation
    await chain.stop()
    copyFileSync(chainStateFile, `${chainStateFile}.older`)
    await chain.start()
    const before = await newestSequence()
    await cashSale()
    await batchAfter(before, "anchored")
    const [kept] = await market.sql`SELECT payload FROM batches WHERE sequence = ${before + 1}`
    await chain.kill()
    copyFileSync(`${chainStateFile}.older`, chainStateFile)
    await chain.start()
    await cashSale()
    await until("the chain has it again", async () => (await market.identities()).every(({ holds }) => holds))
    const [again] = await market.sql`SELECT payload FROM batches WHERE sequence = ${before + 1}`
    expect(again?.payload).toEqual(kept?.payload)
  },
  clockAhead: async () => {
    const stall = stallNumber(1)
    // A connection that comes back tells of the clock.
    await stall.goOffline()
    stall.clock.setWrongBy(threeHoursMs)
    const early = await newSale(stall)
    expect(await lookAt(early)).toMatchObject({ canPay: false, refusal: "sale/too-early" })
    stall.goOnline()
    await payInCash(market, early)
    await learns(stall, -threeHoursMs)
    await paidSale("wechat-pay", stall)
    // Set right, its codes may not go back: it goes on from its last issue time, and says so.
    stall.clock.setWrongBy(0)
    await learns(stall, -threeHoursMs)
    await paidSale("alipay", stall)
  },
  clockBehind: async () => {
    const stall = stallNumber(2)
    await paidSale("wechat-pay", stall)
    stall.clock.setWrongBy(-threeHoursMs)
    const late = await newSale(stall)
    expect(await lookAt(late)).toMatchObject({ canPay: true })
    await payInCash(market, late)
    await learns(stall, 0)
    await paidSale("wechat-pay", stall)
    stall.clock.setWrongBy(0)
    await learns(stall, 0)
    await paidSale("alipay", stall)
  },
  shuffledUploads: async () => {
    const { stall } = market
    const { store, identity } = stall.terminal
    await stall.goOffline()
    const sold: SoakSale[] = []
    for (let made = 0; made < 300; made += 1) {
      const sale = await newSale()
      const settled = await settleCash(stall.terminal, sale.counter)
      if (!settled.ok) throw new Error(settled.error)
      sold.push(sale)
      market.expectSale(sale)
    }
    const rows = await store.list("outbox")
    const envelopes = rows.map(([, { envelope }]) => Buffer.from(envelope, "hex"))
    expect(envelopes.length).toBeGreaterThanOrEqual(300)
    const dice = openDice(7)
    const copies = Array.from({ length: 10_000 }, (_, index) => envelopes[index % envelopes.length] ?? Buffer.alloc(0))
    const shuffled = copies.map((copy) => ({ copy, at: dice.roll() })).sort((a, b) => a.at - b.at)
    const access = await refreshToken(stall.terminal, market.gateway.transport)
    if (!access.ok) throw new Error(JSON.stringify(access.error))
    const acks = new Map<string, Set<string>>()
    const onMessage = async (topic: string, text: string) => {
      if (topic !== "ack") return
      for (const { id, result } of JSON.parse(text).acks) acks.set(id, (acks.get(id) ?? new Set()).add(result))
    }
    const { brokerUrl: url, brokerToken: token } = access.value
    const link = await connectBroker({ url, token, terminal: identity.terminal }, { onMessage })
    for (let from = 0; from < shuffled.length; from += 500) {
      await Promise.all(shuffled.slice(from, from + 500).map(({ copy }) => link.publish("record", copy)))
    }
    await until("all of them are acknowledged", () => rows.every(([id]) => acks.has(id)))
    await link.close()
    expect([...acks.values()].flatMap((results) => [...results]).every((result) => result === "stored")).toBe(true)
    const numbers = sold.map(({ counter }) => counter)
    const stored = await market.sql`
      SELECT count(*)::int AS sales, count(DISTINCT record_id)::int AS records FROM sales
      WHERE terminal_id = ${identity.terminal} AND counter IN ${market.sql(numbers)} AND state = 'paid'`
    expect(stored[0]).toEqual({ sales: 300, records: 300 })
    stall.goOnline()
  },
})
