// One sale from the scale to the gateway's word, in all the ways that a market has.

import { toHex } from "@suyuan/protocol/codec/bytes"
import { recordId, saleKey } from "@suyuan/protocol/ledger/record-id"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { seconds2024ToMs, utcDayOf } from "@suyuan/protocol/units/instant"
import { checkReceipt } from "@suyuan/terminal-kiosk/receipt/check-receipt"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { voidSale } from "@suyuan/terminal-kiosk/sale/void-sale"
import { acceptPurchase, purchaseKey } from "@suyuan/terminal-kiosk/stock/accept-purchase"
import { slotsOf } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { THE_ONE } from "@suyuan/terminal-kiosk/store/rows"
import { type Gateway, granted } from "./gateway"
import type { HeadlessStall } from "./headless-stall"
import type { Trader } from "./market"
import { type PlannedSale, signedLine } from "./plan-day"
import { payAt, type Wallet } from "./wallet"

export type PlayedSale = {
  readonly planned: PlannedSale
  readonly stall: HeadlessStall
  readonly counter: number
  readonly digits: string
  /** In hex: known before the gateway has made the record. */
  readonly recordId: string
  readonly amountFen: number
  readonly buyer: Wallet | undefined
  readonly refundId: string | undefined
}

export type PlayOptions = {
  readonly gateway: Gateway
  readonly stall: HeadlessStall
  readonly planned: PlannedSale
  /** Undefined: somebody with cash. */
  readonly buyer: Wallet | undefined
}

export async function playSale(options: PlayOptions): Promise<PlayedSale> {
  const { gateway, stall, planned, buyer } = options
  const { terminal } = stall
  const lines = await onSlots(stall, planned)
  const askedFen = linesTotalFen(lines) - planned.reductionFen
  const basket = { id: terminal.newId(), lines, askedFen: planned.reductionFen === 0 ? undefined : askedFen }
  const closed = await closeSale(terminal, basket)
  if (!closed.ok) throw new Error(`a basket did not become a sale: ${closed.error}`)
  stall.wake()
  const { sale, url } = closed.value
  const played: PlayedSale = {
    ...{ planned, stall, counter: sale.counter, digits: url.split("/p/")[1] ?? "", amountFen: sale.amountFen },
    ...{ recordId: recordIdOf(stall, sale.counter, sale.issuedAtSeconds), buyer, refundId: undefined },
  }
  if (planned.way === "cash" || buyer === undefined) return takeCash(played)
  const state = await payAt(gateway, buyer, url, { hesitates: planned.hesitates })
  if (planned.isOffline) await handOver(played, state.receiptDigits ?? "")
  if (planned.refund === undefined) return played
  return { ...played, refundId: await giveBack(gateway, played, state.paidFen) }
}

function recordIdOf({ terminal }: HeadlessStall, counter: number, issuedAtSeconds: number): string {
  const day = utcDayOf(seconds2024ToMs(issuedAtSeconds))
  return toHex(recordId("sale", day, saleKey(terminal.identity.terminal, counter)))
}

async function onSlots(stall: HeadlessStall, planned: PlannedSale) {
  const snapshot = await stall.terminal.store.get("snapshots", THE_ONE)
  if (snapshot === undefined) throw new Error("a stall sells before it has said what it has")
  const slots = new Map(slotsOf(snapshot).map(({ slot, commodity }) => [commodity, slot]))
  return planned.lines.map((line) => {
    const slot = slots.get(line.goods.code)
    if (slot === undefined) throw new Error(`a stall sells ${line.goods.nameZh} without having a slot for it`)
    return signedLine(line, slot)
  })
}

async function takeCash(played: PlayedSale): Promise<PlayedSale> {
  const { stall, counter, planned } = played
  const settled = await settleCash(stall.terminal, counter)
  if (!settled.ok) throw new Error(`cash was not taken: ${settled.error}`)
  if (planned.isVoided) {
    const voided = await voidSale(stall.terminal, counter, "wrong-lines")
    if (!voided.ok) throw new Error(`a cash sale was not voided: ${voided.error}`)
  }
  stall.wake()
  return played
}

/** The stall has no network: the buyer reads six digits to the seller, after one slip of the tongue. */
async function handOver({ stall, counter }: PlayedSale, digits: string): Promise<void> {
  const slip = digits.replace(/.$/, (last) => String((Number(last) + 1) % 10))
  const wrong = await checkReceipt(stall.terminal, counter, slip)
  if (!wrong.ok || wrong.value.verdict !== "wrong") throw new Error("wrong digits were not refused")
  const right = await checkReceipt(stall.terminal, counter, digits)
  if (!right.ok || right.value.verdict !== "accepted")
    throw new Error(`true digits were refused: ${JSON.stringify(right)}`)
}

async function giveBack(gateway: Gateway, played: PlayedSale, paidFen: number): Promise<string> {
  const { stall, counter, planned } = played
  const { goods = "money-only", share = 1 } = planned.refund ?? {}
  const id = stall.terminal.newId()
  const path = { terminal: terminalToHex(stall.terminal.identity.terminal), counter }
  const body = { id, goods, amountFen: Math.max(1, Math.round(paidFen * share)) }
  const answer = await gateway.operator.post("/sales/{terminal}/{counter}/refunds", { path, body })
  return granted("a refund", answer).id
}

/** The bought goods arrive at the buyer's own stall, which answers for each line; now and then less than was bought. */
export async function acceptGoods(
  buyer: Trader,
  sale: PlayedSale,
  lighterBy: (grams: number) => number,
): Promise<void> {
  const { store } = buyer.stall.terminal
  for (const lineIndex of sale.planned.lines.keys()) {
    const key = purchaseKey({ saleRecordId: sale.recordId, lineIndex })
    await buyer.stall.until("an offered purchase", async () => (await store.get("purchases", key)) !== undefined)
    const grams = (await store.get("purchases", key))?.grams ?? 0
    const accepted = await acceptPurchase(buyer.stall.terminal, key, { outcome: "accepted", grams: lighterBy(grams) })
    if (!accepted.ok) throw new Error(`a purchase was not accepted: ${accepted.error}`)
  }
  buyer.stall.wake()
}
