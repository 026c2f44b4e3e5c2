/**
 * A market in which single items move, never proportions: bases harvest, wholesalers buy and sell, stalls buy and sell,
 * consumers carry bags home. Every item knows its lot; the books know only weights. So each bag shows whether the
 * ranges that the books allow are true.
 */

import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import {
  type Inflow,
  outflowKey,
  type PileEvent,
  type SourceGrams,
  UNKNOWN_SOURCE,
} from "@suyuan/protocol/trace/pile-event"
import type { Dice } from "./dice"

const ITEM_GRAMS = 100

interface Item {
  readonly source: string
  readonly cameAt: number
  /** Breaks ties for sellers who pick by looks. */
  readonly looks: number
}

export type Habit = "any" | "oldest-first" | "newest-first" | "best-looking" | "one-lot-first"
const HABITS: readonly Habit[] = ["any", "oldest-first", "newest-first", "best-looking", "one-lot-first"]

export interface Books {
  /** Goods bought without a record. Every pile is then counted each evening, which is what brings it to light. */
  readonly offBook?: boolean
  /** Goods that spoil or are given away without a record. */
  readonly silentLosses?: boolean
  /** Trade weights are declared as intervals around the true one. */
  readonly boxes?: boolean
  /** So long after its first harvest whatever is left of a lot is thrown away everywhere, without a record. */
  readonly shelfLifeMs?: number
  /** Some sales are of a lot that the seller points at. */
  readonly chosenLots?: boolean
}

/** One outflow and what was really in it. */
export interface Bag {
  readonly pileId: string
  readonly key: string
  readonly gramsOf: ReadonlyMap<string, number>
}

interface Merchant {
  readonly pileId: string
  readonly habit: Habit
  items: Item[]
  readonly events: PileEvent[]
}

interface Weight {
  readonly grams: number
  readonly lowGrams?: number
}

function gramsBySource(items: readonly Item[]): Map<string, number> {
  const gramsOf = new Map<string, number>()
  for (const { source } of items) gramsOf.set(source, (gramsOf.get(source) ?? 0) + ITEM_GRAMS)
  return gramsOf
}

/** A played market: the books of its piles, what every bag really held, and each lot's harvest. */
export class Market {
  readonly bags: Bag[] = []
  readonly lotGrams = new Map<string, number>()
  readonly expiresAtMs = new Map<string, number>()
  private readonly dice: Dice
  private readonly books: Books
  private readonly wholesalers: Merchant[]
  private readonly stalls: Merchant[]
  private clock = 0
  private day = 0

  constructor(dice: Dice, books: Books) {
    this.dice = dice
    this.books = books
    const merchant = (pileId: string): Merchant => ({ pileId, habit: dice.one(HABITS), items: [], events: [] })
    this.wholesalers = ["w1", "w2"].map(merchant)
    this.stalls = ["s1", "s2", "s3"].map(merchant)
  }

  play(days: number): void {
    for (this.day = 0; this.day < days; this.day += 1) {
      for (const wholesaler of this.wholesalers) this.harvest(wholesaler)
      for (let i = 0; i < 45; i += 1) {
        this.throwAway()
        this.act()
      }
      this.throwAway()
      if (this.books.offBook) for (const merchant of this.merchants) this.count(merchant)
    }
  }

  /** Of the last event. */
  get nowMs(): number {
    return this.clock
  }

  get histories(): PileHistory[] {
    return this.merchants.map(({ pileId, events }) => ({ pileId, events }))
  }

  /** What really lies in each pile at the end. */
  get stocks(): { pileId: string; gramsOf: ReadonlyMap<string, number> }[] {
    return this.merchants.map(({ pileId, items }) => ({ pileId, gramsOf: gramsBySource(items) }))
  }

  private get merchants(): Merchant[] {
    return [...this.wholesalers, ...this.stalls]
  }

  /** What is over by the next event. */
  private throwAway(): void {
    const nextMs = this.clock + 1000
    const isOver = ({ source }: Item) => (this.expiresAtMs.get(source) ?? Number.POSITIVE_INFINITY) <= nextMs
    for (const merchant of this.merchants) merchant.items = merchant.items.filter((item) => !isOver(item))
  }

  private act(): void {
    const { dice } = this
    const wholesaler = dice.one(this.wholesalers)
    const stall = dice.one(this.stalls)
    const chance = dice.share()
    if (chance < 0.08) this.harvest(wholesaler)
    else if (chance < 0.32) this.trade(wholesaler, stall, dice.between(2, 12))
    else if (chance < 0.35) this.trade(dice.one(this.wholesalers), wholesaler, dice.between(1, 6))
    else if (chance < 0.38) this.trade(stall, wholesaler, dice.between(1, 4))
    else if (chance < 0.42) this.handEntered(stall)
    else if (chance < 0.46) this.waste(dice.one(this.merchants))
    else if (chance < 0.49) this.voidedSale(stall)
    else if (chance < 0.52) this.count(dice.one(this.merchants))
    else if (chance < 0.56) this.unrecorded(dice.one(this.merchants))
    else this.consumerBuys(stall)
  }

  private stamp(): { effectiveAtMs: number; recordId: string } {
    this.clock += 1000
    return { effectiveAtMs: this.clock, recordId: `${this.dice.between(1000, 9999)}-${this.clock}` }
  }

  private weigh(itemCount: number): Weight {
    const grams = itemCount * ITEM_GRAMS
    if (!this.books.boxes || this.dice.happens(0.3)) return { grams }
    return { grams: grams + this.dice.between(0, 80), lowGrams: grams - this.dice.between(0, 80) }
  }

