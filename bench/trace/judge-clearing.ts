/**
 * What narrows a range is an empty pile: nothing of before can be in what comes after. So everything that is said depends
 * on how often piles are cleared, and this plays the world with merchants who clear less often than it says, down to never.
 */
import type { WholeReport } from "./judge-world"
import { judgeWhole } from "./judge-world"
import type { Habit, World } from "./world"

/** Of the world's own shares of clearing. */
const CLEARING_FACTORS = [0, 0.25, 0.5, 0.75, 1] as const

export interface ClearingReport extends WholeReport {
  readonly factor: number
}

export function judgeClearing(world: World, habit: Habit, seed: number): readonly ClearingReport[] {
  return CLEARING_FACTORS.map((factor) => ({ factor, ...judgeWhole(clearedLess(world, factor), habit, seed) }))
}

function clearedLess(world: World, factor: number): World {
  const less = <T extends { clearedShare: number }>(of: T): T => ({ ...of, clearedShare: of.clearedShare * factor })
  const { growers, wholesalers, commodities } = world
  return { ...world, growers: less(growers), wholesalers: less(wholesalers), commodities: commodities.map(less) }
}
