// The straight line, as docs/architecture.md lists it: from a stall's sale to a trace that its buyer verifies. Real
// engines, the real gateway and sandbox as processes, the terminal's and the buyer's cores as their screens use them.
// What is uploaded, and what is acknowledged, gets lost once each on the way.
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkProof } from "@suyuan/miniprogram/check-proof"
import { followSale } from "@suyuan/miniprogram/follow-sale"
import { readScannedUrl } from "@suyuan/miniprogram/scanned-link"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { recordId, saleKey } from "@suyuan/protocol/ledger/record-id"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { seconds2024ToMs, utcDayOf } from "@suyuan/protocol/units/instant"
import type { ConnectBroker } from "@suyuan/terminal-kiosk/link/broker-link"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import { checkReceipt } from "@suyuan/terminal-kiosk/receipt/check-receipt"
import { type ClosedSale, closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { acceptPurchase, purchaseKey } from "@suyuan/terminal-kiosk/stock/accept-purchase"
import { declareHarvest } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import postgres from "postgres"
import { openDataDirectory } from "../../scripts/data-directory"
import { type ChainReader, openChainReader } from "../../scripts/demo/chain-reader"
import { type Gateway, granted, openGateway } from "../../scripts/demo/gateway"
import { type HeadlessStall, openStall } from "../../scripts/demo/headless-stall"
import { addMerchant, addOrganisations, addSite, bindWallet, publishCatalogue } from "../../scripts/demo/open-world"
import { openWallet, payAt, useWallet, type Wallet } from "../../scripts/demo/wallet"
import { readKey } from "../../scripts/engines/keys"
import { type Supervisor, startSupervisor } from "../../scripts/supervisor"
import { type FreshDatabase, freshDatabase, testChain } from "../support/engines"

const CABBAGE = { code: 1036, nameZh: "大白菜", nameEn: "Napa cabbage", shelfLifeHours: 96 }
const STEP_MS_MAX = 60_000
const START_MS_MAX = 120_000

const directory = mkdtempSync(join(tmpdir(), "suyuan-flow-"))
let database: FreshDatabase
let sql: postgres.Sql
let supervisor: Supervisor
let gateway: Gateway
let sandboxUrl: string
let chain: ChainReader
let base: HeadlessStall
let stall: HeadlessStall
let buyer: Wallet
let closed: ClosedSale
let id: string

/** What the stall's line does to the records on their way: nothing, unless a test says so. */
const line = { losesUploads: 0, losesAcknowledgements: 0, uploads: [] as string[] }

const lossyConnect: ConnectBroker = async (address, events) => {
  const link = await connectBroker(address, {
    onMessage: async (topic, text) => {
      if (topic === "ack" && line.losesAcknowledgements > 0) line.losesAcknowledgements -= 1
      else await events.onMessage(topic, text)
    },
  })
  return {
    ...link,
    publish: async (topic, payload) => {
      if (topic === "record") line.uploads.push(toHex(payload))
      if (topic === "record" && line.losesUploads > 0) line.losesUploads -= 1
      else await link.publish(topic, payload)
    },
  }
}

const slotOf = (lot: string | undefined, declaredOrigin: string) => ({
  ...{ slot: 1, commodity: CABBAGE.code, lot, declaredOrigin, packLowGrams: 0, packHighGrams: 0 },
  pile: "merged" as const,
})
const basketOf = (weightGrams: number, unitPriceFen: number) => ({
  id: crypto.randomUUID(),
  lines: [{ slot: 1, quantity: { unit: "gram" as const, count: weightGrams }, unitPriceFen }],
  askedFen: undefined,
})
const digitsOf = ({ url }: ClosedSale) => {
  const link = readScannedUrl(url)
  if (!link.ok) throw new Error(link.error)
  return link.value.digits
}
const recordIdOf = ({ terminal }: HeadlessStall, { sale }: ClosedSale) => {
  const day = utcDayOf(seconds2024ToMs(sale.issuedAtSeconds))
  return toHex(recordId("sale", day, saleKey(terminal.identity.terminal, sale.counter)))
}
const sell = async (at: HeadlessStall, weightGrams: number, unitPriceFen: number) => {
  const sold = await closeSale(at.terminal, basketOf(weightGrams, unitPriceFen))
  if (!sold.ok) throw new Error(sold.error)
  at.wake()
  return sold.value
}
const until = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await Bun.sleep(50)
}

