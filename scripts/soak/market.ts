// A wet market on an installation: stalls that sell, wallets that pay, and what it takes to see what became of it.
import { join } from "node:path"
import type { Clock } from "@suyuan/terminal-kiosk/clock"
import type { ConnectBroker } from "@suyuan/terminal-kiosk/link/broker-link"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import { writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import postgres, { type Sql } from "postgres"
import { z } from "zod"
import { openChainReader } from "../demo/chain-reader"
import { type Gateway, openGateway } from "../demo/gateway"
import { type HeadlessStall, openStall } from "../demo/headless-stall"
import { addMerchant, addOrganisations, addSite, publishCatalogue } from "../demo/open-world"
import { askSandbox, openWallet, type Platform, type Wallet } from "../demo/wallet"
import { checkIdentities, type Identity, type KnownSale, type SaleName } from "./identities"
import type { Installation } from "./installation"

const CABBAGE = { code: 1036, nameZh: "大白菜", nameEn: "Napa cabbage", shelfLifeHours: 96 }

const places = {
  base: { kind: "base", number: 902, name: "东桥蔬菜基地", nameEn: "East Bridge vegetable base" },
  market: { kind: "market", number: 901, name: "东桥菜市场", nameEn: "East Bridge wet market" },
} as const

/** A tablet's clock that somebody sets wrong. */
export type LooseClock = Clock & { setWrongBy(ms: number): void }

export type SoakStall = HeadlessStall & { readonly clock: LooseClock; readonly merchantId: string }

export type SoakMarket = {
  readonly installation: Installation
  readonly gateway: Gateway
  /** Past everything: to look, and to hold things where they are. */
  readonly sql: Sql
  readonly stalls: readonly SoakStall[]
  newWallet(platform: Platform): Promise<Wallet>
  /** Says that a sale must be there in the end, and paid. */
  expectSale(sale: SaleName): void
  identities(): Promise<Identity[]>
  close(): Promise<void>
}

export type SoakMarketOptions = {
  readonly stalls: number
  /** What kind of place they are at; a wet market when left out. */
  readonly kind?: "base" | "market"
  /** What each stall's line does to messages. */
  readonly line?: (connect: ConnectBroker, stall: number) => ConnectBroker
}

const fen = z.number().int()
const booksAnswer = z.object({ receiptsFen: fen, refundsFen: fen })
/** More than days of a soak make. */
const ORDERS_MAX = 100_000
const ordersAnswer = z.object({
  orders: z
    .array(z.object({ orderNo: z.string(), amountFen: fen, refundedFen: fen, paidAtMs: z.number().nullable() }))
    .max(ORDERS_MAX - 1),
})

export async function openSoakMarket(installation: Installation, options: SoakMarketOptions): Promise<SoakMarket> {
  const gateway = openGateway(installation.url, installation.operatorToken)
  const sql = postgres(installation.databaseUrl, { max: 3, onnotice: () => {} })
  await addOrganisations(gateway, installation.directory)
  await publishCatalogue(gateway, [CABBAGE])
  const site = places[options.kind ?? "market"]
  const siteId = await addSite(gateway, { ...site, regionCode: "110105" })
  const stalls: SoakStall[] = []
  for (let index = 0; index < options.stalls; index += 1) {
    const connect = options.line?.(connectBroker, index) ?? connectBroker
    stalls.push(await enterStall(gateway, installation.directory, { siteId, index, connect }))
  }
  const expected: SaleName[] = []
  let wallets = 0

  async function identities(): Promise<Identity[]> {
    const { sandboxUrl } = installation
    const books = await askSandbox(sandboxUrl, "GET", "/books", booksAnswer)
    const { orders } = await askSandbox(sandboxUrl, "GET", `/orders?limit=${ORDERS_MAX}`, ordersAnswer)
    const sales = await knownSales(stalls, expected)
    return checkIdentities({
      ...{ sql, books, sales, onChain: await recordsOnChain(installation) },
      orders: orders.map(({ orderNo, amountFen, refundedFen, paidAtMs }) => {
        return { orderNo, receivedFen: paidAtMs === null ? 0 : amountFen, refundedFen }
      }),
    })
  }

  return {
    ...{ installation, gateway, sql, stalls, identities },
    newWallet: (platform) => {
      wallets += 1
      return openWallet(gateway, installation.sandboxUrl, `顾客 ${wallets}`, platform)
    },
    expectSale: (sale) => void expected.push(sale),
    close: async () => {
      await Promise.all(stalls.map((stall) => stall.close()))
      await sql.end({ timeout: 5 })
    },
  }
}

/** A terminal with an empty outbox was told of every sale of its own that the gateway has it. */
async function knownSales(stalls: readonly SoakStall[], paid: readonly SaleName[]): Promise<KnownSale[]> {
  const silent = new Set<number>()
  for (const { terminal } of stalls) {
    if ((await terminal.store.list("outbox")).length === 0) silent.add(terminal.identity.terminal)
  }
  return paid.map((sale) => ({ ...sale, isPaid: true, isUploaded: silent.has(sale.terminalId) }))
}

type NewStall = { readonly siteId: string; readonly index: number; readonly connect: ConnectBroker }

async function enterStall(gateway: Gateway, directory: string, { siteId, index, connect }: NewStall) {
  const number = 300 + index
  const name = `A-${index + 1} 摊`
  const merchantId = await addMerchant(gateway, { number, siteId, stallNumber: `A-${index + 1}`, name })
  const clock = openLooseClock()
  const own = join(directory, "terminals", `${number}`)
  const stall = await openStall({ gateway, merchantId, directory: own, connect, clock })
  stall.goOnline()
  await stall.until("a first connection", stall.isOnline)
  const goods = { slot: 1, commodity: CABBAGE.code, lot: undefined, declaredOrigin: "河北" }
  await writeSnapshot(stall.terminal, [{ ...goods, packLowGrams: 0, packHighGrams: 0, pile: "merged" }])
  stall.wake()
  await stall.until("an empty outbox", async () => (await stall.terminal.store.list("outbox")).length === 0)
  return { ...stall, clock, merchantId }
}

function openLooseClock(): LooseClock {
  let wrongByMs = 0
  return {
    nowMs: () => Date.now() + wrongByMs,
    steadyMs: () => performance.now(),
    setWrongBy: (ms) => {
      wrongByMs = ms
    },
  }
}

/** Read anew, from the first block on: a chain may have lost what an earlier reader saw. */
async function recordsOnChain({ chainRpcUrl, deploymentText }: Installation): Promise<string[]> {
  const reader = openChainReader(chainRpcUrl, deploymentText)
  try {
    await reader.readOn()
    return [...reader.records.keys()]
  } finally {
    reader.close()
  }
}
