/** A transaction and a refund in WeChat Pay's words, the same in answers and in notifications. */
import { z } from "zod"
import type { PlatformTrade } from "../payments/payment-provider"

const amount = z.object({ total: z.number().int().min(1) })
export const transactionShape = z.object({
  sp_mchid: z.string(),
  sp_appid: z.string(),
  sub_mchid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().min(1).max(64).optional(),
  amount: amount.optional(),
})

/** Undefined when it does not say what a paid order must. REFUND is a paid order of which something went back. */
export function tradeOf(transaction: z.infer<typeof transactionShape>): PlatformTrade | undefined {
  switch (transaction.trade_state) {
    case "SUCCESS":
    case "REFUND": {
      const { transaction_id: transactionId, amount: paid } = transaction
      if (transactionId === undefined || paid === undefined) return undefined
      return { state: "paid", totalFen: paid.total, transactionId }
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
