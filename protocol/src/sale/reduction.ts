/**
 * 抹零: the seller rounds the sum down. Never up, and never to nothing.
 * A reduction beyond custom is flagged and the sale is not used for tracing until it is explained: ten tonnes
 * sold for one fen would launder an origin.
 */
import type { Result } from "../result"
import { err, ok } from "../result"

/** ¥1 is always within custom … */
export const REDUCTION_TOLERANCE_FEN = 100
/** … and so is a tenth of the sum. */
export const REDUCTION_TOLERANCE_DIVISOR = 10

export type ReductionError = "sale/amount-below-one-fen" | "sale/amount-above-lines"

export interface Reduction {
  readonly reductionFen: number
  /** Above max(¥1, 10 % of the lines). */
  readonly overTolerance: boolean
}

export function judgeReduction(linesFen: number, amountFen: number): Result<Reduction, ReductionError> {
  if (amountFen < 1) return err("sale/amount-below-one-fen")
  if (amountFen > linesFen) return err("sale/amount-above-lines")
  const reductionFen = linesFen - amountFen
  const overTolerance = reductionFen > REDUCTION_TOLERANCE_FEN && reductionFen * REDUCTION_TOLERANCE_DIVISOR > linesFen
  return ok({ reductionFen, overTolerance })
}
