import { changeAttempt } from "@suyuan/protocol/payment/attempt-state"
import { applyPayment, type RefundReason } from "@suyuan/protocol/payment/payment-state"
import { boundMerchant } from "../bindings/find-bindings"
import { findOrMakeBuyer } from "../buyers/find-or-make-buyer"
import type { Context, Transaction } from "../context"
import { describeFailure } from "../errors"
import type { SaleKey } from "../sales/sale-key"
import { raiseAlarm } from "./alarm"
import {
  type AttemptKey,
  type AttemptRow,
  hurryAttempts,
  type LockedAttempt,
  lockAttempt,
  saleKeyOf,
  updateAttempt,
} from "./attempts"
import { changeSale, settlementOf } from "./change-sale"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents, type PaymentEvent } from "./payment-events"
import type { PaidTrade } from "./payment-provider"
import { prepareRefund } from "./prepare-refund"

export type Settled = "settled" | "repeated" | "refund-due"

export const storedReasons = {
  "second-payment": "second-payment",
  "payment-after-close": "after-close",
  "amount-differs": "wrong-amount",
} as const satisfies Record<RefundReason, string>

/**
 * The platform has taken money for an attempt. Under the sale's lock the first success in our commit order settles;
 * every other, and one of a wrong amount, is refunded whole by a refund that is prepared in the same transaction.
 */
export async function settle(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  key: AttemptKey,
  trade: PaidTrade,
  via: Via,
): Promise<Settled> {
  const found = await lockAttempt(tx, key)
  if (found === undefined) throw new Error(`no attempt ${key.outTradeNo}`)
  return (await settleLocked(ctx, deps, tx, found, { trade, via })).settled
}

type Via = "notification" | "query"
type News = {
  readonly trade: PaidTrade
  readonly via: Via
  /** Of the diary: what goes before. */
  readonly events?: readonly PaymentEvent[]
}

/** The same for whoever has locked the attempt; it is given back as it is now. */
export async function settleLocked(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  { sale, attempt: before }: LockedAttempt,
  { trade, via, events = [] }: News,
): Promise<{ readonly settled: Settled; readonly attempt: AttemptRow }> {
  const about = { number: before.outTradeNo, siteId: before.siteId }
  if (changeAttempt(before.state, "succeeded").kind !== "applied") {
    await appendEvents(ctx, tx, events)
    const another = before.state === "succeeded" && before.platformTransactionId !== trade.transactionId
    if (another) await raiseAlarm(ctx, tx, "payments/second-transaction", about)
    return { settled: "repeated", attempt: before }
  }
  const now = new Date(ctx.clock.nowMs())
  const walletBuyerId = await walletOf(ctx, tx, before, trade)
  const change = applyPayment(settlementOf(sale), before.state, trade.totalFen)
  const attempt = await updateAttempt(tx, before, {
    state: "succeeded",
    platformTransactionId: trade.transactionId,
    receivedFen: trade.totalFen,
    succeededAt: now,
    nextQueryAt: null,
    failureCode: null,
    clientIp: null,
    walletBuyerId,
  })
  const { outTradeNo, siteId } = attempt
  const { transactionId, totalFen: amountFen } = trade
  const succeeded = {
    outTradeNo,
    siteId,
    kind: "attempt/succeeded",
    detail: { via, transactionId, amountFen },
  } as const
  if (change.kind === "refund-due") {
    await appendEvents(ctx, tx, [...events, succeeded])
    const changed = await changeSale(ctx, tx, sale, change.settlement)
    const reason = storedReasons[change.refund.reason]
    await prepareRefund(ctx, tx, changed, attempt, {
      id: ctx.random.uuid(),
      amountFen: change.refund.amountFen,
      reason,
      goods: "money-only",
      lines: [],
      requestedBy: "gateway",
    })
    if (reason === "wrong-amount") {
      const detail = { askedFen: attempt.amountFen, receivedFen: trade.totalFen }
      await raiseAlarm(ctx, tx, "payments/wrong-amount", { ...about, detail })
    }
    return { settled: "refund-due", attempt }
  }
  const settledBy = { outTradeNo, siteId, kind: "sale/settled", detail: { via, amountFen } } as const
  await appendEvents(ctx, tx, [...events, succeeded, settledBy])
  await changeSale(ctx, tx, sale, change.settlement, {
    paidBy: attempt.platform,
    settledBy: outTradeNo,
    settledAt: now,
    buyerId: attempt.buyerId,
    // As bound at this moment: the sale is then that merchant's purchase.
    buyerMerchantId: (await boundMerchant(tx, walletBuyerId ?? attempt.buyerId, now))?.merchantId ?? null,
  })
  await hurryAttempts(tx, [sale], now)
  await completeTrade(ctx, deps, tx, saleKeyOf(attempt), attempt)
  return { settled: "settled", attempt }
}

/** Outside the wallet nobody was known before: the platform's own word of the payer, as a buyer of theirs. */
async function walletOf(ctx: Context, tx: Transaction, attempt: AttemptRow, trade: PaidTrade): Promise<string | null> {
  if (attempt.method === "jsapi") return null
  if (trade.payer !== undefined) return findOrMakeBuyer(ctx, tx, { platform: attempt.platform, ...trade.payer })
  ctx.log.warn({ number: attempt.outTradeNo }, "the platform does not say who paid")
  return null
}

/** A trade record that cannot be made now never holds back money that has moved: it is made later by its own job. */
async function completeTrade(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  sale: SaleKey,
  attempt: AttemptRow,
): Promise<void> {
  try {
    await tx.transaction((inner) => deps.completeTrades(ctx, inner, [sale]))
  } catch (cause) {
    ctx.log.error({ ...describeFailure(cause), number: attempt.outTradeNo }, "a settled sale got no record")
    const { outTradeNo: number, siteId } = attempt
    await raiseAlarm(ctx, tx, "payments/trade-not-completed", { number, siteId })
  }
}
