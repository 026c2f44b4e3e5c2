import { paymentEvents } from "@suyuan/drizzle/schema/payments"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { fixedText, placeholder } from "../fixed-text"
import { arrayLiteral } from "../unnest"

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
  "refund/resumed",
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

const appended = fixedText<"ids" | "orders" | "refunds" | "sites" | "kinds" | "details" | "day" | "at">(sql`
  INSERT INTO ${paymentEvents} (id, day, out_trade_no, out_refund_no, site_id, kind, detail, at)
  SELECT id, ${placeholder("day")}::date, out_trade_no, out_refund_no, site_id, kind, detail::jsonb, ${placeholder("at")}::timestamptz
  FROM unnest(${placeholder("ids")}::uuid[], ${placeholder("orders")}::text[], ${placeholder("refunds")}::text[],
    ${placeholder("sites")}::uuid[], ${placeholder("kinds")}::text[], ${placeholder("details")}::text[])
    AS event(id, out_trade_no, out_refund_no, site_id, kind, detail)`)

/** Appends to the money's diary, in the transaction that did what it tells of. */
export async function appendEvents(
  ctx: Pick<Context, "clock" | "random">,
  tx: Pick<Transaction, "execute">,
  events: readonly PaymentEvent[],
): Promise<void> {
  if (events.length === 0) return
  const at = new Date(ctx.clock.nowMs())
  const texts = (of: (event: PaymentEvent) => string | null) => arrayLiteral("text", events.map(of))
  await tx.execute(
    appended({
      ids: texts(() => ctx.random.uuid()),
      orders: texts(({ outTradeNo }) => outTradeNo),
      refunds: texts(({ outRefundNo }) => outRefundNo ?? null),
      sites: texts(({ siteId }) => siteId),
      kinds: texts(({ kind }) => kind),
      details: texts(({ detail }) => JSON.stringify(detail ?? {})),
      ...{ day: utcDay(at), at: at.toISOString() },
    }),
  )
}
