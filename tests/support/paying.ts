// A platform's payment of a scanned sale, as the gateway's own settlement takes it, without a platform: for tests that
// are about what follows from it.
import type { Context } from "@suyuan/api/context"
import type { AttemptKey } from "@suyuan/api/payments/attempts"
import type { PaymentDeps } from "@suyuan/api/payments/payment-deps"
import type { PaymentProvider } from "@suyuan/api/payments/payment-provider"
import { recordLateRefunds } from "@suyuan/api/payments/record-refund"
import { dayOfNumber } from "@suyuan/api/payments/refund-number"
import { settle } from "@suyuan/api/payments/settle"
import { completeTrades } from "@suyuan/api/sales/complete-trades"
import { isSale, type SaleKey } from "@suyuan/api/sales/sale-key"
import { storeCodes } from "@suyuan/api/sales/store-codes"
import { verifyCodes } from "@suyuan/api/sales/verify-codes"
import { applyRefundedGoods } from "@suyuan/api/trace/apply-refunded-goods"
import { bindings, buyers } from "@suyuan/drizzle/schema/buyers"
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { formatOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { eq } from "drizzle-orm"

const noPlatform = new Proxy({} as PaymentProvider, {
  get: () => () => {
    throw new Error("no platform here")
  },
})

export const paymentDeps: PaymentDeps = {
  providers: { "wechat-pay": noPlatform, alipay: noPlatform },
  completeTrades,
  applyRefundedGoods,
}

export type TestBuyer = { readonly id: string }

/** A wallet; with a merchant named it is bound to that merchant's stall. */
export async function newBuyer(ctx: Context, merchant?: { merchantId: string; siteId: string }): Promise<TestBuyer> {
  const id = ctx.random.uuid()
  const createdAt = new Date(ctx.clock.nowMs())
  const appId = ctx.config.WECHAT_PAY_APPID
  await ctx.db.insert(buyers).values({ id, platform: "wechat-pay", appId, openId: `openid-${id}`, createdAt })
  if (merchant) {
    await ctx.db.insert(bindings).values({
      ...{ id: ctx.random.uuid(), buyerId: id, merchantId: merchant.merchantId, siteId: merchant.siteId },
      ...{ terminalId: 0, codeDigest: id.replaceAll("-", ""), state: "active", checkDigits: "00" },
      ...{ claimedAt: createdAt, validFrom: createdAt },
    })
  }
  return { id }
}

/** The platform says that this buyer has paid the code's amount. Returns the sale as it stands then. */
export async function payOnPlatform(ctx: Context, code: PayCode, buyer: TestBuyer) {
  const key = await openedSale(ctx, code)
  const attempt = await insertAttempt(ctx, key, buyer)
  const trade = { state: "paid", totalFen: code.body.amountFen, transactionId: `4200${attempt.outTradeNo}` } as const
  await ctx.db.transaction((tx) => settle(ctx, paymentDeps, tx, attempt, trade, "query"))
  return saleRow(ctx, key)
}

export async function saleRow(ctx: Context, key: SaleKey) {
  const [sale] = await ctx.db.select().from(sales).where(isSale(key))
  if (!sale) throw new Error("no such sale")
  return sale
}

/** As a scan in good time made it; how long ago that was does not matter to what was paid. */
export async function openedSale(ctx: Context, code: PayCode): Promise<SaleKey> {
  const [verified] = await verifyCodes(ctx, ctx.db, [code])
  if (!verified?.ok) throw new Error(verified?.error ?? "no verdict")
  const [stored] = await ctx.db.transaction((tx) => storeCodes(ctx, tx, [verified.value]))
  if (!stored) throw new Error("the code was not stored")
  return stored.key
}

async function insertAttempt(ctx: Context, key: SaleKey, buyer: TestBuyer): Promise<AttemptKey> {
  const sale = await saleRow(ctx, key)
  const now = new Date(ctx.clock.nowMs())
  const name = { utcDay: utcDayOf(now.getTime()), terminal: key.terminalId, counter: key.counter, attempt: 1 }
  const attempt = { outTradeNo: formatOutTradeNo(name), day: dayOfNumber(name) }
  await ctx.db.insert(attempts).values({
    ...attempt,
    ...{ terminalId: key.terminalId, counter: key.counter, saleDay: key.day, attempt: 1 },
    ...{ siteId: sale.siteId, merchantId: sale.merchantId, buyerId: buyer.id, platform: "wechat-pay" },
    ...{ payeeAccount: "1900000109", amountFen: sale.amountFen, state: "open" },
    ...{ expiresAt: now, watchUntil: now, createdAt: now },
  })
  await ctx.db.update(sales).set({ state: "paying" }).where(isSale(key))
  return attempt
}

type Refund = typeof refunds.$inferInsert

/** The seller's refund has succeeded at the platform: its record is written and the piles are told. */
export async function refundOnPlatform(
  ctx: Context,
  sale: Awaited<ReturnType<typeof saleRow>>,
  refund: Pick<Refund, "goods" | "amountFen"> & {
    readonly lines?: [number, number][]
    readonly id?: string
  },
) {
  const now = new Date(ctx.clock.nowMs())
  const id = refund.id ?? ctx.random.uuid()
  const outRefundNo = id.replaceAll("-", "").slice(0, 24)
  await ctx.db.insert(refunds).values({
    ...{ outRefundNo, day: now.toISOString().slice(0, 10), id, outTradeNo: sale.settledBy ?? "" },
    ...{ attemptDay: sale.day, terminalId: sale.terminalId, counter: sale.counter, saleDay: sale.day },
    ...{ siteId: sale.siteId, merchantId: sale.merchantId, platform: "wechat-pay", amountFen: refund.amountFen },
    ...{ reason: "seller", goods: refund.goods, lines: refund.lines ?? [], state: "succeeded" },
    ...{ platformRefundId: `5030${outRefundNo}`, requestedBy: "test", succeededAt: now, createdAt: now },
  })
  await recordLateRefunds(ctx, paymentDeps, 10)
  const [row] = await ctx.db.select().from(refunds).where(eq(refunds.id, id))
  if (!row?.recordId) throw new Error("the refund has no record")
  return row.recordId
}