  private put(merchant: Merchant, sources: readonly string[]): void {
    const items = sources.map((source) => ({ source, cameAt: this.clock, looks: this.dice.share() }))
    merchant.items.push(...items)
  }

  private pick(merchant: Merchant, wanted: number): Item[] {
    const { habit } = merchant
    const favourite = merchant.items[0]?.source
    const inOrder = this.dice.shuffled(merchant.items)
    if (habit === "oldest-first") inOrder.sort((a, b) => a.cameAt - b.cameAt)
    if (habit === "newest-first") inOrder.sort((a, b) => b.cameAt - a.cameAt)
    if (habit === "best-looking") inOrder.sort((a, b) => b.looks - a.looks)
    if (habit === "one-lot-first")
      inOrder.sort((a, b) => Number(b.source === favourite) - Number(a.source === favourite))
    const taken = inOrder.slice(0, wanted)
    merchant.items = inOrder.slice(wanted)
    return taken
  }

  private oneOfLots({ items }: Merchant): string | undefined {
    const known = items.filter(({ source }) => source !== UNKNOWN_SOURCE)
    return known.length === 0 ? undefined : this.dice.one(known).source
  }

  private pickOf(merchant: Merchant, wanted: number, lot: string): Item[] {
    const taken = merchant.items.filter(({ source }) => source === lot).slice(0, wanted)
    merchant.items = merchant.items.filter((item) => !taken.includes(item))
    return taken
  }

  private harvest(merchant: Merchant): void {
    const source = `lot-${this.day}-${this.dice.between(1, 4)}`
    const itemCount = this.dice.between(4, 20)
    const at = this.stamp()
    const weight = this.weigh(itemCount)
    const { grams, lowGrams = grams } = weight
    const sources: SourceGrams[] = [{ sourceId: source, lowGrams, highGrams: grams }]
    merchant.events.push({ kind: "in", ...at, ...weight, sources })
    const { shelfLifeMs } = this.books
    if (shelfLifeMs !== undefined && !this.expiresAtMs.has(source))
      this.expiresAtMs.set(source, this.clock + shelfLifeMs)
    this.lotGrams.set(source, (this.lotGrams.get(source) ?? 0) + grams)
    this.put(merchant, Array(itemCount).fill(source))
  }

  private takeOut(merchant: Merchant, wanted: number): { recordId: string; weight: Weight; items: Item[] } | undefined {
    const chosen = this.books.chosenLots && this.dice.happens(0.4) ? this.oneOfLots(merchant) : undefined
    const items = chosen === undefined ? this.pick(merchant, wanted) : this.pickOf(merchant, wanted, chosen)
    if (items.length === 0) return undefined
    const at = this.stamp()
    const weight = this.weigh(items.length)
    merchant.events.push({ kind: "out", ...at, ...weight, ...(chosen !== undefined && { chosen }) })
    this.bags.push({ pileId: merchant.pileId, key: outflowKey(at), gramsOf: gramsBySource(items) })
    return { recordId: at.recordId, weight, items }
  }

  private trade(seller: Merchant, buyer: Merchant, wanted: number): void {
    const sale = seller === buyer ? undefined : this.takeOut(seller, wanted)
    if (sale === undefined) return
    const upstream = { pileId: seller.pileId, recordId: sale.recordId, line: 0 }
    const arrival = { kind: "in", ...this.stamp(), upstream } as const
    const isShort = this.dice.happens(0.2) && sale.weight.lowGrams === undefined
    const accepted = isShort ? sale.items.slice(0, this.dice.between(0, sale.items.length)) : sale.items
    const weight = isShort ? { grams: accepted.length * ITEM_GRAMS } : sale.weight
    buyer.events.push({ ...arrival, ...weight })
    this.put(
      buyer,
      accepted.map(({ source }) => source),
    )
  }

  private handEntered(merchant: Merchant): void {
    const itemCount = this.dice.between(1, 6)
    merchant.events.push({ kind: "in", ...this.stamp(), grams: itemCount * ITEM_GRAMS })
    this.put(merchant, Array(itemCount).fill(UNKNOWN_SOURCE))
  }

  private waste(merchant: Merchant): void {
    this.takeOut(merchant, this.dice.between(1, 3))
  }

  private voidedSale(merchant: Merchant): void {
    if (merchant.items.length === 0) return
    const at = this.stamp()
    merchant.events.push({ kind: "out", ...at, grams: this.dice.between(1, merchant.items.length) * ITEM_GRAMS })
    merchant.events.push({ kind: "void", ...this.stamp(), voids: { recordId: at.recordId } })
  }

  private count(merchant: Merchant): void {
    merchant.events.push({ kind: "count", ...this.stamp(), grams: merchant.items.length * ITEM_GRAMS })
  }

  private unrecorded(merchant: Merchant): void {
    if (this.books.silentLosses) this.pick(merchant, this.dice.between(1, 4))
    if (this.books.offBook) this.put(merchant, Array(this.dice.between(1, 8)).fill(UNKNOWN_SOURCE))
  }

  private consumerBuys(stall: Merchant): void {
    const sale = this.takeOut(stall, this.dice.between(1, 8))
    if (sale === undefined || sale.weight.lowGrams !== undefined || !this.dice.happens(0.1)) return
    const back = this.dice.shuffled(sale.items).slice(0, this.dice.between(1, sale.items.length))
    const returnOf: Inflow["returnOf"] = { recordId: sale.recordId }
    stall.events.push({ kind: "in", ...this.stamp(), grams: back.length * ITEM_GRAMS, returnOf })
    this.put(
      stall,
      back.map(({ source }) => source),
    )
  }
}
