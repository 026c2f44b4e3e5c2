import { paymentEvents } from "@suyuan/drizzle/schema/payments"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"

export const paymentEventKinds = [
  "attempt/prepared",
  "attempt/sent",
  "attempt/open",
  "attempt/unknown",
  "attempt/failed",
  "attempt/succeeded",
  "attempt/closed",
  "payer/gave-up",
  "payer/came-back",
  "query/answered",
  "close/answered",
  "notification/received",
  "sale/settled",
  "sale/closed",
  "refund/prepared",
  "refund/sent",
  "refund/open",
  "refund/unknown",
  "refund/refused",
  "refund/failed",
  "refund/succeeded",
  "refund/closed",
  "refund/recorded",
] as const
export type PaymentEventKind = (typeof paymentEventKinds)[number]

/** Everything that an event may say. Closed on purpose: no bodies, no keys, nobody's id. */
export type PaymentEventDetail = {
  readonly via?: "response" | "notification" | "query"
  /** What the platform said: `open`, `paid`, `absent`, … */
  readonly answer?: string
  readonly code?: string
  readonly cause?: string
  readonly transactionId?: string
  readonly refundId?: string
  readonly amountFen?: number
  readonly reason?: string
}

export type PaymentEvent = {
  readonly outTradeNo: string
  readonly outRefundNo?: string
  readonly siteId: string
  readonly kind: PaymentEventKind
  readonly detail?: PaymentEventDetail
}

/** Appends to the money's diary, in the transaction that did what it tells of. */
export async function appendEvents(
  ctx: Pick<Context, "clock" | "random">,
  tx: Pick<Transaction, "insert">,
  events: readonly PaymentEvent[],
): Promise<void> {
  if (events.length === 0) return
  const at = new Date(ctx.clock.nowMs())
  await tx.insert(paymentEvents).values(
    events.map(({ outTradeNo, outRefundNo, siteId, kind, detail }) => ({
      id: ctx.random.uuid(),
      day: utcDay(at),
      outTradeNo,
      outRefundNo: outRefundNo ?? null,
      siteId,
      kind,
      detail: { ...detail },
      at,
    })),
  )
}
