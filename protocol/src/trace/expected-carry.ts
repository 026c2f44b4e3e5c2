/**
 * What the guesses of RG-26 need to go on where an earlier walk ended, as plain data (RG-22). Weights are whole grams;
 * shares and parts of goods are the very numbers that the walk had, so that going on gives the same to the last bit.
 */

/** Changes with the rules of the guesses: what was remembered by others does not count. */
export const EXPECTED_RULES = 1

/** What was expected of an outflow. */
export interface ExpectedGoods {
  readonly rules: number
  readonly grams: number
  /** Source and grams, not whole ones. */
  readonly sources: readonly (readonly [sourceId: string, grams: number])[]
}

/** Goods that lie together, stirred. */
export interface ExpectedLayer {
  readonly grams: number
  readonly shares: readonly (readonly [sourceId: string, share: number])[]
}

/** What a stall's chosen lots have said so far: sums over the sales whose lot was chosen. */
export interface ExpectedHabit {
  readonly observations: number
  readonly difference: number
  readonly agreement: number
}

/** A pile after a walk. */
export interface ExpectedPile {
  readonly rules: number
  /** One layer, or none. */
  readonly mixed: readonly ExpectedLayer[]
  /** The one that came first first. */
  readonly firstIn: readonly ExpectedLayer[]
  readonly habit: ExpectedHabit
}
