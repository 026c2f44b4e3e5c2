import { gatewayActor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"

export type MoneyAlarm =
  | "payments/wrong-amount"
  | "payments/second-transaction"
  | "payments/wrong-payee"
  | "payments/platform-refused"
  | "payments/refund-failed"
  | "payments/trade-not-completed"

/** Money is where the books did not expect it: somebody must look. Kept in the audit trail and raised in the log. */
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
}
