// What happened, with the truth beside it: each event as the books would have it, and what each sale really held.
import { outflowKey, type PileEvent, UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import type { Dice } from "../../scripts/demo/dice"
import { type Goods, gramsByLot, gramsOf, pour, type Taken, takeGrams, takeOfOneLot } from "./items"
import type { Habit } from "./world"

/** Who sells: to wholesalers, to stalls, to consumers. */
export const LEVELS = ["base", "wholesaler", "stall"] as const
export type Level = (typeof LEVELS)[number]

/** Why an event was written: records get lost by kind. */
export type Role = "harvest" | "trade" | "retail" | "purchase" | "hand-entered" | "waste" | "count" | "void" | "return"

export interface Entry {
  readonly pileId: string
  readonly role: Role
  readonly event: PileEvent
}

export interface Lot {
  readonly id: string
  readonly commodity: string
  readonly base: string
  readonly county: string
  readonly province: string
  readonly tested: boolean
  readonly expiresAtMs: number
  readonly grams: number
}

/** One sale, and what was really in it. */
export interface Bag {
  readonly pileId: string
  readonly key: string
  readonly level: Level
  readonly atMs: number
  readonly grams: number
  readonly gramsByLot: ReadonlyMap<string, number>
}

/** What a buyer gets, and how a purchase names it. */
export interface Sold {
  readonly goods: Goods
  readonly ref: { readonly pileId: string; readonly recordId: string }
}

/** One merchant's stock of one commodity. */
export interface Pile {
  readonly pileId: string
  readonly level: Level
  goods: Goods
}

export interface Played {
  readonly entries: readonly Entry[]
  readonly bags: readonly Bag[]
  readonly lots: ReadonlyMap<string, Lot>
  /** What lies in each pile at the end. */
  readonly stocks: ReadonlyMap<string, Goods>
  readonly shelfLifeMsOf: ReadonlyMap<string, number>
}

/** One true clock, and everything in its order. Owned by one `playWorld`. */
export class Journal {
  readonly entries: Entry[] = []
  readonly bags: Bag[] = []
  readonly lots = new Map<string, Lot>()
  readonly piles: Pile[] = []
  private readonly habit: Habit
  private readonly dice: Dice
  private nowMs = 0
  private records = 0

  constructor(habit: Habit, dice: Dice) {
    this.habit = habit
    this.dice = dice
  }

  openPile(pileId: string, level: Level): Pile {
    const pile = { pileId, level, goods: [] }
    this.piles.push(pile)
    return pile
  }

  /** Commodities are played one after the other; each begins anew. */
  startAt(atMs: number): void {
    this.nowMs = atMs
  }

  /** These things, each at a time of its own in the given span. */
  during(fromMs: number, toMs: number, actions: readonly (() => void)[]): void {
    const timed = actions.map((act) => ({ atMs: this.dice.between(fromMs, toMs), act }))
    for (const { atMs, act } of timed.sort((a, b) => a.atMs - b.atMs)) {
      this.nowMs = Math.max(this.nowMs, atMs)
      act()
    }
  }

  harvest(pile: Pile, lot: Lot, goods: Goods): void {
    this.lots.set(lot.id, lot)
    const sources = [{ sourceId: lot.id, lowGrams: lot.grams, highGrams: lot.grams }]
    this.write(pile, "harvest", { kind: "in", ...this.stamp(), grams: lot.grams, sources })
    pile.goods = pour(pile.goods, goods, this.dice)
  }

  /** Sold: what was taken, and how the buyer names it. Nothing when the pile is empty. */
  sell(pile: Pile, grams: number, isChosen = false): Sold | undefined {
    const { taken, left, chosen } = this.pick(pile.goods, grams, isChosen)
    if (taken.length === 0) return undefined
    pile.goods = left
    const at = this.stamp()
    const weight = gramsOf(taken)
    const role = pile.level === "stall" ? "retail" : "trade"
    this.write(pile, role, { kind: "out", ...at, grams: weight, ...(chosen !== undefined && { chosen }) })
    this.bags.push({
      ...{ pileId: pile.pileId, key: outflowKey(at), level: pile.level, atMs: at.effectiveAtMs },
      ...{ grams: weight, gramsByLot: gramsByLot(taken) },
    })
    return { goods: taken, ref: { pileId: pile.pileId, recordId: at.recordId } }
  }

  private pick(goods: Goods, grams: number, isChosen: boolean): Taken & { readonly chosen?: string } {
    if (!isChosen) return takeGrams(goods, grams, this.habit, this.dice)
    const { lotId, ...taken } = takeOfOneLot(goods, grams, this.habit, this.dice)
    // What nobody declared has no name that one could choose.
    return lotId === UNKNOWN_SOURCE ? taken : { ...taken, chosen: lotId }
  }

  arrive(pile: Pile, goods: Goods, upstream: { pileId: string; recordId: string }): void {
    this.write(pile, "purchase", { kind: "in", ...this.stamp(), grams: gramsOf(goods), upstream })
    pile.goods = pour(pile.goods, goods, this.dice)
  }

  enterByHand(pile: Pile, goods: Goods): void {
    this.write(pile, "hand-entered", { kind: "in", ...this.stamp(), grams: gramsOf(goods) })
    pile.goods = pour(pile.goods, goods, this.dice)
  }

  throwAway(pile: Pile, goods: Goods): void {
    if (goods.length === 0) return
    const gone = new Set(goods)
    pile.goods = pile.goods.filter((item) => !gone.has(item))
    this.write(pile, "waste", { kind: "out", ...this.stamp(), grams: gramsOf(goods) })
  }

  takeBack(pile: Pile, goods: Goods, recordId: string): void {
    this.write(pile, "return", { kind: "in", ...this.stamp(), grams: gramsOf(goods), returnOf: { recordId } })
    pile.goods = pour(pile.goods, goods, this.dice)
  }

  /** Paid for and never handed over: a record, and its void. */
  sellInVain(pile: Pile, grams: number): void {
    const at = this.stamp()
    this.write(pile, "void", { kind: "out", ...at, grams: Math.min(grams, gramsOf(pile.goods)) })
    this.write(pile, "void", { kind: "void", ...this.stamp(), voids: { recordId: at.recordId } })
  }

  count(pile: Pile): void {
    this.write(pile, "count", { kind: "count", ...this.stamp(), grams: gramsOf(pile.goods) })
  }

  private write(pile: Pile, role: Role, event: PileEvent): void {
    this.entries.push({ pileId: pile.pileId, role, event })
  }

  /** No two things happen in the same second. */
  private stamp(): { effectiveAtMs: number; recordId: string } {
    this.nowMs += 1000
    this.records += 1
    return { effectiveAtMs: this.nowMs, recordId: `r${this.records}` }
  }
}
