// Worlds of single items with losses, returns, counts and choices at random, far beyond what a market does.
import { expect, test } from "bun:test"
import { judgeHabit } from "../../bench/trace/judge-world"
import { committedWorld, type World } from "../../bench/trace/world"
import { type Dice, openDice } from "../../scripts/demo/dice"

/** Machines are shared; this only says when a test hangs. */
const HANGS_MS = 1_200_000
const WORLDS = 150

function randomWorld(dice: Dice): World {
  const { wholesalers, stalls, growers, books, commodities } = committedWorld
  const share = (most: number) => dice.roll() * most
  return {
    ...committedWorld,
    days: 5,
    commodities: dice.several(commodities, 2).map((commodity) => ({
      ...commodity,
      shelfLifeDays: dice.between(2, 6),
      clearedShare: share(1),
    })),
    growers: { ...growers, clearedShare: share(1) },
    wholesalers: { ...wholesalers, count: 2, clearedShare: share(1) },
    stalls: { ...stalls, count: 3 },
    chosenShare: share(1),
    ...{ returnedShare: share(0.4), voidedShare: share(0.2), wasteShare: share(1), handEnteredShare: share(0.4) },
    ...{ shortArrivalShare: share(0.5), shortArrivalLossShare: share(0.3) },
    ...{ stockTakeShare: share(0.3), soldOutAnsweredShare: share(1) },
    books: { ...books, missingSalesShare: share(0.5), missingWasteShare: share(1) },
  }
}

test(
  "[RG-15] [RG-3] [RG-8] whole books, late ones, and those in which only outflows are missing are true in every world",
  () => {
    for (let seed = 1; seed <= WORLDS; seed += 1) {
      const dice = openDice(seed)
      const world = randomWorld(dice)
      const { complete, late, missing, methods } = judgeHabit(world, dice.pick(world.habits), seed)
      const wrong = {
        covered: complete.bags - complete.covered,
        missed: methods[0]!.missedSales + missing.recalls.missedSales,
        coveredByMissing: missing.bags - missing.covered,
        narrower: missing.narrowerSales,
        atNoon: missing.saidAtNoon.false,
        isLateTheSame: late.isSame,
      }
      expect({ seed, ...wrong }).toEqual({
        ...{ seed, covered: 0, missed: 0, coveredByMissing: 0, narrower: 0, atNoon: 0, isLateTheSame: true },
      })
    }
  },
  HANGS_MS,
)
