import { payeeAccounts, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { and, eq, inArray } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Config } from "../config"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { DirectAccount, Platform } from "../payments/payment-provider"
import { notifyTerminals } from "../terminals/notify-terminals"
import { describePayee } from "./describe-payee"
import { requireMerchant } from "./find-merchant"

export type Payee = { readonly platform: Platform } & (
  | {
      /** WeChat Pay: sub_mchid. Alipay: the seller's user id. */
      readonly account: string
      /** Alipay service-provider mode: the merchant's app_auth_token. */
      readonly authToken?: string | undefined
      readonly directAccount?: undefined
    }
  /** The merchant collects by itself: name of its account in the configuration, where its keys are. */
  | { readonly directAccount: string }
)

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
    const fields = fieldsOf(ctx.config, payee)
    const row = { ...fields, platform: payee.platform, merchantId, createdAt }
    const added = await tx.insert(payeeAccounts).values(row).onConflictDoNothing().returning()
    const subject = { subject: merchantId, siteId, detail: { platform: payee.platform, ...describePayee(fields) } }
    if (added.length > 0) {
      await writeAudit(ctx, tx, actor, { verb: "merchants/set-payee", ...subject })
      const notice = { kind: "payee-applied", platform: payee.platform, payee: describePayee(fields) } as const
      await notifyTerminals(ctx, tx, merchantId, notice)
      return { state: "in-force" }
    }
    const [current] = await tx
      .select()
      .from(payeeAccounts)
      .where(and(eq(payeeAccounts.merchantId, merchantId), eq(payeeAccounts.platform, payee.platform)))
    if (current !== undefined && isSame(current, fields)) return { state: "in-force" }
    const changeId = ctx.random.uuid()
    const proposed = await tx
      .insert(payeeChanges)
      .values({ ...row, id: changeId, siteId, state: "proposed", proposedBy: actor.id })
      .onConflictDoNothing()
      .returning()
    if (proposed.length > 0) {
      await writeAudit(ctx, tx, actor, { verb: "merchants/propose-payee", ...subject })
      await notifyTerminals(ctx, tx, merchantId, {
        ...{ kind: "payee-proposed", platform: payee.platform },
        payee: describePayee(fields),
        inForce: current && describePayee(current),
      })
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
    if (waiting === undefined || !isSame(waiting, fields)) throw new ServiceError("payee/change-pending")
    return { state: "proposed", changeId: waiting.id }
  })
}

type PayeeFields = Pick<typeof payeeAccounts.$inferSelect, "account" | "authToken" | "directAccount">

function fieldsOf(config: Config, payee: Payee): PayeeFields {
  const { directAccount } = payee
  if (directAccount === undefined) {
    return { account: payee.account, authToken: payee.authToken ?? null, directAccount: null }
  }
  const account = directAccountsOf(config, payee.platform).find(({ name }) => name === directAccount)?.account
  if (account === undefined) throw new ServiceError("payee/account-unknown", { field: "directAccount" })
  return { account, authToken: null, directAccount }
}

/** Accounts of merchants that collect by themselves: their names in the configuration, with their numbers at the platform. */
export function directAccountsOf(config: Config, platform: Platform): readonly DirectAccount[] {
  return platform === "wechat-pay"
    ? config.WECHAT_PAY_MERCHANTS_FILE.map(({ name, mchid }) => ({ name, account: mchid }))
    : config.ALIPAY_MERCHANTS_FILE.map(({ name, sellerId }) => ({ name, account: sellerId }))
}

function isSame(one: PayeeFields, other: PayeeFields): boolean {
  return one.account === other.account && one.authToken === other.authToken && one.directAccount === other.directAccount
}
