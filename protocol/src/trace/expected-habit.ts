import type { ExpectedHabit } from "./expected-carry"

export type ExpectedMethod = "mixing" | "blend"

/** What is neither is perfect mixing; together at most 1. */
export interface Calibration {
  readonly method: ExpectedMethod
  /** 1 is first in first out. */
  readonly firstInWeight: number
  /** 1 is last in first out. */
  readonly lastInWeight: number
}

export const stirredOnly: Calibration = { method: "mixing", firstInWeight: 0, lastInWeight: 0 }

/**
 * Squares of shares that speak for mixing before anybody chose a lot. So a few choices move the blend a little, and many
 * decide it: a stall chooses some lots a week, and a threshold would be reached when its season is over. The least error
 * of a bag over all habits of the simulator: smaller and stalls without a habit suffer, larger and it learns too late.
 */
const priorForMixing = 0.2

/** How often a chosen lot was the one that each guess would have taken. Owned by one walk. */
export class Habit {
  private observations = 0
  private difference = 0
  private agreement = 0
  private lastDifference = 0
  private lastAgreement = 0
  private product = 0

  note(firstInShare: number, lastInShare: number, mixingShare: number): void {
    const [first, last, lacked] = [firstInShare - mixingShare, lastInShare - mixingShare, 1 - mixingShare]
    this.observations += 1
    this.difference += first ** 2
    this.agreement += lacked * first
    this.lastDifference += last ** 2
    this.lastAgreement += lacked * last
    this.product += first * last
  }

  /** Least squares with the prior, over all weights that are none below 0 and no more than 1 together. */
  calibrated(): Calibration {
    const [first, last] = [this.difference + priorForMixing, this.lastDifference + priorForMixing]
    const { agreement, lastAgreement, product } = this
    // Above 0: the prior keeps the two guesses apart even where they were always the same.
    const determinant = first * last - product ** 2
    const firstInWeight = (agreement * last - lastAgreement * product) / determinant
    const lastInWeight = (lastAgreement * first - agreement * product) / determinant
    if (firstInWeight < 0) return weighted(0, within(lastAgreement / last))
    if (lastInWeight < 0) return weighted(within(agreement / first), 0)
    if (firstInWeight + lastInWeight <= 1) return weighted(firstInWeight, lastInWeight)
    // On the edge between the two, without any mixing.
    const alone = within((agreement - lastAgreement - product + last) / (first + last - 2 * product))
    return weighted(alone, 1 - alone)
  }

  restore(said: ExpectedHabit): void {
    this.observations = said.observations
    this.difference = said.difference
    this.agreement = said.agreement
    this.lastDifference = said.lastDifference ?? 0
    this.lastAgreement = said.lastAgreement ?? 0
    this.product = said.product ?? 0
  }

  carry(): ExpectedHabit {
    const { observations, difference, agreement, lastDifference, lastAgreement, product } = this
    return { observations, difference, agreement, lastDifference, lastAgreement, product }
  }
}

const within = (weight: number) => Math.min(1, Math.max(0, weight))

function weighted(firstInWeight: number, lastInWeight: number): Calibration {
  return firstInWeight + lastInWeight === 0 ? stirredOnly : { method: "blend", firstInWeight, lastInWeight }
}
