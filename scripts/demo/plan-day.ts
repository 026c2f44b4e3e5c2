// The day as a plan, before anything happens: who sells what to whom, and what goes wrong. Pure: the same goods, number
// of sales and seed are the same plan.
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { type Dice, openDice } from "./dice"
import type { Goods } from "./price-list"
import type { Province } from "./provinces"

export type PlannedLine = {
  readonly goods: Goods
  readonly weightGrams: number
  readonly unitPriceFen: number
}

export type PlannedSale = {
  /** Index among the sellers of its level. */
  readonly seller: number
  /** A trader of the next level whose own wallet pays, or a consumer. */
  readonly buyer: number
  readonly lines: readonly PlannedLine[]
  /** 抹零: fen taken off the sum. */
  readonly reductionFen: number
  readonly way: "platform" | "cash"
  /** Taken back by the seller afterwards; cash only. */
  readonly isVoided: boolean
  readonly refund: PlannedRefund | undefined
  /** The buyer closes the wallet once before paying. */
  readonly hesitates: boolean
  /** Sold while the stall has no network: upload later, and six digits for who pays by phone. */
  readonly isOffline: boolean
}

export type PlannedRefund = {
  readonly goods: "money-only" | "not-handed-over" | "returned" | "discarded"
  /** Of what was paid. */
  readonly share: number
}

export type PlannedHarvest = { readonly goods: Goods; readonly weightGrams: number }
export type PlannedTest = { readonly goods: Goods; readonly inhibitionPermille: number }

export type PlannedBase = {
  readonly province: Province
  readonly harvests: readonly PlannedHarvest[]
  readonly tests: readonly PlannedTest[]
}
export type PlannedTrader = {
  /** What it deals in: slot n + 1 of its stock. */
  readonly assortment: readonly Goods[]
  /** From outside of the system: their origin counts as unknown. */
  readonly outside: readonly PlannedHarvest[]
  readonly tests: readonly PlannedTest[]
}

export type DayPlan = {
  readonly bases: readonly PlannedBase[]
  readonly wholesalers: readonly PlannedTrader[]
  readonly stalls: readonly PlannedTrader[]
  readonly consumers: number
  /** Bases to wholesalers, at the low price. */
  readonly baseSales: readonly PlannedSale[]
  /** Wholesalers to stalls, at the average price. */
  readonly wholesaleSales: readonly PlannedSale[]
  /** Stalls to consumers, at the simulated retail price. */
  readonly retailSales: readonly PlannedSale[]
}

const BASE_SALES_SHARE = 0.12
const WHOLESALE_SALES_SHARE = 0.23
const CASH_SHARE = 0.12
const VOIDED_SHARE_OF_CASH = 0.2
const REFUND_SHARE = 0.05
const FAILED_TESTS_SHARE = 0.02
const OFFLINE_SHARE_OF_STALLS = 0.2
/** Of what a trader deals in, the part whose origins the list names. */
const KNOWN_GOODS_SHARE = 0.75

