import { payeeAccounts, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { and, eq, lte } from "drizzle-orm"
import { gatewayActor } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { notifyTerminals } from "../terminals/notify-terminals"
import { describePayee } from "./describe-payee"

/** Puts approved changes in force whose delay is over. Returns how many. Attempts that are open keep their payee. */
export async function applyPayeeChanges(ctx: Context): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const now = new Date(ctx.clock.nowMs())
    const due = await tx
      .select()
      .from(payeeChanges)
      .where(and(eq(payeeChanges.state, "approved"), lte(payeeChanges.appliesAt, now)))
      .limit(100)
      .for("update", { skipLocked: true })
    for (const change of due) {
      const { id, merchantId, siteId, platform, account, authToken, directAccount } = change
      await tx
        .update(payeeAccounts)
        .set({ account, authToken, directAccount, createdAt: now })
        .where(and(eq(payeeAccounts.merchantId, merchantId), eq(payeeAccounts.platform, platform)))
      await tx.update(payeeChanges).set({ state: "applied" }).where(eq(payeeChanges.id, id))
      await writeAudit(ctx, tx, gatewayActor, {
        verb: "merchants/apply-payee",
        subject: merchantId,
        siteId,
        detail: { platform, ...describePayee(change) },
      })
      await notifyTerminals(ctx, tx, merchantId, { kind: "payee-applied", platform, payee: describePayee(change) })
    }
    return due.length
  })
}
