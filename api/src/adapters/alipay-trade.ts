import type { PlatformTrade } from "../payments/payment-provider"

/** TRADE_CLOSED is an order that nobody paid, or one that was paid and went back whole: the pay date tells which. */
export function tradeOf(
  status: string,
  totalFen: number,
  transactionId: string,
  wasPaid: boolean,
): Exclude<PlatformTrade, { state: "absent" }> | undefined {
  switch (status) {
    case "WAIT_BUYER_PAY":
      return { state: "open" }
    case "TRADE_SUCCESS":
    case "TRADE_FINISHED":
      return { state: "paid", totalFen, transactionId }
    case "TRADE_CLOSED":
      return wasPaid ? { state: "paid", totalFen, transactionId } : { state: "closed" }
    default:
      return undefined
  }
}
