// The gateway's process, killed with -9 between every two steps of the straight line.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { granted } from "../../scripts/demo/gateway"
import type { Platform } from "../../scripts/demo/wallet"
import {
  buyerTold,
  giveBack,
  payAtWallet,
  payByPhone,
  payInCash,
  persistently,
  type SoakSale,
  sell,
} from "../../scripts/soak/trade"
import {
  addFault,
  callHeld,
  diesAt,
  gatewayOf,
  type MarketAtFault,
  type Moment,
  openMarketAtFault,
  until,
  writing,
} from "./market-at-fault"
import { runRows } from "./run-rows"

setDefaultTimeout(120_000)

let market: MarketAtFault
beforeAll(async () => {
  market = await openMarketAtFault()
})
afterEach(() => market.rest())
afterAll(() => market?.end())

const gateway = () => gatewayOf(market)

let grams = 1000
const newSale = () => {
  grams += 1
  return sell(market.stall, grams)
}
const phone = (platform: Platform) => market.wallets[platform]
const pay = (platform: Platform, sale: SoakSale) => payByPhone(market, phone(platform), sale)
const paidSale = async (platform: Platform) => {
  const sale = await newSale()
  await pay(platform, sale)
  return sale
}

async function saleRow({ terminalId, counter }: SoakSale) {
  const [row] = await market.sql`SELECT * FROM sales WHERE terminal_id = ${terminalId} AND counter = ${counter}`
  return row
}
async function attemptsOf({ terminalId, counter }: SoakSale): Promise<string[]> {
  const rows = await market.sql`SELECT state FROM attempts WHERE terminal_id = ${terminalId} AND counter = ${counter}`
  return rows.map(({ state }) => String(state))
}
async function expectPaidOnce(sale: SoakSale): Promise<void> {
  expect(await attemptsOf(sale)).toEqual(["succeeded"])
  expect(await saleRow(sale)).toMatchObject({ state: "paid", paid_fen: `${sale.amountFen}`, refunded_fen: "0" })
}
const refundedFen = async (sale: SoakSale) => Number((await saleRow(sale))?.refunded_fen ?? 0)

/** A moment that is reached when a condition holds. */
const when = (what: string, look: () => Promise<boolean>, pass = async () => {}): Moment => ({
  reached: () => until(what, look),
  pass,
})

async function closes(kind: "lost-request" | "lost-response", platform: Platform): Promise<void> {
  const sale = await newSale()
  await market.stall.until(
    "an empty outbox",
    async () => (await market.stall.terminal.store.list("outbox")).length === 0,
  )
  const path = { digits: sale.digits }
  await persistently("an open order", async () => {
    const answer = await market.gateway.as(phone(platform).token).post("/p/{digits}/pay", { path, body: { platform } })
    return granted("opening", answer).bridge ?? undefined
  })
  await diesAt(market, await callHeld(market, { kind, operation: "close" }), async () => {
    await cancelSale(market.stall.terminal, sale.counter)
    market.stall.wake()
  })
  await until("the attempt is closed", async () => (await attemptsOf(sale)).join() === "closed")
  expect(await saleRow(sale)).toMatchObject({ state: "closed", paid_fen: "0" })
  const [{ out_trade_no: number } = {}] = await market.sql`
    SELECT out_trade_no FROM attempts WHERE terminal_id = ${sale.terminalId} AND counter = ${sale.counter}`
  const order = await fetch(`${market.installation.sandboxUrl}/sandbox/orders/${platform}/${number}`)
  expect(await order.json()).toMatchObject({ state: "closed" })
}

async function refunds(kind: "lost-request" | "lost-response", platform: Platform): Promise<void> {
  const sale = await paidSale(platform)
  await addFault(market, { kind: "no-notification", operation: "notify" })
  await diesAt(market, await callHeld(market, { kind, operation: "refund" }), () => giveBack(market, sale, 34))
  await until("the money is back", async () => (await refundedFen(sale)) === 34)
}

async function creates(kind: "lost-request" | "lost-response", platform: Platform): Promise<void> {
  const sale = await newSale()
  await diesAt(market, await callHeld(market, { kind, operation: "create" }), () => pay(platform, sale))
  await expectPaidOnce(sale)
}

