import type { Reader } from "../context"
import { attemptKeyOf, findAttempt, type SaleRow } from "./attempts"

/** The session in which a sale was paid, or the wallet that paid from outside: both call it theirs. */
export async function hasPaid(
  reader: Reader,
  sale: Pick<SaleRow, "buyerId" | "settledBy">,
  buyerId: string,
): Promise<boolean> {
  if (sale.buyerId === buyerId) return true
  const key = attemptKeyOf(sale.settledBy ?? "")
  const attempt = key && (await findAttempt(reader, key))
  return attempt?.walletBuyerId === buyerId
}
