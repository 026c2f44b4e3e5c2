// Single items, each of which knows its lot, and the hands that take them. What the books never see.
import type { Dice } from "../../scripts/demo/dice"
import type { Habit } from "./world"

export interface Item {
  readonly lotId: string
  readonly grams: number
  readonly expiresAtMs: number
}

/** A merchant's goods, those that came first in front; within one arrival in no order. */
export type Goods = readonly Item[]

export interface Taken {
  readonly taken: Goods
  readonly left: Goods
}

export function gramsOf(items: Goods): number {
  return items.reduce((sum, { grams }) => sum + grams, 0)
}

export function gramsByLot(items: Goods): Map<string, number> {
  const byLot = new Map<string, number>()
  for (const { lotId, grams } of items) byLot.set(lotId, (byLot.get(lotId) ?? 0) + grams)
  return byLot
}

/** Items of one lot, of at least `grams` together. */
export function growItems(
  lot: { readonly id: string; readonly expiresAtMs: number },
  grams: number,
  [low, high]: readonly [number, number],
  dice: Dice,
): Goods {
  const items: Item[] = []
  for (let sum = 0; sum < grams; sum += items.at(-1)!.grams) {
    items.push({ lotId: lot.id, grams: dice.between(low, high), expiresAtMs: lot.expiresAtMs })
  }
  return items
}

/** Poured onto the pile: who takes from it later cannot see in which order they lay in the cart. */
export function pour(pile: Goods, arrived: Goods, dice: Dice): Goods {
  const mixed = [...arrived]
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const j = dice.between(0, i)
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return [...pile, ...mixed]
}

/** Whole items until they weigh at least `grams`, or nothing is left. */
export function takeGrams(pile: Goods, grams: number, habit: Habit, dice: Dice): Taken {
  const hand = habit === "mixed" ? dice.pick(["newest-first", "oldest-first", "random"] as const) : habit
  if (hand === "random") return takeAtRandom(pile, grams, dice)
  const ahead = hand === "oldest-first" ? pile : pile.toReversed()
  let count = 0
  for (let sum = 0; sum < grams && count < ahead.length; count += 1) sum += ahead[count]!.grams
  return hand === "oldest-first"
    ? { taken: pile.slice(0, count), left: pile.slice(count) }
    : { taken: pile.slice(pile.length - count), left: pile.slice(0, pile.length - count) }
}

/** The same, of the one lot that the hand comes upon first. */
export function takeOfOneLot(pile: Goods, grams: number, habit: Habit, dice: Dice): Taken & { lotId: string } {
  const [first] = takeGrams(pile, 1, habit, dice).taken
  const lotId = first?.lotId ?? ""
  const { taken } = takeGrams(
    pile.filter((item) => item.lotId === lotId),
    grams,
    habit,
    dice,
  )
  const gone = new Set(taken)
  return { taken, left: pile.filter((item) => !gone.has(item)), lotId }
}

function takeAtRandom(pile: Goods, grams: number, dice: Dice): Taken {
  const order = pile.map((_, index) => index)
  const chosen = new Set<number>()
  for (let sum = 0; sum < grams && chosen.size < pile.length; ) {
    // Fisher and Yates, as far as it is needed.
    const next = dice.between(chosen.size, order.length - 1)
    const index = order[next]!
    order[next] = order[chosen.size]!
    chosen.add(index)
    sum += pile[index]!.grams
  }
  return {
    taken: pile.filter((_, index) => chosen.has(index)),
    left: pile.filter((_, index) => !chosen.has(index)),
  }
}
