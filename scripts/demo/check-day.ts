// What became of the day, asked of everybody who knows: the chain itself, the pure verifier, the platforms' books, the
// gateway's settlements, and the terminals.
import { setTimeout as wait } from "node:timers/promises"
import { type CheckedProof, checkProof, type ProofSetting } from "@suyuan/miniprogram/check-proof"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { z } from "zod"
import type { ChainReader } from "./chain-reader"
import { type Gateway, granted } from "./gateway"
import type { Market } from "./market"
import type { PlayedDay } from "./play-day"
import type { PlayedSale } from "./play-sale"
import { inPool } from "./pool"
import { askSandbox } from "./wallet"

export type MoneyOfDay = {
  readonly receiptsFen: number
  readonly refundsFen: number
  /** Σ (paidFen − refundedFen) of the sales that a platform paid, as the gateway has them. */
  readonly netFen: number
  readonly cashFen: number
  readonly addsUp: boolean
}

const AT_ONCE = 8
const PATIENCE_MS = 90_000
const LOOK_EVERY_MS = 250

export function allSales(day: PlayedDay): PlayedSale[] {
  return [...day.baseSales, ...day.wholesaleSales, ...day.retailSales]
}

/** Every terminal has told everything, and nothing was refused. */
export async function awaitUploads(market: Market): Promise<void> {
  const stalls = [...market.bases, ...[...market.wholesalers, ...market.stalls].map(({ stall }) => stall)]
  await inPool(stalls, stalls.length, async (stall) => {
    const { store, identity } = stall.terminal
    await stall.until("an empty outbox", async () => (await store.list("outbox")).length === 0)
    const refused = await store.list("refused")
    const codes = refused.map(([, { kind, code }]) => `${kind} ${code}`)
    if (codes.length > 0) throw new Error(`the gateway refused what ${identity.stall.name} said: ${codes.join(", ")}`)
  })
}

/** Record ids of the refunds, once the money is back and the record made. */
export async function awaitRefunds(gateway: Gateway, sales: readonly PlayedSale[]): Promise<string[]> {
  const refunded = sales.filter(({ refundId }) => refundId !== undefined)
  return inPool(refunded, AT_ONCE, async ({ stall, counter, refundId }) => {
    const path = { terminal: terminalToHex(stall.terminal.identity.terminal), counter }
    let recordId: string | undefined
    await until("a refund's record", async () => {
      const answer = await gateway.operator.get("/sales/{terminal}/{counter}/refunds", { path })
      const refund = granted("refunds", answer).refunds.find(({ id }) => id === refundId)
      recordId = refund?.state === "succeeded" ? refund.recordId : undefined
      return recordId !== undefined
    })
    return recordId ?? ""
  })
}

export async function awaitAnchors(chain: ChainReader, recordIds: readonly string[]): Promise<void> {
  await until("the chain to hold every record", async () => {
    await chain.readOn()
    return recordIds.every((id) => chain.records.has(id))
  })
}

function proofSetting(chain: ChainReader): ProofSetting {
  const contract = fromHex(chain.deployment.ledger.slice(2))
  if (contract === undefined) throw new Error("the ledger's address is not hex")
  return {
    ...{ networkId: DEVELOPMENT_NETWORK_ID, chainId: chain.deployment.chainId, contract },
    ...{ developmentChain: true, verifySignature: verifyNoble },
  }
}

/** Proofs as the gateway gives them, verified with roots and terminal keys that were read from the chain. */
export async function verifyProofs(
  gateway: Gateway,
  chain: ChainReader,
  recordIds: readonly string[],
): Promise<{ readonly verified: number; readonly failures: readonly string[] }> {
  const setting = proofSetting(chain)
  const checked = await inPool(recordIds, AT_ONCE, async (recordId) => ({
    recordId,
    ...(await checkProof(await fetchProof(gateway, recordId), chain, setting, "en")),
  }))
  const failed = checked.filter(({ report }) => !report.verified)
  const failures = failed.map(({ recordId, sentences }) => `${recordId}: ${sentences.join("; ")}`)
  return { verified: checked.length - failed.length, failures }
}

export async function checkOneProof(
  gateway: Gateway,
  chain: ChainReader,
  recordId: string,
  language: "zh" | "en",
): Promise<CheckedProof> {
  return checkProof(await fetchProof(gateway, recordId), chain, proofSetting(chain), language)
}

/** The gateway sees an anchor a moment after we do. */
async function fetchProof(gateway: Gateway, recordId: string): Promise<string> {
  let proof: string | undefined
  await until("a proof", async () => {
    const answer = await gateway.operator.getText("/proofs/purchases/{recordId}", { path: { recordId } })
    if (!answer.ok && answer.refusal.code !== "ledger/not-anchored") granted("a proof", answer)
    proof = answer.ok ? answer.value : undefined
    return answer.ok
  })
  return proof ?? ""
}

const booksAnswer = z.object({ receiptsFen: z.number().int(), refundsFen: z.number().int() })

/** The platforms' books against our settlements, and those against what the terminals were told. */
export async function checkMoney(
  gateway: Gateway,
  sandboxUrl: string,
  sales: readonly PlayedSale[],
): Promise<MoneyOfDay> {
  const states = await inPool(sales, AT_ONCE, async (sale) => {
    const answer = await gateway.anyone.get("/p/{digits}/state", { path: { digits: sale.digits } })
    return { sale, state: granted("a sale's state", answer) }
  })
  const byPlatform = states.filter(({ state }) => state.platform === "wechat-pay" || state.platform === "alipay")
  const cash = states.filter(({ state }) => state.platform === "cash")
  const netFen = sum(byPlatform, ({ state }) => state.paidFen - state.refundedFen)
  const cashFen = sum(cash, ({ state }) => state.paidFen - state.refundedFen)
  const { receiptsFen, refundsFen } = await askSandbox(sandboxUrl, "GET", "/books", booksAnswer)
  const isToldRight = await terminalsKnow(byPlatform)
  const addsUp = receiptsFen - refundsFen === netFen && byPlatform.length + cash.length === sales.length && isToldRight
  return { receiptsFen, refundsFen, netFen, cashFen, addsUp }
}

type StateOfSale = {
  readonly sale: PlayedSale
  readonly state: { readonly paidFen: number; readonly refundedFen: number; readonly version: number }
}

async function terminalsKnow(states: readonly StateOfSale[]): Promise<boolean> {
  const knows = async ({ sale, state }: StateOfSale) => {
    const { store } = sale.stall.terminal
    const told = (await store.get("sales", counterKey(sale.counter)))?.payment
    return told?.paidFen === state.paidFen && told.refundedFen === state.refundedFen
  }
  for (const one of states) await one.sale.stall.until("a terminal to hear of its payment", () => knows(one))
  return true
}

/** Mean over the lines sold to consumers of the share that may be of unknown origin, as the pages say it: at most. */
export async function meanUnknownShare(gateway: Gateway, sales: readonly PlayedSale[]): Promise<number> {
  const shares = await inPool(sales, AT_ONCE, async ({ recordId }) => {
    const answer = await gateway.operator.get("/traces/purchases/{recordId}", { path: { recordId } })
    return granted("a trace", answer).lines.map(({ origin }) =>
      origin === null || origin.grams === 0 ? 1 : origin.unknown.mayGrams / origin.grams,
    )
  })
  const flat = shares.flat()
  return flat.length === 0 ? 0 : flat.reduce((total, share) => total + share, 0) / flat.length
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await wait(LOOK_EVERY_MS)
  }
}
