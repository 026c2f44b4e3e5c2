import { formatOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { closeSettlement } from "@suyuan/protocol/payment/payment-state"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { type Actor, gatewayActor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { enqueue } from "../outbox"
import { type SaleKey, saleName } from "../sales/sale-key"
import { hurryAttempts, lockSale } from "./attempts"
import { changeSale, settlementOf, tellOf } from "./change-sale"
import { appendEvents } from "./payment-events"
import { cashAttempt } from "./refund-number"

/** `already-paid`: the payment came first; both screens are told, and the seller refunds or keeps. */
export type Cancelled = "closed" | "already-closed" | "already-paid" | "unknown-sale"

/**
 * The seller gives a sale up, by a request that the terminal signed. It holds from our commit on: attempts under way
 * are closed at their platform, and money that still comes goes back by itself.
 */
export async function cancelSale(
  ctx: Context,
  tx: Transaction,
  key: SaleKey,
  actor: Actor = gatewayActor,
): Promise<Cancelled> {
  const sale = await lockSale(tx, key)
  if (sale === undefined) return "unknown-sale"
  const change = closeSettlement(settlementOf(sale), "cancelled", [])
  if (change.kind !== "applied") {
    // The terminal's screen may be older than our books: told again.
    await enqueue(ctx, tx, tellOf(sale))
    return sale.state === "paid" ? "already-paid" : "already-closed"
  }
  await changeSale(ctx, tx, sale, change.settlement)
  await hurryAttempts(tx, [sale], new Date(ctx.clock.nowMs()))
  await writeAudit(ctx, tx, actor, { verb: "payments/cancel-sale", subject: saleName(key), siteId: sale.siteId })
  await appendEvents(ctx, tx, [
    { outTradeNo: saleNumber(key), siteId: sale.siteId, kind: "sale/closed", detail: { reason: "cancelled" } },
  ])
  return "closed"
}

/** Names the sale itself in the diary: the number that no attempt has. */
export function saleNumber(key: SaleKey): string {
  const utcDay = utcDayOf(Date.parse(`${key.day}T00:00:00Z`))
  return formatOutTradeNo({ utcDay, terminal: key.terminalId, counter: key.counter, attempt: cashAttempt })
}
