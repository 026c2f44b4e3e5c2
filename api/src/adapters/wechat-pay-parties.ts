/**
 * How WeChat Pay's requests and answers name who collects: a service provider for a sub-merchant
 * (`sp_mchid`/`sub_mchid`), or a merchant by its own number (`mchid`). Everything else of an order is the same.
 */
import { z } from "zod"

export type Parties = {
  /** Of orders; without a trailing slash. */
  readonly path: "/v3/pay/partner/transactions" | "/v3/pay/transactions"
  /** Who signs. */
  readonly mchid: string
  readonly ofOrder: (appId: string, payeeAccount: string) => Readonly<Record<string, string>>
  /** Of a query and a close. */
  readonly ofReference: (payeeAccount: string) => Readonly<Record<string, string>>
  readonly ofRefund: (payeeAccount: string) => Readonly<Record<string, string>>
  readonly ofPayer: (openId: string) => Readonly<Record<string, string>>
  readonly transaction: z.ZodType<Transaction>
  readonly refundNews: z.ZodType<RefundNews>
}

export type Transaction = {
  readonly mchid: string
  readonly appId: string
  readonly payeeAccount: string
  readonly outTradeNo: string
  readonly state: string
  readonly transactionId: string | undefined
  readonly totalFen: number | undefined
  /** As `appId` knows the payer; told once the order is paid. */
  readonly openId: string | undefined
}

export type RefundNews = {
  readonly mchid: string
  readonly payeeAccount: string
  readonly outTradeNo: string
  readonly outRefundNo: string
  readonly refundId: string
  readonly status: string
}

const order = z.object({
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().min(1).max(64).optional(),
  amount: z.object({ total: z.number().int().min(1) }).optional(),
})
const openId = z.string().min(1).max(128).optional()
const refund = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1).max(64),
  refund_status: z.string(),
})

/** @param mchid the service provider's */
export function throughProvider(mchid: string): Parties {
  return {
    path: "/v3/pay/partner/transactions",
    mchid,
    ofOrder: (appId, payeeAccount) => ({ sp_appid: appId, sp_mchid: mchid, sub_mchid: payeeAccount }),
    ofReference: (payeeAccount) => ({ sp_mchid: mchid, sub_mchid: payeeAccount }),
    ofRefund: (payeeAccount) => ({ sub_mchid: payeeAccount }),
    ofPayer: (id) => ({ sp_openid: id }),
    transaction: order
      .extend({
        sp_mchid: z.string(),
        sp_appid: z.string(),
        sub_mchid: z.string(),
        payer: z.object({ sp_openid: openId }).optional(),
      })
      .transform((body) => ({
        ...{ mchid: body.sp_mchid, appId: body.sp_appid, payeeAccount: body.sub_mchid },
        ...{ openId: body.payer?.sp_openid, ...orderOf(body) },
      })),
    refundNews: refund
      .extend({ sp_mchid: z.string(), sub_mchid: z.string() })
      .transform((body) => ({ mchid: body.sp_mchid, payeeAccount: body.sub_mchid, ...refundOf(body) })),
  }
}

/** @param mchid the merchant's own, who is also the payee */
export function byItself(mchid: string): Parties {
  return {
    path: "/v3/pay/transactions",
    mchid,
    ofOrder: (appId) => ({ appid: appId, mchid }),
    ofReference: () => ({ mchid }),
    ofRefund: () => ({}),
    ofPayer: (id) => ({ openid: id }),
    transaction: order
      .extend({ mchid: z.string(), appid: z.string(), payer: z.object({ openid: openId }).optional() })
      .transform((body) => ({
        ...{ mchid: body.mchid, appId: body.appid, payeeAccount: body.mchid },
        ...{ openId: body.payer?.openid, ...orderOf(body) },
      })),
    refundNews: refund
      .extend({ mchid: z.string() })
      .transform((body) => ({ mchid: body.mchid, payeeAccount: body.mchid, ...refundOf(body) })),
  }
}

function orderOf(body: z.infer<typeof order>) {
  return {
    outTradeNo: body.out_trade_no,
    state: body.trade_state,
    transactionId: body.transaction_id,
    totalFen: body.amount?.total,
  }
}

function refundOf(body: z.infer<typeof refund>) {
  return {
    outTradeNo: body.out_trade_no,
    outRefundNo: body.out_refund_no,
    refundId: body.refund_id,
    status: body.refund_status,
  }
}