/** A base's lot of cabbage comes to the stall, bought by the stall's own wallet. */
async function stockTheStall(): Promise<void> {
  await addOrganisations(gateway, directory)
  await publishCatalogue(gateway, [CABBAGE])
  const enter = async (kind: "base" | "market", number: number, name: string, connect: ConnectBroker) => {
    const siteId = await addSite(gateway, { kind, number, name, nameEn: `Site ${number}`, regionCode: "130722" })
    const merchantId = await addMerchant(gateway, { number, siteId, stallNumber: `${number}`, name })
    const opened = await openStall({ gateway, merchantId, directory: join(directory, `${number}`), connect })
    opened.goOnline()
    await opened.until("a first connection", opened.isOnline)
    return opened
  }
  base = await enter("base", 1, "张北基地", connectBroker)
  stall = await enter("market", 2, "甲摊", lossyConnect)
  const owner = await openWallet(gateway, sandboxUrl, "甲摊店主", "wechat-pay")
  await bindWallet(gateway, stall, owner)
  const harvest = { commodity: CABBAGE.code, weightGrams: 100_000, declaredOrigin: "河北张北" }
  const lot = await declareHarvest(base.terminal, {
    ...harvest,
    certificate: { weightGrams: 100_000, promiseBasis: "自检合格" },
  })
  await writeSnapshot(base.terminal, [slotOf(lot, "河北张北")])
  await writeSnapshot(stall.terminal, [slotOf(undefined, "")])
  stall.wake()
  const bought = await sell(base, 20_000, 100)
  await payAt(gateway, owner, bought.url)
  const key = purchaseKey({ saleRecordId: recordIdOf(base, bought), lineIndex: 0 })
  const { store } = stall.terminal
  await stall.until("an offered purchase", async () => (await store.get("purchases", key)) !== undefined)
  await acceptPurchase(stall.terminal, key, { outcome: "accepted", grams: 20_000 })
  stall.wake()
  await stall.until("an empty outbox", async () => (await store.list("outbox")).length === 0)
}

beforeAll(async () => {
  database = await freshDatabase()
  sql = postgres(database.url, { max: 1 })
  const environment = {
    ...{
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: database.url,
      CHAIN_RPC_URLS: await testChain(),
    },
    // The sessions of a gateway's shards have one name a broker, so it has a broker of its own.
    ...{ REQUESTS_PER_MINUTE: "100000", LEDGER_BATCH_AGE_MS: "500", GATEWAY_LOG_LEVEL: "warn" },
  }
  const opened = openDataDirectory(directory)
  supervisor = await startSupervisor({ directory: opened, environment, throwaway: true, report: () => {} })
  const settings = supervisor.gatewaySettings
  sandboxUrl = supervisor.sandboxUrl ?? ""
  gateway = openGateway(supervisor.gatewayUrl, readKey(settings.ADMIN_TOKEN_FILE ?? ""))
  chain = openChainReader(environment.CHAIN_RPC_URLS, readFileSync(settings.CHAIN_DEPLOYMENT_FILE ?? "", "utf8"))
  await stockTheStall()
  buyer = await openWallet(gateway, sandboxUrl, "顾客", "alipay")
}, START_MS_MAX)

afterAll(async () => {
  await Promise.all([base?.close(), stall?.close()])
  chain?.close()
  await supervisor?.stop()
  await sql?.end()
  await database?.drop()
  rmSync(directory, { recursive: true, force: true })
}, START_MS_MAX)

