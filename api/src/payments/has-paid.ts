import { ownIdentities } from "../buyers/own-identities"
import type { Reader } from "../context"
import { attemptKeyOf, findAttempt, type SaleRow } from "./attempts"

/**
 * The session in which a sale was paid, or the wallet that paid from outside: both call it theirs, and so does every
 * identity that their person has joined with one of them.
 */
export async function hasPaid(
  reader: Reader,
  sale: Pick<SaleRow, "buyerId" | "settledBy">,
  buyerId: string,
): Promise<boolean> {
  if (sale.buyerId === buyerId) return true
  const key = attemptKeyOf(sale.settledBy ?? "")
  const attempt = key && (await findAttempt(reader, key))
  if (attempt?.walletBuyerId === buyerId) return true
  const own = await ownIdentities(reader, buyerId)
  return [sale.buyerId, attempt?.walletBuyerId].some((payer) => typeof payer === "string" && own.includes(payer))
}
