import { expect, test } from "bun:test"
import { type DayPlan, type PlannedSale, planDay } from "../../../scripts/demo/plan-day"
import { type Goods, readCatalogue, readPriceList } from "../../../scripts/demo/price-list"

const goods = readPriceList(readCatalogue())
const allSales = ({ baseSales, wholesaleSales, retailSales }: DayPlan) => [
  ...baseSales,
  ...wholesaleSales,
  ...retailSales,
]

test("plans exactly as many sales as asked for, each with something in it", () => {
  for (const count of [10, 11, 60, 300]) {
    const sales = allSales(planDay(goods, count, 1))
    expect(sales).toHaveLength(count)
    for (const { lines } of sales) expect(lines.length).toBeGreaterThan(0)
  }
})

test("the same seed is the same day, another one another", () => {
  expect(planDay(goods, 60, 7)).toEqual(planDay(goods, 60, 7))
  expect(planDay(goods, 60, 7)).not.toEqual(planDay(goods, 60, 8))
})

test("a short day has cash, a void, a refund and an offline stall too", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { retailSales } = planDay(goods, 30, seed)
    expect(retailSales.some(({ way, isVoided }) => way === "cash" && !isVoided)).toBe(true)
    expect(retailSales.some(({ isVoided }) => isVoided)).toBe(true)
    expect(retailSales.some(({ refund }) => refund !== undefined)).toBe(true)
    expect(retailSales.some(({ isOffline, way }) => isOffline && way === "platform")).toBe(true)
  }
})

test("nobody sells goods that they do not deal in, and bases sell no more than they harvested", () => {
  const plan = planDay(goods, 300, 3)
  const dealsIn = (sales: readonly PlannedSale[], sellers: readonly { assortment: readonly Goods[] }[]) =>
    sales.every(({ seller, lines }) => lines.every((line) => sellers[seller]?.assortment.includes(line.goods)))
  expect(dealsIn(plan.wholesaleSales, plan.wholesalers)).toBe(true)
  expect(dealsIn(plan.retailSales, plan.stalls)).toBe(true)
  for (const [index, base] of plan.bases.entries()) {
    for (const { goods: one, weightGrams } of base.harvests) {
      expect(one.origins).toContain(base.province)
      const sold = plan.baseSales
        .filter(({ seller }) => seller === index)
        .flatMap(({ lines }) => lines)
        .filter((line) => line.goods === one)
      expect(sold.reduce((sum, line) => sum + line.weightGrams, 0)).toBeLessThanOrEqual(weightGrams)
    }
  }
})

test("prices are the list's: low at the base, average at the wholesale market, simulated at the stall", () => {
  const plan = planDay(goods, 60, 2)
  for (const { lines } of plan.baseSales) for (const line of lines) expect(line.unitPriceFen).toBe(line.goods.lowFen)
  for (const { lines } of plan.retailSales)
    for (const line of lines) expect(line.unitPriceFen).toBe(line.goods.retailFen)
})
