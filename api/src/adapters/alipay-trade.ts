import type { PlatformPayer, PlatformTrade } from "../payments/payment-provider"

/** TRADE_CLOSED is an order that nobody paid, or one that was paid and went back whole: the pay date tells which. */
export function tradeOf(
  status: string,
  totalFen: number,
  transactionId: string,
  wasPaid: boolean,
  payer: PlatformPayer | undefined,
): Exclude<PlatformTrade, { state: "absent" }> | undefined {
  switch (status) {
    case "WAIT_BUYER_PAY":
      return { state: "open" }
    case "TRADE_SUCCESS":
    case "TRADE_FINISHED":
      return { state: "paid", totalFen, transactionId, payer }
    case "TRADE_CLOSED":
      return wasPaid ? { state: "paid", totalFen, transactionId, payer } : { state: "closed" }
    default:
      return undefined
  }
}

/** Old identities are user numbers, the same for every app and known as our own app's; open ids are one app's. */
export function payerOf(
  apps: { readonly appId: string; readonly payersAppId: string },
  told: { readonly openId: string | undefined; readonly userId: string | undefined },
): PlatformPayer | undefined {
  if (told.openId) return { appId: apps.appId, openId: told.openId }
  return told.userId ? { appId: apps.payersAppId, openId: told.userId } : undefined
}
