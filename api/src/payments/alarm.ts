import { sites } from "@suyuan/drizzle/schema/participants"
import { eq } from "drizzle-orm"
import { gatewayActor } from "../actor"
import { raiseAlarms } from "../alarms/raise-alarms"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { businessDayOf } from "../trace/business-day"

export type MoneyAlarm =
  | "payments/wrong-amount"
  | "payments/second-transaction"
  | "payments/wrong-payee"
  | "payments/platform-refused"
  | "payments/refund-failed"
  | "payments/refund-refused"
  | "payments/refunded-too-much"
  | "payments/refund-not-recorded"
  | "payments/trade-not-completed"

/** Money is where the books did not expect it: somebody must look. An alarm, a line of the audit trail and of the log. */
export async function raiseAlarm(
  ctx: Pick<Context, "clock" | "random" | "log">,
  tx: Transaction,
  alarm: MoneyAlarm,
  about: { readonly number: string; readonly siteId: string; readonly detail?: Record<string, string | number> },
): Promise<void> {
  ctx.log.error({ alarm, number: about.number, ...about.detail }, "money needs a person")
  await writeAudit(ctx, tx, gatewayActor, {
    verb: alarm,
    subject: about.number,
    siteId: about.siteId,
    ...(about.detail && { detail: about.detail }),
  })
  await keepMoneyAlarm(ctx, tx, alarm, about)
}

/** In the list of alarms, for a person to decide. One without a site is for whoever acts at every one. */
export async function keepMoneyAlarm(
  ctx: Pick<Context, "clock" | "random" | "log">,
  tx: Transaction,
  reason: MoneyAlarm | `reconciliation/${string}`,
  about: { readonly number: string; readonly siteId: string | null; readonly detail?: Record<string, string | number> },
): Promise<void> {
  const { siteId, detail = {} } = about
  const now = new Date(ctx.clock.nowMs())
  const [site] = siteId === null ? [] : await tx.select().from(sites).where(eq(sites.id, siteId))
  const day = site ? businessDayOf(site, now) : utcDay(now)
  // Money does not wait for an alarm that is too long to keep.
  const number = about.number.slice(0, 64)
  const short = Object.entries(detail).map(([name, value]) => [
    name,
    typeof value === "string" ? value.slice(0, 200) : value,
  ])
  const evidence = { reason, number, detail: Object.fromEntries(short) as typeof detail }
  await raiseAlarms(ctx, tx, [
    { kind: "payment", subject: `${reason} ${number}`, day, siteId, merchantId: null, evidence },
  ])
}