describe("the straight line", () => {
  test("terminal-kiosk  sale/close-sale: sale and outbox row in one commit, a code on the screen, no network", async () => {
    await stall.goOffline()
    closed = await sell(stall, 1_500, 360)
    id = recordIdOf(stall, closed)
    expect(closed.sale.amountFen).toBe(540)
    expect((await stall.terminal.store.list("outbox")).map(([, { kind }]) => kind)).toEqual(["sale"])
  })

  test("miniprogram     the scanned URL says stall, lines, origin and amount, and GET writes nothing", async () => {
    const digits = digitsOf(closed)
    const count = async () => (await sql`select count(*)::int as n from sales`)[0]?.n
    const before = await count()
    const seen = granted("a scan", await gateway.as(buyer.token).get("/p/{digits}", { path: { digits } }))
    expect(seen).toMatchObject({ amountFen: 540, state: "presented", canPay: true, stall: { name: "甲摊" } })
    expect(seen).toMatchObject({
      lines: [{ name: "大白菜", pile: { origin: { kind: "all-from", places: ["张北基地"] } } }],
    })
    expect(await count()).toBe(before)
  })

  test(
    "api             terminals/authenticate → sales/open-sale → payments/open-payment: twice is once",
    async () => {
      const [path, body] = [{ digits: digitsOf(closed) }, { platform: buyer.platform }]
      const phone = gateway.as(buyer.token)
      const first = granted("a payment", await phone.post("/p/{digits}/pay", { path, body }))
      const again = granted("the same payment", await phone.post("/p/{digits}/pay", { path, body }))
      expect(again.attempt).toEqual(first.attempt)
      expect(again.bridge).toEqual(first.bridge)
      const [{ n } = { n: 0 }] = await sql`select count(*)::int as n from attempts where amount_fen = 540`
      expect(n).toBe(1)
      expect(await useWallet(buyer, first.bridge ?? undefined, "pay")).toBe("reported")
    },
    STEP_MS_MAX,
  )

  test(
    "api             http/notifications → payments/apply-notification: the buyer hears that it is paid",
    async () => {
      const end = await followSale({
        ...{ transport: gateway.transport, digits: digitsOf(closed), token: () => buyer.token },
        wait: (ms) => Bun.sleep(ms / 5),
      })
      if (end.end !== "settled") throw new Error(end.end)
      expect(end.state).toMatchObject({ state: "paid", paidFen: 540, platform: "alipay", paidByMe: true })
      // The stall is offline still: six digits tell it.
      const handedOver = await checkReceipt(stall.terminal, closed.sale.counter, end.state.receiptDigits ?? "")
      expect(handedOver).toMatchObject({ ok: true, value: { verdict: "accepted" } })
    },
    STEP_MS_MAX,
  )

  test(
    "terminal-kiosk  outbox/drain-outbox → MQTT → sales/record-trade: lost on the way up, lost on the way down",
    async () => {
      const { store } = stall.terminal
      const waiting = (await store.list("outbox")).map(([, { envelope }]) => envelope)
      expect(waiting).toHaveLength(2)
      line.uploads.length = 0
      line.losesUploads = waiting.length
      line.losesAcknowledgements = 1
      stall.goOnline()
      await stall.until("an empty outbox", async () => (await store.list("outbox")).length === 0)
      // Each was sent again, byte for byte: once because it was lost, and once more where its acknowledgement was.
      for (const envelope of waiting) {
        expect(line.uploads.filter((sent) => sent === envelope).length).toBeGreaterThanOrEqual(2)
      }
      expect(line.uploads.length).toBeGreaterThan(2 * waiting.length)
      expect(new Set(line.uploads)).toEqual(new Set(waiting))
      expect(await store.list("refused")).toEqual([])
    },
    STEP_MS_MAX,
  )

  test(
    "api             the outbox tells the terminal what it missed: paid, by the gateway's own word",
    async () => {
      const { store } = stall.terminal
      const row = () => store.get("sales", counterKey(closed.sale.counter))
      await stall.until("the payment's news", async () => (await row())?.payment?.state === "paid")
      const sale = await row()
      expect(sale && standingOf(sale)).toBe("paid")
    },
    STEP_MS_MAX,
  )

  test("api             trace/match-trades: the bag's way leads to the base's lot, which is all that can be in it", async () => {
    const path = { recordId: id }
    const trace = granted("a trace", await gateway.as(buyer.token).get("/traces/purchases/{recordId}", { path }))
    const [bag] = trace.lines
    expect(bag).toMatchObject({ name: "大白菜", grams: 1_500, certificates: 1 })
    expect(bag?.origin).toMatchObject({ kind: "all-from", places: ["张北基地"], unknownHighPercent: 0 })
    expect(bag?.origin?.sources).toMatchObject([{ province: "河北", mustGrams: 1_500, mayGrams: 1_500 }])
    expect(bag?.way.map(({ site, harvested }) => [site, harvested])).toEqual([
      ["甲摊", false],
      ["张北基地", true],
    ])
  })

  test(
    "api             ledger/seal-batch → anchor-batch → TraceLedger: the record is in a block, once",
    async () => {
      // Reading a record that is anchored twice throws.
      await until(async () => {
        await chain.readOn()
        return chain.records.has(id)
      })
      expect(chain.records.get(id)).toBe("sale")
    },
    STEP_MS_MAX,
  )

  test(
    "miniprogram     pages/trace: signature, commitment, path and anchor hold, with root and key read from the chain",
    async () => {
      const path = { recordId: id }
      let proof = ""
      await until(async () => {
        const answer = await gateway.as(buyer.token).getText("/proofs/purchases/{recordId}", { path })
        if (answer.ok) proof = answer.value
        return answer.ok
      })
      const { chainId, ledger } = chain.deployment
      const setting = {
        ...{ networkId: DEVELOPMENT_NETWORK_ID, chainId, contract: Buffer.from(ledger.slice(2), "hex") },
        ...{ developmentChain: true, verifySignature: verifyNoble },
      }
      const { report, sentences } = await checkProof(proof, chain, setting, "en")
      expect(report.verified).toBe(true)
      expect(report.steps.map(({ step, reason }) => [step, reason])).toEqual([
        ["shape", "well-formed"],
        ["seller-signature", "signed-by-terminal"],
        ["commitment", "sections-match"],
        ["path", "entry-in-batch"],
        ["anchor", "development-chain"],
      ])
      expect(sentences.at(-1)).toContain("development chain: our word only")
      // A stranger is told nothing of it.
      const refused = await gateway.anyone.get("/traces/purchases/{recordId}", { path })
      expect(refused.ok).toBe(false)
    },
    STEP_MS_MAX,
  )
})
