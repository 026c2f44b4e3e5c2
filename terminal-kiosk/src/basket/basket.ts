/** What is on the scale and in the bag before it is a sale. Pure: every change gives a new basket. */
import { err, ok, type Result } from "@suyuan/protocol/result"
import { judgeReduction, type Reduction, type ReductionError } from "@suyuan/protocol/sale/reduction"
import { SALE_LINES_MAX, type SaleLine, UNIT_PRICE_FEN_MAX } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { QUANTITY_COUNT_MAX } from "@suyuan/protocol/terminal/packed-quantity"

export interface Basket {
  /** UUID: one basket becomes at most one sale, however often it is rung up. */
  readonly id: string
  readonly lines: readonly SaleLine[]
  /** 抹零: what the buyer is asked for, when it is less than the lines. */
  readonly askedFen: number | undefined
  /** Entered by hand after a lost store: when it was sold. */
  readonly soldAtSeconds?: number | undefined
  /** Which of the lost ones it enters (`lost/lost-items`): done when it is sold. */
  readonly lostName?: string | undefined
}

export type BasketError =
  | "basket/full"
  | "basket/no-such-line"
  | "basket/quantity-out-of-range"
  | "basket/price-out-of-range"

export function emptyBasket(id: string): Basket {
  return { id, lines: [], askedFen: undefined }
}

/** Nothing is in it and nothing was said of it. */
export function isBlank({ lines, soldAtSeconds }: Basket): boolean {
  return lines.length === 0 && soldAtSeconds === undefined
}

/** A changed basket is asked for in full again: a reduction was for what was in it then. */
export function addLine(basket: Basket, line: SaleLine): Result<Basket, BasketError> {
  if (basket.lines.length >= SALE_LINES_MAX) return err("basket/full")
  const problem = problemOf(line)
  return problem === undefined ? ok(changed(basket, [...basket.lines, line])) : err(problem)
}

export function changeLine(basket: Basket, index: number, line: SaleLine): Result<Basket, BasketError> {
  if (basket.lines[index] === undefined) return err("basket/no-such-line")
  const problem = problemOf(line)
  return problem === undefined ? ok(changed(basket, basket.lines.with(index, line))) : err(problem)
}

export function removeLine(basket: Basket, index: number): Result<Basket, BasketError> {
  if (basket.lines[index] === undefined) return err("basket/no-such-line")
  return ok(changed(basket, basket.lines.toSpliced(index, 1)))
}

/** Asks for less than the lines add up to; says whether that is beyond custom. */
export function reduceTo(
  basket: Basket,
  askedFen: number,
): Result<{ readonly basket: Basket; readonly reduction: Reduction }, ReductionError> {
  const reduction = judgeReduction(linesTotalFen(basket.lines), askedFen)
  return reduction.ok ? ok({ basket: { ...basket, askedFen }, reduction: reduction.value }) : reduction
}

/** What the buyer is asked for. */
export function basketAmountFen(basket: Basket): number {
  return basket.askedFen ?? linesTotalFen(basket.lines)
}

function changed(basket: Basket, lines: readonly SaleLine[]): Basket {
  // The next buyer's goods in an emptied one are no sale of before.
  return lines.length === 0 ? emptyBasket(basket.id) : { ...basket, lines, askedFen: undefined }
}

function problemOf({ quantity, unitPriceFen }: SaleLine): BasketError | undefined {
  const { count } = quantity
  if (!Number.isInteger(count) || count < 1 || count > QUANTITY_COUNT_MAX) return "basket/quantity-out-of-range"
  const isPrice = Number.isInteger(unitPriceFen) && unitPriceFen >= 0 && unitPriceFen <= UNIT_PRICE_FEN_MAX
  return isPrice ? undefined : "basket/price-out-of-range"
}
