import type { ExpectedHabit } from "./expected-carry"

export type ExpectedMethod = "mixing" | "blend"

export interface Calibration {
  readonly method: ExpectedMethod
  /** 0 is perfect mixing, 1 first in first out. */
  readonly firstInWeight: number
}

/** Fewer sales whose lot was chosen say nothing about a habit. */
const observationsMin = 8
/** Squares of shares, added up: below it the two guesses hardly differed, and nothing can be learned. */
const differenceMin = 0.5

/** How often a chosen lot was the one that either guess would have taken. Owned by one walk. */
export class Habit {
  private observations = 0
  private difference = 0
  private agreement = 0

  note(firstInShare: number, mixingShare: number): void {
    this.observations += 1
    this.difference += (firstInShare - mixingShare) ** 2
    this.agreement += (1 - mixingShare) * (firstInShare - mixingShare)
  }

  /** Least squares between the guesses; mixing where the data are too thin. */
  calibrated(): Calibration {
    const isThin = this.observations < observationsMin || this.difference < differenceMin
    const firstInWeight = isThin ? 0 : Math.min(1, Math.max(0, this.agreement / this.difference))
    return { method: firstInWeight === 0 ? "mixing" : "blend", firstInWeight }
  }

  restore({ observations, difference, agreement }: ExpectedHabit): void {
    this.observations = observations
    this.difference = difference
    this.agreement = agreement
  }

  carry(): ExpectedHabit {
    const { observations, difference, agreement } = this
    return { observations, difference, agreement }
  }
}
