/** A transaction and a refund in WeChat Pay's words, the same in answers and in notifications. */
import type { PlatformTrade } from "../payments/payment-provider"
import type { Transaction } from "./wechat-pay-parties"

/** Undefined when it does not say what a paid order must. REFUND is a paid order of which something went back. */
export function tradeOf(transaction: Transaction): PlatformTrade | undefined {
  switch (transaction.state) {
    case "SUCCESS":
    case "REFUND": {
      const { transactionId, totalFen, appId, openId } = transaction
      if (transactionId === undefined || totalFen === undefined) return undefined
      return { state: "paid", totalFen, transactionId, payer: openId === undefined ? undefined : { appId, openId } }
    }
    case "NOTPAY":
    case "USERPAYING":
    case "ACCEPT":
      return { state: "open" }
    case "CLOSED":
    case "REVOKED":
    case "PAYERROR":
      return { state: "closed" }
    default:
      return undefined
  }
}

const refundStates = {
  SUCCESS: "succeeded",
  PROCESSING: "processing",
  CLOSED: "closed",
  ABNORMAL: "abnormal",
} as const

export function refundStateOf(status: string): "processing" | "succeeded" | "closed" | "abnormal" | undefined {
  return Object.hasOwn(refundStates, status) ? refundStates[status as keyof typeof refundStates] : undefined
}