const rpc = async (method: string, params: unknown[] = []) => {
  const response = await fetch(market.installation.chainRpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  return response.json()
}
const newestBatch = async () => (await market.sql`SELECT * FROM batches ORDER BY sequence DESC LIMIT 1`)[0]
const isNewBatch = (after: number, state: string) => async () => {
  const batch = await newestBatch()
  return Number(batch?.sequence) > after && batch?.state === state
}
const sequenceNow = async () => Number((await newestBatch())?.sequence ?? 0)

runRows("killed", {
  afterScan: async () => {
    const sale = await newSale()
    const path = { digits: sale.digits }
    granted("a scan", await market.gateway.anyone.get("/p/{digits}", { path }))
    await gateway().kill()
    await gateway().start()
    await pay("wechat-pay", sale)
    await expectPaidOnce(sale)
  },
  beforeAttempt: async () => {
    const sale = await newSale()
    await diesAt(market, await writing(market, "attempts"), () => pay("alipay", sale))
    await expectPaidOnce(sale)
  },
  beforeCreate: () => creates("lost-request", "wechat-pay"),
  afterCreate: () => creates("lost-response", "alipay"),
  beforeNotification: async () => {
    const sale = await newSale()
    await addFault(market, { kind: "lost-request", operation: "notify", times: 3 })
    await payAtWallet(market, phone("wechat-pay"), sale)
    await gateway().kill()
    await gateway().start()
    await buyerTold(market, sale)
    await expectPaidOnce(sale)
  },
  whileSettling: async () => {
    const sale = await newSale()
    await addFault(market, { kind: "lost-request", operation: "notify", times: 1 })
    await payAtWallet(market, phone("alipay"), sale)
    await diesAt(market, await writing(market, "payment_events"), () => buyerTold(market, sale))
    await expectPaidOnce(sale)
  },
  beforeTelling: async () => {
    const sale = await newSale()
    const { broker } = market.installation
    broker.silence()
    const isPaid = async () => (await saleRow(sale))?.state === "paid"
    await diesAt(
      market,
      when("the sale is settled", isPaid, async () => broker.speak()),
      () => pay("wechat-pay", sale),
      "are waited for",
    )
    const { terminal } = market.stall
    await market.stall.until("the terminal hears", async () => {
      const row = await terminal.store.get("sales", counterKey(sale.counter))
      return row?.payment?.state === "paid"
    })
    await expectPaidOnce(sale)
  },
  whileQuerying: async () => {
    const sale = await newSale()
    await addFault(market, { kind: "no-notification", times: 1 })
    const held = await callHeld(market, { kind: "lost-request", operation: "query" })
    await diesAt(market, held, () => pay("alipay", sale), "are waited for")
    await expectPaidOnce(sale)
  },
  beforeClose: () => closes("lost-request", "wechat-pay"),
  afterClose: () => closes("lost-response", "alipay"),
  beforeRefund: () => refunds("lost-request", "alipay"),
  afterRefund: () => refunds("lost-response", "wechat-pay"),
  whileQueryingRefund: async () => {
    const sale = await paidSale("wechat-pay")
    await addFault(market, { kind: "no-notification", operation: "notify" })
    const held = await callHeld(market, { kind: "lost-response", operation: "refund-query" })
    await diesAt(market, held, () => giveBack(market, sale, 34), "are waited for")
    await until("the money is back", async () => (await refundedFen(sale)) === 34)
  },
  betweenPaymentAndUpload: async () => {
    await market.stall.goOffline()
    const sale = await newSale()
    await pay("alipay", sale)
    expect(await saleRow(sale)).toMatchObject({ record_id: null, uploaded_at: null })
    await gateway().kill()
    await gateway().start()
    market.stall.goOnline()
    await until("the trade has its record", async () => (await saleRow(sale))?.record_id != null)
  },
  whileRecording: async () => {
    const sale = await newSale()
    await diesAt(market, await writing(market, "records"), () => payInCash(market, sale))
    await until("the sale is recorded", async () => (await saleRow(sale))?.record_id != null)
  },
  beforeAcknowledgement: async () => {
    market.line.losesAcknowledgements = true
    const sale = await newSale()
    const isCommitted = async () => (await saleRow(sale))?.record_id != null
    const answers = async () => {
      market.line.losesAcknowledgements = false
    }
    await diesAt(market, when("the upload is committed", isCommitted, answers), () => payInCash(market, sale))
    const { store } = market.stall.terminal
    await market.stall.until("an empty outbox", async () => (await store.list("outbox")).length === 0)
    expect(await store.list("refused")).toEqual([])
  },
  whileSealing: async () => {
    const sale = await newSale()
    await diesAt(market, await writing(market, "batches"), () => payInCash(market, sale))
  },
  beforeSubmit: async () => {
    const { chain } = market.installation
    const before = await sequenceNow()
    const sale = await newSale()
    chain.silence()
    const sealed = when("a batch is sealed", isNewBatch(before, "sealed"), async () => chain.speak())
    await diesAt(market, sealed, () => payInCash(market, sale))
  },
  beforeBlock: async () => {
    const before = await sequenceNow()
    await rpc("evm_setAutomine", [false])
    const sale = await newSale()
    const waits = when("a transaction waits in the pool", isNewBatch(before, "submitted"))
    await diesAt(market, waits, () => payInCash(market, sale))
    await rpc("evm_setAutomine", [true])
    await rpc("evm_mine")
  },
  beforeConfirm: async () => {
    const before = await sequenceNow()
    await rpc("evm_setAutomine", [false])
    await payInCash(market, await newSale())
    await until("a transaction waits in the pool", isNewBatch(before, "submitted"))
    const marking = await writing(market, "batches")
    await diesAt(market, marking, async () => {
      await rpc("evm_setAutomine", [true])
      await rpc("evm_mine")
    })
    await until("the batch is anchored", isNewBatch(before, "anchored"))
  },
})
