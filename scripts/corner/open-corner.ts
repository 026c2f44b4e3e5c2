// The market corner of `npm start`: a base, a wholesaler and one stall without screens, stocked through real trades, whose
// current code the sandbox shows beside a buyer's phone; and one sale to begin with, so that there is a trace to look at.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { recordInspection } from "@suyuan/terminal-kiosk/inspections/record-inspection"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { declareHarvest } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { heldSlots } from "@suyuan/terminal-kiosk/stock/recall-holds"
import { slotsOf, writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { counterKey, THE_ONE } from "@suyuan/terminal-kiosk/store/rows"
import { type Gateway, granted, openGateway } from "../demo/gateway"
import { type HeadlessStall, openStall } from "../demo/headless-stall"
import { addMerchant, addOrganisations, addSite, bindWallet, publishCatalogue } from "../demo/open-world"
import { acceptGoods, playSale } from "../demo/play-sale"
import { type Goods, readCatalogue, readPriceList } from "../demo/price-list"
import { openWallet, type Wallet } from "../demo/wallet"
import { putCode } from "./put-code"

export type CornerOptions = {
  readonly gatewayUrl: string
  readonly sandboxUrl: string
  readonly adminTokenFile: string
  /** The supervisor's data directory: terminals keep their keys and journals in it. */
  readonly directory: string
}

export type Corner = {
  /** Page of a purchase's trace, shared by the demonstration's own buyer. */
  readonly traceUrl: string
  /** Enrols a tablet as the terminal of a stall that nobody plays yet. */
  readonly claimCode: string
  close(): Promise<void>
}

const codeSeconds = 60
/** The old code stays until the new one hangs there. */
const overlapSeconds = 5
/** After a payment the stall is ready for the next buyer. */
const nextBuyerSeconds = 8
const recallLookSeconds = 2
const goodsOnShow = ["大白菜", "番茄", "黄瓜"]
const harvestGrams = 120_000
const wholesaleGrams = 60_000
const retailGrams = 25_000

/** Stocks the corner anew at each start: yesterday's vegetables are not sold. */
export async function openCorner(options: CornerOptions): Promise<Corner> {
  const gateway = openGateway(options.gatewayUrl, readFileSync(options.adminTokenFile, "utf8").trim())
  const catalogue = readCatalogue()
  const prices = readPriceList(catalogue)
  const recalled = await recalledCommodities(gateway)
  const goods = goodsOnShow
    .flatMap((name) => prices.find((one) => one.nameZh === name) ?? [])
    .filter(({ code }) => !recalled.has(code))
  if (goods.length === 0) throw new Error("all that it has on show is being recalled")
  await addOrganisations(gateway, options.directory)
  await publishCatalogue(gateway, catalogue)
  const baseSite = await addSite(gateway, {
    ...{ kind: "base", number: 701, name: "河北张北坝上基地", nameEn: "Bashang base, Zhangbei", regionCode: "130722" },
  })
  const wholesaleSite = await addSite(gateway, {
    ...{ kind: "wholesale", number: 702, name: "南郊批发市场", nameEn: "South Gate wholesale market" },
    regionCode: "110106",
  })
  const marketSite = await addSite(gateway, {
    ...{ kind: "market", number: 703, name: "东桥菜市场", nameEn: "East Bridge wet market", regionCode: "110105" },
  })
  const enter = async (number: number, siteId: string, stallNumber: string, name: string): Promise<HeadlessStall> => {
    const merchantId = await addMerchant(gateway, { number, siteId, stallNumber, name })
    const directory = join(options.directory, "corner", String(number))
    const stall = await openStall({ gateway, merchantId, directory, connect: connectBroker })
    stall.goOnline()
    // From its first connection on, what is said to it waits for it.
    await stall.until("a first connection", stall.isOnline)
    return stall
  }
  const base = await enter(71, baseSite, "1", "坝上合作社")
  const wholesaler = await enter(72, wholesaleSite, "批8", "批8号批发")
  const stall = await enter(73, marketSite, "A-12", "A-12 摊")
  const buyersFor = (name: string) => openWallet(gateway, options.sandboxUrl, name, "wechat-pay")
  const wholesalerWallet = await buyersFor("批8店主")
  const stallWallet = await buyersFor("A-12店主")
  const consumer = await buyersFor("顾客")
  await bindWallet(gateway, wholesaler, wholesalerWallet)
  await bindWallet(gateway, stall, stallWallet)

  await stockUp(gateway, goods, { base, wholesaler, wholesalerWallet, stall, stallWallet })
  const traceUrl = await firstTrace(gateway, stall, consumer, goods)
  const showing = showCodes(stall, goods, options)
  const claimCode = await offerStall(gateway, marketSite)
  return {
    traceUrl,
    claimCode,
    async close() {
      showing.stop()
      await showing.done
      await Promise.all([base, wholesaler, stall].map((one) => one.close()))
    },
  }
}

/** A start after a rehearsed recall: what it holds is not sold. */
async function recalledCommodities({ operator }: Gateway): Promise<ReadonlySet<number>> {
  const recalled = new Set<number>()
  for (const { id, state, isDrill } of granted("the recalls", await operator.get("/recalls"))) {
    if (state !== "active" || isDrill) continue
    const { stalls } = granted("a recall's scope", await operator.get("/recalls/{id}/scope", { path: { id } }))
    for (const { commodity } of stalls) recalled.add(commodity)
  }
  return recalled
}

/** One stall of the market is left to whoever opens the terminal's pages. */
async function offerStall(gateway: Gateway, siteId: string): Promise<string> {
  const id = await addMerchant(gateway, { number: 74, siteId, stallNumber: "B-07", name: "B-07 摊" })
  const body = { confirmed: true }
  return granted("a claim code", await gateway.operator.post("/merchants/{id}/claim-codes", { path: { id }, body }))
    .claimCode
}

type Traders = {
  readonly base: HeadlessStall
  readonly wholesaler: HeadlessStall
  readonly wholesalerWallet: Wallet
  readonly stall: HeadlessStall
  readonly stallWallet: Wallet
}

async function stockUp(gateway: Gateway, goods: readonly Goods[], traders: Traders): Promise<void> {
  const { base, wholesaler, wholesalerWallet, stall, stallWallet } = traders
  const declaredOrigin = "河北张北"
  const slots = []
  for (const [index, one] of goods.entries()) {
    const certificate = { weightGrams: harvestGrams, promiseBasis: "自检合格" }
    const harvest = { commodity: one.code, weightGrams: harvestGrams, declaredOrigin, certificate }
    slots.push({ ...slotOf(one, index), lot: await declareHarvest(base.terminal, harvest), declaredOrigin })
  }
  await writeSnapshot(base.terminal, slots)
  base.wake()
  for (const trader of [wholesaler, stall]) {
    await writeSnapshot(trader.terminal, goods.map(slotOf))
    trader.wake()
  }
  const sell = (seller: HeadlessStall, buyer: Wallet, grams: number, priceOf: (one: Goods) => number) =>
    playSale({
      gateway,
      stall: seller,
      buyer,
      planned: {
        ...{ seller: 0, buyer: 0, way: "platform", isOffline: false, hesitates: false, isVoided: false },
        ...{ reductionFen: 0, refund: undefined },
        lines: goods.map((one) => ({ goods: one, weightGrams: grams, unitPriceFen: priceOf(one) })),
      },
    })
  const bought = await sell(base, wholesalerWallet, wholesaleGrams, (one) => one.lowFen)
  await acceptGoods({ stall: wholesaler, wallet: wholesalerWallet }, bought, (grams) => grams)
  const stocked = await sell(wholesaler, stallWallet, retailGrams, (one) => one.averageFen)
  await acceptGoods({ stall, wallet: stallWallet }, stocked, (grams) => grams)
  for (const one of goods) {
    await recordInspection(stall.terminal, {
      ...{ method: "酶抑制率法", standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille: 86 },
      ...{ sampleNumber: `S-${one.code}`, commodity: one.code, sampledAtMs: stall.terminal.clock.nowMs() },
      ...{ instrument: "NY-8D", testerRole: "检测员" },
    })
  }
  stall.wake()
}

function slotOf(goods: Goods, index: number) {
  return {
    ...{ slot: index + 1, commodity: goods.code, lot: undefined, declaredOrigin: "" },
    ...{ packLowGrams: 0, packHighGrams: 0, pile: "merged" as const },
  }
}

/** One purchase by a consumer of the demonstration, shared, so that a newcomer has a trace to open at once. */
async function firstTrace(
  gateway: Gateway,
  stall: HeadlessStall,
  consumer: Wallet,
  goods: readonly Goods[],
): Promise<string> {
  const sale = await playSale({
    gateway,
    stall,
    buyer: consumer,
    planned: {
      ...{ seller: 0, buyer: 0, way: "platform", isOffline: false, hesitates: false, isVoided: false },
      ...{ reductionFen: 0, refund: undefined },
      lines: goods.slice(0, 2).map((one) => ({ goods: one, weightGrams: 750, unitPriceFen: one.retailFen })),
    },
  })
  const phone = gateway.as(consumer.token)
  let shared = await phone.post("/shares", { body: { recordId: sale.recordId } })
  // The record is made when the stall's upload has arrived, a moment after the payment.
  for (let tries = 0; !shared.ok && tries < 100; tries++) {
    await Bun.sleep(200)
    shared = await phone.post("/shares", { body: { recordId: sale.recordId } })
  }
  return `${gateway.url}/t/${granted("sharing a trace", shared).id}`
}

/** A new basket each minute, or soon after the last one was paid. */
function showCodes(stall: HeadlessStall, goods: readonly Goods[], options: CornerOptions) {
  let stopped = false
  let rouse: () => void = () => {}
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  async function show(): Promise<void> {
    for (let turn = 0; !stopped; turn++) {
      const held = await heldOf(stall)
      const lines = basketOf(goods, turn).filter(({ slot }) => !held.has(slot))
      if (lines.length === 0) {
        // All that would be in it is recalled: the next basket has other goods, or the stall waits for the recall's end.
        await rest(recallLookSeconds * 1000)
        continue
      }
      const basket = { id: stall.terminal.newId(), lines, askedFen: linesTotalFen(lines) }
      const closed = await closeSale(stall.terminal, basket)
      // Recalled while the basket was made.
      if (!closed.ok && closed.error === "sale/recalled") continue
      if (!closed.ok) throw new Error(`the corner's basket did not become a sale: ${closed.error}`)
      stall.wake()
      const { counter } = closed.value.sale
      await putCode(options, closed.value.url, stall.terminal.identity.stall.name, codeSeconds + overlapSeconds)
      const isPaid = async () => {
        const sale = await stall.terminal.store.get("sales", counterKey(counter))
        return sale !== undefined && standingOf(sale) === "paid"
      }
      const endsAtMs = performance.now() + codeSeconds * 1000
      while (!stopped && performance.now() < endsAtMs && !(await isPaid())) await rest(1000)
      if (!stopped && (await isPaid())) await rest(nextBuyerSeconds * 1000)
    }
  }
  const done = show().catch((error: Error) => {
    if (!stopped) process.stderr.write(`The market corner shows no new codes: ${error.message}\n`)
  })
  return {
    done,
    stop() {
      stopped = true
      rouse()
    },
  }
}

/** By slot: what the stall must not sell. */
async function heldOf({ terminal }: HeadlessStall) {
  const snapshot = await terminal.store.get("snapshots", THE_ONE)
  return heldSlots(terminal, snapshot === undefined ? [] : slotsOf(snapshot))
}

/** One to three goods, some hundred grams each: another basket each time. */
function basketOf(goods: readonly Goods[], turn: number): SaleLine[] {
  const count = 1 + (turn % goods.length)
  return goods.slice(0, count).map((one, index) => ({
    slot: index + 1,
    quantity: { unit: "gram", count: 350 + ((turn * 7 + index * 5) % 12) * 50 },
    unitPriceFen: one.retailFen,
  }))
}
