// Sales as they stand when the platforms have settled them and their uploads are still on the way.
import type { Context, Transaction } from "@suyuan/api/context"
import { type SaleKey, saleName } from "@suyuan/api/sales/sale-key"
import { storeCodes } from "@suyuan/api/sales/store-codes"
import { verifyCodes } from "@suyuan/api/sales/verify-codes"
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { formatOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { sql } from "drizzle-orm"

export type Payer = { readonly id: string; readonly merchantId: string | null }

export type PaidCode = { readonly code: PayCode; readonly payer: Payer }

const rowsPerInsert = 1_000

/** Wallets; with merchants named, one bound to each. */
export async function openWallets(ctx: Context, owners: readonly (string | null)[]): Promise<Payer[]> {
  const createdAt = new Date(ctx.clock.nowMs())
  const appId = ctx.config.WECHAT_PAY_APPID
  const wallets = owners.map((merchantId) => ({ id: ctx.random.uuid(), merchantId }))
  for (let from = 0; from < wallets.length; from += rowsPerInsert) {
    await ctx.db.insert(buyers).values(
      wallets.slice(from, from + rowsPerInsert).map(({ id }) => {
        return { id, platform: "wechat-pay" as const, appId, openId: `openid-${id}`, createdAt }
      }),
    )
  }
  return wallets
}

/** Stores each code as a sale that its payer has paid: what a scan, an attempt and a notification leave behind. */
export async function storePaid(ctx: Context, tx: Transaction, paid: readonly PaidCode[]): Promise<SaleKey[]> {
  // Our own signatures, made a moment ago: checking them again would only make the loading longer.
  const trusting = { ...ctx, verifySignature: () => true }
  const verified = (
    await verifyCodes(
      trusting,
      tx,
      paid.map(({ code }) => code),
    )
  ).map((result) => {
    if (!result.ok) throw new Error(result.error)
    return result.value
  })
  const keys = (await storeCodes(ctx, tx, verified)).map(({ key }) => key)
  const rows = verified.map((code, index) => {
    const { payer } = paid[index]!
    const utcDay = utcDayOf(code.issuedAt.getTime())
    const outTradeNo = formatOutTradeNo({ utcDay, terminal: code.terminal.id, counter: code.counter, attempt: 1 })
    const paidAt = new Date(code.issuedAt.getTime() + 8_000)
    const attempt = {
      ...{ outTradeNo, day: code.day, terminalId: code.terminal.id, counter: code.counter, saleDay: code.day },
      ...{ attempt: 1, siteId: code.site.id, merchantId: code.merchant.id, platform: "wechat-pay" as const },
      ...{ buyerId: payer.id, payeeAccount: "1900000109", amountFen: code.code.body.amountFen },
      ...{ state: "succeeded" as const, platformTransactionId: `4200${outTradeNo}`, succeededAt: paidAt },
      ...{ receivedFen: code.code.body.amountFen, expiresAt: paidAt, watchUntil: paidAt, createdAt: code.issuedAt },
    }
    return { attempt, payer, paidAt }
  })
  await tx.insert(attempts).values(rows.map(({ attempt }) => attempt))
  const named = rows.map(
    ({ attempt: { terminalId, counter, day, outTradeNo }, payer, paidAt }) =>
      sql`(${terminalId}::bigint, ${counter}::bigint, ${day}::date, ${outTradeNo}, ${paidAt.toISOString()}::timestamptz, ${payer.id}::uuid, ${payer.merchantId}::uuid)`,
  )
  await tx.execute(sql`
    UPDATE sales AS s
    SET state = 'paid', paid_fen = s.amount_fen, paid_by = 'wechat-pay', version = 2, settled_by = v.settled_by,
        settled_at = v.settled_at, buyer_id = v.buyer_id, buyer_merchant_id = v.buyer_merchant_id
    FROM (VALUES ${sql.join(named, sql`, `)})
      AS v(terminal_id, counter, day, settled_by, settled_at, buyer_id, buyer_merchant_id)
    WHERE s.terminal_id = v.terminal_id AND s.counter = v.counter AND s.day = v.day`)
  if (new Set(keys.map(saleName)).size !== paid.length) throw new Error("a sale was stored twice")
  return keys
}
