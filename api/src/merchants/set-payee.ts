import { payeeAccounts, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { and, eq, inArray } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { notifyTerminals } from "../terminals/notify-terminals"
import { requireMerchant } from "./find-merchant"

export type Payee = {
  readonly platform: "wechat-pay" | "alipay"
  /** WeChat Pay: sub_mchid. Alipay: the seller's user id. */
  readonly account: string
  /** Alipay service-provider mode: the merchant's app_auth_token. */
  readonly authToken?: string | undefined
}

export type PayeeOutcome =
  | { readonly state: "in-force" }
  /** The platform had another account: a second person must approve. */
  | { readonly state: "proposed"; readonly changeId: string }

/**
 * Names where a platform settles a merchant's money. The first account is in force at once; another one is only
 * proposed, because whoever may redirect a stall's money alone will be bribed or phished to do it.
 */
export async function setPayee(ctx: Context, actor: Actor, merchantId: string, payee: Payee): Promise<PayeeOutcome> {
  return ctx.db.transaction(async (tx) => {
    const { siteId } = await requireMerchant(tx, actor, "merchants:write", merchantId)
    const createdAt = new Date(ctx.clock.nowMs())
    const row = { ...payee, authToken: payee.authToken ?? null, merchantId, createdAt }
    const added = await tx.insert(payeeAccounts).values(row).onConflictDoNothing().returning()
    const subject = { subject: merchantId, siteId, detail: { platform: payee.platform, account: payee.account } }
    if (added.length > 0) {
      await writeAudit(ctx, tx, actor, { verb: "merchants/set-payee", ...subject })
      return { state: "in-force" }
    }
    const [current] = await tx
      .select()
      .from(payeeAccounts)
      .where(and(eq(payeeAccounts.merchantId, merchantId), eq(payeeAccounts.platform, payee.platform)))
    if (current?.account === row.account && current.authToken === row.authToken) return { state: "in-force" }
    const changeId = ctx.random.uuid()
    const proposed = await tx
      .insert(payeeChanges)
      .values({ ...row, id: changeId, siteId, state: "proposed", proposedBy: actor.id })
      .onConflictDoNothing()
      .returning()
    if (proposed.length > 0) {
      await writeAudit(ctx, tx, actor, { verb: "merchants/propose-payee", ...subject })
      await notifyTerminals(ctx, tx, merchantId, { kind: "payee-proposed", platform: payee.platform })
      return { state: "proposed", changeId }
    }
    const [waiting] = await tx
      .select()
      .from(payeeChanges)
      .where(
        and(
          eq(payeeChanges.merchantId, merchantId),
          eq(payeeChanges.platform, payee.platform),
          inArray(payeeChanges.state, ["proposed", "approved"]),
        ),
      )
    if (waiting?.account !== row.account || waiting.authToken !== row.authToken) {
      throw new ServiceError("payee/change-pending")
    }
    return { state: "proposed", changeId: waiting.id }
  })
}
