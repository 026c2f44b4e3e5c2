/** Money is an integer of fen (¥0.01). Text is for people and for platforms that want yuan. */
import type { Result } from "../result"
import { err, ok } from "../result"

export type MoneyError = "money/malformed" | "money/too-large"

/**
 * The one rounding of money: to the nearest integer, a half goes up.
 * @throws RangeError for a negative numerator or a denominator below 1.
 */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n || denominator < 1n) throw new RangeError("divideHalfUp takes n ≥ 0 and d ≥ 1")
  return (2n * numerator + denominator) / (2n * denominator)
}

/** `12`, `12.3` and `12.34` are yuan; no sign, no spaces, no needless leading zero, at most two decimals. */
export function yuanToFen(text: string): Result<number, MoneyError> {
  const match = /^(0|[1-9][0-9]*)(?:\.([0-9]{1,2}))?$/.exec(text)
  if (match === null) return err("money/malformed")
  const fen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"))
  return Number.isSafeInteger(fen) ? ok(fen) : err("money/too-large")
}

/** Always two decimals: `1230` → `12.30`; a negative sum carries a leading `-`. */
export function fenToYuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError(`not an integer of fen: ${fen}`)
  const digits = String(Math.abs(fen)).padStart(3, "0")
  return `${fen < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
