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

/**
 * What a stall's chosen lots have said so far: sums over the sales whose lot was chosen, of how far the shares of that lot by
 * first in first out (`first`), and by last in first out (`last`), are from its share by mixing.
 */
export interface ExpectedHabit {
  readonly observations: number
  /** Squares of `first`. */
  readonly difference: number
  /** `first` × what mixing lacked of the whole. */
  readonly agreement: number
  /** The same of `last`; left out by walks of before it was guessed, as 0. */
  readonly lastDifference?: number
  readonly lastAgreement?: number
  /** `first` × `last`. */
  readonly product?: number
}

/** A pile after a walk. */
export interface ExpectedPile {
  readonly rules: number
  /** One layer, or none. */
  readonly mixed: readonly ExpectedLayer[]
  /** As they came. */
  readonly firstIn: readonly ExpectedLayer[]
  /** The same by last in first out; left out by walks of before it was guessed: then stirred. */
  readonly lastIn?: readonly ExpectedLayer[]
  readonly habit: ExpectedHabit
}