export function planDay(goods: readonly Goods[], salesCount: number, seed: number): DayPlan {
  const dice = openDice(seed)
  const baseSalesCount = Math.max(1, Math.round(salesCount * BASE_SALES_SHARE))
  const wholesaleSalesCount = Math.max(1, Math.round(salesCount * WHOLESALE_SALES_SHARE))
  const retailSalesCount = Math.max(1, salesCount - baseSalesCount - wholesaleSalesCount)
  const wholesalersCount = clamp(Math.floor(baseSalesCount / 5), 1, 6)
  const stallsCount = clamp(Math.floor(wholesaleSalesCount / 4), 1, 16)

  const traders = Array.from({ length: wholesalersCount }, () => wholesaleAssortment(goods, dice))
  const { bases, baseSales } = planBaseSales(traders, baseSalesCount, dice.fork("bases"))
  const stock = stockOf(baseSales)
  const wholesalers = traders.map((assortment, index) => ({
    assortment,
    outside: enterOutside(assortment, holdings(stock, index), [150_000, 400_000], dice),
    tests: planTests(assortment, 2, dice),
  }))
  const { assortments, wholesaleSales } = planWholesale(stock, stallsCount, wholesaleSalesCount, dice)
  const stallStock = stockOf(wholesaleSales)
  const stalls = assortments.map((assortment, index) => ({
    assortment,
    outside: dice.isLucky(0.4) ? enterOutside(assortment, holdings(stallStock, index), [8_000, 20_000], dice) : [],
    tests: planTests(assortment, 1, dice),
  }))
  const consumers = clamp(Math.round(retailSalesCount / 4), 2, 60)
  const retailSales = planRetail(stallStock, stallsCount, consumers, retailSalesCount, dice.fork("retail"))
  return { bases, wholesalers, stalls, consumers, baseSales, wholesaleSales, retailSales }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

/** 快检 of a few of the goods; seldom one fails. */
function planTests(goods: readonly Goods[], count: number, dice: Dice): PlannedTest[] {
  return dice.several(goods, count).map((one) => ({
    goods: one,
    inhibitionPermille: dice.isLucky(FAILED_TESTS_SHARE) ? dice.between(520, 800) : dice.between(10, 380),
  }))
}

function wholesaleAssortment(goods: readonly Goods[], dice: Dice): Goods[] {
  const count = dice.between(7, 10)
  const known = Math.round(count * KNOWN_GOODS_SHARE)
  const hasOrigin = (one: Goods) => one.origins.length > 0
  const named = dice.several(goods.filter(hasOrigin), known)
  const unnamed = goods.filter((one) => !hasOrigin(one))
  return [...named, ...dice.several(unnamed, count - known)]
}

/** Each wholesaler in turn buys from a base of one of the origins; the base harvests what it will sell, and some more. */
function planBaseSales(assortments: readonly (readonly Goods[])[], count: number, dice: Dice) {
  const bases: { province: Province; harvests: PlannedHarvest[] }[] = []
  const baseOf = (province: Province): number => {
    const found = bases.findIndex((base) => base.province === province)
    return found >= 0 ? found : bases.push({ province, harvests: [] }) - 1
  }
  const baseSales: PlannedSale[] = []
  for (let i = 0; i < count; i++) {
    const buyer = i % assortments.length
    const known = assortments[buyer]?.filter(({ origins }) => origins.length > 0) ?? []
    const first = dice.pick(known)
    const province = dice.pick(first.origins)
    // What else the same base grows of what this wholesaler deals in.
    const alike = known.filter((one) => one !== first && one.origins.includes(province))
    const seller = baseOf(province)
    const lines = [first, ...dice.several(alike, dice.between(0, 2))].map((goods) => {
      const weightGrams = dice.between(8, 30) * 10_000
      bases[seller]?.harvests.push({ goods, weightGrams: weightGrams + dice.between(0, 6) * 10_000 })
      return { goods, weightGrams, unitPriceFen: goods.lowFen }
    })
    baseSales.push(plainSale(seller, buyer, lines))
  }
  return { bases: bases.map((base) => completeBase(base, dice)), baseSales }
}

/** A base brings one lot of each commodity to the day. */
function completeBase(base: { province: Province; harvests: readonly PlannedHarvest[] }, dice: Dice): PlannedBase {
  const byGoods = Map.groupBy(base.harvests, ({ goods }) => goods)
  const harvests = [...byGoods].map(([goods, some]) => ({
    goods,
    weightGrams: some.reduce((sum, { weightGrams }) => sum + weightGrams, 0),
  }))
  return { province: base.province, harvests, tests: planTests([...byGoods.keys()], 1, dice) }
}

/** Stock of each buyer after these sales: goods → grams. */
type Stock = Map<Goods, number>[]

function stockOf(sales: readonly PlannedSale[]): Stock {
  const stock: Stock = []
  for (const { buyer, lines } of sales) {
    stock[buyer] ??= new Map()
    for (const { goods, weightGrams } of lines) {
      stock[buyer].set(goods, (stock[buyer].get(goods) ?? 0) + weightGrams)
    }
  }
  return stock
}

function holdings(stock: Stock, index: number): Map<Goods, number> {
  stock[index] ??= new Map()
  return stock[index]
}

/** Goods without a named origin, and now and then some of another hand's of those with one. */
function enterOutside(
  assortment: readonly Goods[],
  held: Map<Goods, number>,
  [low, high]: readonly [number, number],
  dice: Dice,
): PlannedHarvest[] {
  const isFromOutside = (goods: Goods) => goods.origins.length === 0 || dice.isLucky(0.15)
  return assortment.filter(isFromOutside).map((goods) => {
    const weightGrams = Math.round(dice.between(low, high) / 1000) * 1000
    held.set(goods, (held.get(goods) ?? 0) + weightGrams)
    return { goods, weightGrams }
  })
}

function planWholesale(stock: Stock, stallsCount: number, count: number, dice: Dice) {
  const assortments: Set<Goods>[] = Array.from({ length: stallsCount }, () => new Set())
  const wholesaleSales: PlannedSale[] = []
  for (let i = 0; i < count; i++) {
    const buyer = i % stallsCount
    const seller = dice.between(0, stock.length - 1)
    const weigh = () => dice.between(8, 30) * 1000
    const lines = takeLines(holdings(stock, seller), dice.between(1, 4), weigh, "averageFen", dice)
    for (const { goods } of lines) assortments[buyer]?.add(goods)
    wholesaleSales.push(plainSale(seller, buyer, lines))
  }
  return { assortments: assortments.map((assortment) => [...assortment]), wholesaleSales }
}

function planRetail(stock: Stock, stallsCount: number, consumers: number, count: number, dice: Dice): PlannedSale[] {
  const offlineStalls = Math.max(1, Math.round(stallsCount * OFFLINE_SHARE_OF_STALLS))
  const sales: PlannedSale[] = []
  const sold = new Array<number>(stallsCount).fill(0)
  const perStall = Math.ceil(count / stallsCount)
  for (let i = 0; i < count; i++) {
    const seller = i % stallsCount
    const held = holdings(stock, seller)
    const wanted = dice.isLucky(0.03) ? 12 : dice.between(1, 4)
    const lines = takeLines(held, wanted, () => dice.between(2, 30) * 50, "retailFen", dice)
    const linesFen = lines.reduce((sum, line) => sum + lineAmountFen(signedLine(line, 0)), 0)
    const way = dice.isLucky(CASH_SHARE) ? "cash" : "platform"
    // The stalls that lose their network lose it in the middle of their day.
    const part = (sold[seller] ?? 0) / perStall
    sold[seller] = (sold[seller] ?? 0) + 1
    const isOffline = seller < offlineStalls && part >= 0.3 && part < 0.7
    sales.push({
      ...plainSale(seller, dice.between(0, consumers - 1), lines),
      reductionFen: dice.isLucky(0.25) && linesFen > 200 ? linesFen % 10 : 0,
      way,
      isVoided: way === "cash" && dice.isLucky(VOIDED_SHARE_OF_CASH),
      refund: way === "platform" && dice.isLucky(REFUND_SHARE) ? planRefund(dice) : undefined,
      hesitates: dice.isLucky(0.06),
      isOffline,
    })
  }
  return withOneOfEach(sales)
}

function planRefund(dice: Dice): PlannedRefund {
  const goods = dice.pick(["money-only", "not-handed-over", "returned", "discarded"] as const)
  return { goods, share: goods === "money-only" ? dice.pick([0.1, 0.25, 0.5]) : 1 }
}

/** A short day shows everything too, as far as it has sales for it. */
function withOneOfEach(sales: PlannedSale[]): PlannedSale[] {
  const plain = () => sales.findIndex((sale) => sale.way === "platform" && !sale.refund && !sale.isOffline)
  const change = (has: (sale: PlannedSale) => boolean, how: Partial<PlannedSale>) => {
    const index = sales.some(has) ? -1 : plain()
    const sale = sales[index]
    if (sale !== undefined && sales.length > 3) sales[index] = { ...sale, ...how }
  }
  change(({ refund }) => refund !== undefined, { refund: { goods: "returned", share: 1 } })
  change(({ isVoided }) => isVoided, { way: "cash", isVoided: true })
  change(({ way, isVoided }) => way === "cash" && !isVoided, { way: "cash" })
  change(({ isOffline }) => isOffline, { isOffline: true })
  return sales
}

function plainSale(seller: number, buyer: number, lines: readonly PlannedLine[]): PlannedSale {
  return {
    ...{ seller, buyer, lines, reductionFen: 0, way: "platform" as const, isVoided: false, refund: undefined },
    ...{ hesitates: false, isOffline: false },
  }
}

/** As a basket holds it. */
export function signedLine({ weightGrams, unitPriceFen }: PlannedLine, slot: number): SaleLine {
  return { slot, quantity: { unit: "gram", count: weightGrams }, unitPriceFen }
}

/** Up to `count` lines of what is held; a seller who has run out sells a little that its book does not have. */
function takeLines(
  held: Map<Goods, number>,
  count: number,
  weigh: () => number,
  price: "averageFen" | "retailFen",
  dice: Dice,
): PlannedLine[] {
  const stocked = [...held].filter(([, grams]) => grams > 0).map(([goods]) => goods)
  const chosen = stocked.length > 0 ? dice.several(stocked, count) : dice.several([...held.keys()], 1)
  return chosen.map((goods) => {
    const left = held.get(goods) ?? 0
    const wish = weigh()
    const weightGrams = left <= 0 ? Math.min(wish, 500) : Math.min(wish, left)
    held.set(goods, left - weightGrams)
    return { goods, weightGrams, unitPriceFen: goods[price] }
  })
}
