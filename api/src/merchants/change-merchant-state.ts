import { merchants } from "@suyuan/drizzle/schema/merchants"
import { and, eq } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import type { Merchant } from "./add-merchant"
import { requireMerchant } from "./find-merchant"

/** Stops a stall from selling, or lets it again. The same again is success. */
export async function changeMerchantState(
  ctx: Context,
  actor: Actor,
  merchantId: string,
  state: Merchant["state"],
  reason: string,
): Promise<Merchant> {
  return ctx.db.transaction(async (tx) => {
    const merchant = await requireMerchant(tx, actor, "merchants:write", merchantId)
    const [changed] = await tx
      .update(merchants)
      .set({ state })
      .where(and(eq(merchants.id, merchantId), eq(merchants.state, state === "active" ? "suspended" : "active")))
      .returning()
    if (!changed) return merchant
    await writeAudit(ctx, tx, actor, {
      verb: state === "active" ? "merchants/resume" : "merchants/suspend",
      subject: merchantId,
      siteId: merchant.siteId,
      detail: { reason },
    })
    return changed
  })
}
