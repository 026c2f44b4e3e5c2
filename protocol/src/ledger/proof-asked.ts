/**
 * The step of a proof that asks whether it is of the right record: a genuine proof of another sale passes every other
 * one (docs/specs/proof-bundle.md, PB-17). And what a sale's record itself says of goods and amount, to be shown.
 */
import { equalBytes } from "../codec/bytes"
import { unpackQuantity } from "../terminal/packed-quantity"
import { type GoodsLine, parseGoodsPart, parsePricePart } from "../terminal/pay-code"
import { quantityGrams } from "../units/weight"
import { SALE_FLAGS, type SalePublic } from "./kinds/sale"
import type { ProofStepOf } from "./proof-report"
import type { OpenedRecord } from "./record-types"

/** What somebody asked for and was shown: never taken from the bundle. */
export interface AskedRecord {
  readonly recordId: Uint8Array
  /** Left out where no amount was shown. */
  readonly amountFen?: number | undefined
  /**
   * Of each line, in order; `null` for one without a weight. Left out where no weights were shown: then, and only then,
   * a proof that opens nothing will do.
   */
  readonly grams?: readonly (number | null)[] | undefined
}

export interface RecordedSale {
  /** Undefined where the commercial section was not opened. */
  readonly amountFen: number | undefined
  readonly lines: readonly Pick<GoodsLine, "quantity">[]
}

/** Undefined for a record that is no sale. Lines that nobody knows are none. */
export function recordedSale(record: OpenedRecord): RecordedSale | undefined {
  if (record.kind !== "sale") return undefined
  const price = record.commercial && parsePricePart(record.commercial.pricePart)
  return { amountFen: price?.ok ? price.value.amountFen : undefined, lines: linesOf(record.public) }
}

const LINE_BYTES = 6
const SLOT_BYTES = 2

function linesOf({ goodsPart, lineGoods, flags = 0 }: SalePublic): RecordedSale["lines"] {
  // What was uploaded is not what was signed: none of it is certain.
  if ((flags & SALE_FLAGS.linesContradictCode) !== 0) return []
  const goods = parseGoodsPart(goodsPart)
  if (goods.ok && goods.value.lines.kind === "inline") return goods.value.lines.items
  if (lineGoods === undefined) return []
  return Array.from({ length: lineGoods.length / LINE_BYTES }, (_, line) => {
    const packed = lineGoods.subarray(line * LINE_BYTES + SLOT_BYTES, (line + 1) * LINE_BYTES)
    const quantity = unpackQuantity(packed.reduce((number, byte) => number * 256 + byte, 0))
    return quantity.ok ? [{ quantity: quantity.value }] : []
  }).flat()
}

/** @param record undefined where the proof opens nothing */
export function checkAsked(
  record: OpenedRecord | undefined,
  recordId: Uint8Array,
  asked: AskedRecord,
): ProofStepOf<"asked"> {
  const step = "asked"
  if (!equalBytes(recordId, asked.recordId)) return { step, outcome: "failed", reason: "another-record" }
  if (record === undefined) {
    return asked.grams === undefined
      ? { step, outcome: "passed", reason: "same-record" }
      : { step, outcome: "failed", reason: "not-opened" }
  }
  const sale = recordedSale(record)
  if (sale === undefined) return { step, outcome: "passed", reason: "as-shown" }
  if (sale.amountFen !== undefined && asked.amountFen !== undefined && sale.amountFen !== asked.amountFen) {
    return { step, outcome: "failed", reason: "another-amount" }
  }
  return asked.grams === undefined || hasWeights(sale, asked.grams)
    ? { step, outcome: "passed", reason: "as-shown" }
    : { step, outcome: "failed", reason: "other-goods" }
}

/** What a piece weighs stands in the snapshot: of pieces only the line is compared. */
function hasWeights({ lines }: RecordedSale, grams: readonly (number | null)[]): boolean {
  if (lines.length === 0) return true
  if (lines.length !== grams.length) return false
  return lines.every(({ quantity }, line) => {
    const [own, shown] = [quantityGrams(quantity), grams[line]]
    return own === undefined || shown === null || own === shown
  })
}
