import { RECEIPT_DIGITS } from "@suyuan/protocol/terminal/offline-receipt"

/**
 * One more key of the six digits. Whole only by the key that makes it so: each whole entry is a try, of which there are
 * three. A key too many, while that try is being checked, is no other one.
 */
export function withDigit(typed: string, key: string): { readonly typed: string; readonly isWhole: boolean } {
  if (typed.length === RECEIPT_DIGITS) return { typed, isWhole: false }
  const next = key === "⌫" ? typed.slice(0, -1) : typed + key
  return { typed: next, isWhole: next.length === RECEIPT_DIGITS }
}
