// One day of a small region, as signed and paid sales in the order of time: bases harvest and sell to wholesalers, those
// to stalls, and stalls to consumers. Who buys from whom, and how much, follows from numbers alone.
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import type { Stall } from "./open-stalls"
import { linesOf } from "./prepare-uploads"

export type Region = {
  readonly bases: readonly Stall[]
  readonly wholesalers: readonly Stall[]
  readonly stalls: readonly Stall[]
}

export type PlannedSale = {
  readonly seller: Stall
  /** Undefined: a consumer. */
  readonly buyer: Stall | undefined
  readonly lines: readonly SaleLine[]
  /** Seconds after the day's first sale. */
  readonly atSeconds: number
}

export type PlannedHarvest = { readonly base: Stall; readonly commodity: number; readonly grams: number }

export type PlannedDay = { readonly harvests: readonly PlannedHarvest[]; readonly sales: readonly PlannedSale[] }

const wholesaleAtSeconds = 3_600
const retailAtSeconds = 2 * 3_600
const retailSeconds = 10 * 3_600
const linesPerSaleMax = 8

/** Every stall sells `salesPerStall` times; what it needs it buys that morning, every other one with 2 % to spare. */
export function planDay(region: Region, day: number, salesPerStall: number): PlannedDay {
  const retail = region.stalls.flatMap((seller, position) =>
    Array.from({ length: salesPerStall }, (_, index): PlannedSale => {
      const share = (index + position / region.stalls.length) / salesPerStall
      const atSeconds = retailAtSeconds + Math.floor(share * retailSeconds)
      return { seller, buyer: undefined, lines: linesOf(seller, day * salesPerStall + index), atSeconds }
    }),
  )
  const wholesale = supply(retail, region.wholesalers, day, wholesaleAtSeconds)
  const harvested = supply(wholesale, region.bases, day, 0)
  const harvests = [...demandOf(harvested)].flatMap(([base, wanted]) =>
    [...wanted].map(([commodity, grams]) => ({ base, commodity, grams: grams + 20_000 })),
  )
  const sales = [...harvested, ...wholesale, ...retail].sort((a, b) => a.atSeconds - b.atSeconds)
  return { harvests, sales }
}

/** Grams of each commodity that each seller sells. */
function demandOf(sales: readonly PlannedSale[]): Map<Stall, Map<number, number>> {
  const demand = new Map<Stall, Map<number, number>>()
  for (const { seller, lines } of sales) {
    const wanted = demand.get(seller) ?? new Map<number, number>()
    demand.set(seller, wanted)
    for (const { slot, quantity } of lines) {
      const commodity = seller.commodities[slot - 1] ?? 0
      wanted.set(commodity, (wanted.get(commodity) ?? 0) + quantity.count)
    }
  }
  return demand
}

/** What the sellers of these sales buy of `suppliers` that have it, each commodity of another one every day. */
function supply(
  sales: readonly PlannedSale[],
  suppliers: readonly Stall[],
  day: number,
  atSeconds: number,
): PlannedSale[] {
  return [...demandOf(sales)].flatMap(([buyer, wanted], position) => {
    const bought = new Map<Stall, SaleLine[]>()
    for (const [commodity, grams] of wanted) {
      const having = suppliers.filter(({ commodities }) => commodities.includes(commodity))
      const seller = having[(position + day + commodity) % having.length]
      if (!seller) throw new Error(`nobody has ${commodity}`)
      const slot = seller.commodities.indexOf(commodity) + 1
      const spare = position % 2 === 0 ? 1 : 1.02
      const line: SaleLine = { slot, quantity: { unit: "gram", count: Math.ceil(grams * spare) }, unitPriceFen: 300 }
      const lines = bought.get(seller) ?? []
      bought.set(seller, lines)
      lines.push(line)
    }
    return [...bought].map(([seller, lines]) => {
      if (lines.length > linesPerSaleMax) throw new Error("more lines than a code holds")
      return { seller, buyer, lines, atSeconds: atSeconds + position }
    })
  })
}
