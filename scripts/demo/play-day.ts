// The day: bases harvest, wholesalers buy, stalls buy, consumers buy. Each part begins when the goods of the one before
// have arrived; within it every seller serves one buyer at a time, and many sell at once.
import { recordInspection } from "@suyuan/terminal-kiosk/inspections/record-inspection"
import { declareHarvest } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { enterOutsideGoods } from "@suyuan/terminal-kiosk/stock/enter-outside-goods"
import { writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import type { Dice } from "./dice"
import type { Gateway } from "./gateway"
import type { HeadlessStall } from "./headless-stall"
import type { Market, Trader } from "./market"
import type { DayPlan, PlannedHarvest, PlannedSale, PlannedTest } from "./plan-day"
import { acceptGoods, type PlayedSale, playSale } from "./play-sale"
import { inPool } from "./pool"
import type { Goods } from "./price-list"

export type PlayedDay = {
  readonly baseSales: readonly PlayedSale[]
  readonly wholesaleSales: readonly PlayedSale[]
  readonly retailSales: readonly PlayedSale[]
}

export type DayProgress = {
  /** A part of the day begins; it has so many sales. */
  begin(zh: string, en: string, sales: number): void
  sold(): void
}

const SELLERS_AT_ONCE = 10
/** GB/T 5009.199-2003: an inhibition of half and more is positive. */
const RAPID_TEST = { method: "酶抑制率法", standard: "GB/T 5009.199-2003", limitPermille: 500 } as const

export async function playDay(
  gateway: Gateway,
  market: Market,
  plan: DayPlan,
  dice: Dice,
  progress: DayProgress,
): Promise<PlayedDay> {
  progress.begin("清晨：基地采收、开证、快检", "Early morning: bases harvest, certify and test", 0)
  await inPool(plan.bases, SELLERS_AT_ONCE, async ({ province, harvests, tests }, index) => {
    const stall = of(market.bases, index)
    await harvest(stall, harvests, `${province.name}${province.county}`)
    await testGoods(stall, tests)
  })

  progress.begin("正午：批发商向基地进货", "Noon: wholesalers buy from the bases", plan.baseSales.length)
  const baseSales = await playPart({
    ...{ gateway, progress, dice, sales: plan.baseSales },
    sellers: market.bases,
    buyers: market.wholesalers,
  })
  await inPool(plan.wholesalers, SELLERS_AT_ONCE, (trader, index) => stock(of(market.wholesalers, index).stall, trader))

  progress.begin(
    "凌晨：摊主到批发市场进货",
    "Before dawn: stalls buy at the wholesale market",
    plan.wholesaleSales.length,
  )
  const wholesaleSales = await playPart({
    ...{ gateway, progress, dice, sales: plan.wholesaleSales },
    sellers: market.wholesalers.map(({ stall }) => stall),
    buyers: market.stalls,
  })
  await inPool(plan.stalls, SELLERS_AT_ONCE, (trader, index) => stock(of(market.stalls, index).stall, trader))

  progress.begin("白天：顾客在菜市场买菜", "Day: consumers buy at the wet markets", plan.retailSales.length)
  const retailSales = await playPart({
    ...{ gateway, progress, dice, sales: plan.retailSales },
    sellers: market.stalls.map(({ stall }) => stall),
    consumers: market.consumers,
  })
  return { baseSales, wholesaleSales, retailSales }
}

async function harvest(stall: HeadlessStall, harvests: readonly PlannedHarvest[], declaredOrigin: string) {
  const lots = new Map<Goods, string>()
  for (const { goods, weightGrams } of harvests) {
    const certificate = { weightGrams, promiseBasis: "自检合格" }
    const lot = await declareHarvest(stall.terminal, {
      commodity: goods.code,
      weightGrams,
      declaredOrigin,
      certificate,
    })
    lots.set(goods, lot)
  }
  await writeSnapshot(
    stall.terminal,
    [...lots].map(([goods, lot], index) => ({ ...slotFor(goods, index), lot, declaredOrigin })),
  )
  stall.wake()
}

/** What a trader has besides its purchases, and what lies in which slot. */
async function stock(
  stall: HeadlessStall,
  trader: {
    readonly assortment: readonly Goods[]
    readonly outside: readonly PlannedHarvest[]
    readonly tests: readonly PlannedTest[]
  },
) {
  for (const { goods, weightGrams } of trader.outside) {
    await enterOutsideGoods(stall.terminal, { commodity: goods.code, weightGrams, declaredOrigin: "" })
  }
  await testGoods(stall, trader.tests)
  await writeSnapshot(stall.terminal, trader.assortment.map(slotFor))
  stall.wake()
}

function slotFor(goods: Goods, index: number) {
  return {
    ...{ slot: index + 1, commodity: goods.code, lot: undefined, declaredOrigin: "" },
    ...{ packLowGrams: 0, packHighGrams: 0, pile: "merged" as const },
  }
}

async function testGoods(stall: HeadlessStall, tests: readonly PlannedTest[]) {
  for (const { goods, inhibitionPermille } of tests) {
    await recordInspection(stall.terminal, {
      ...RAPID_TEST,
      sampleNumber: `S-${goods.code}`,
      commodity: goods.code,
      sampledAtMs: stall.terminal.clock.nowMs(),
      inhibitionPermille,
      instrument: "NY-8D",
      testerRole: "检测员",
    })
  }
}

type Part = {
  readonly gateway: Gateway
  readonly progress: DayProgress
  readonly dice: Dice
  readonly sales: readonly PlannedSale[]
  readonly sellers: readonly HeadlessStall[]
  /** Traders, to whose stock the goods go; or else consumers. */
  readonly buyers?: readonly Trader[]
  readonly consumers?: Market["consumers"]
}

async function playPart({ gateway, progress, dice, sales, sellers, buyers, consumers }: Part): Promise<PlayedSale[]> {
  const arrivals: Promise<void>[] = []
  // A box is weighed again when it arrives: sometimes a little is missing.
  const lighterBy = (grams: number) => (dice.isLucky(0.1) ? grams - Math.min(200, grams >> 4) : grams)
  const bySeller = [...Map.groupBy(sales.keys(), (index) => sales[index]?.seller ?? 0).values()]
  const played: PlayedSale[] = []
  await inPool(bySeller, SELLERS_AT_ONCE, async (indices) => {
    const stall = of(sellers, sales[indices[0] ?? 0]?.seller ?? 0)
    for (const index of indices) {
      const planned = of(sales, index)
      if (planned.isOffline) await stall.goOffline()
      else stall.goOnline()
      const buyer = buyers === undefined ? of(consumers ?? [], planned.buyer) : of(buyers, planned.buyer).wallet
      const sale = await playSale({ gateway, stall, planned, buyer: planned.way === "cash" ? undefined : buyer })
      played[index] = sale
      progress.sold()
      if (buyers !== undefined) arrivals.push(acceptGoods(of(buyers, planned.buyer), sale, lighterBy))
    }
    stall.goOnline()
  })
  await Promise.all(arrivals)
  return played
}

function of<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new Error(`there is no number ${index}`)
  return item
}
