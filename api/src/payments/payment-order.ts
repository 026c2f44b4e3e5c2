import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants, payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, isNull } from "drizzle-orm"
import type { Reader } from "../context"
import type { AttemptRow } from "./attempts"
import type { Payee, PaymentOrder } from "./payment-provider"

/** The order of an attempt, the same each time it is sent: platforms refuse a number that comes back with other content. */
export async function paymentOrderOf(reader: Reader, attempt: AttemptRow): Promise<PaymentOrder> {
  const [row] = await reader
    .select({ appId: buyers.appId, openId: buyers.openId, stall: merchants.stallNumber, site: sites.name })
    .from(buyers)
    .innerJoin(merchants, eq(merchants.id, attempt.merchantId))
    .innerJoin(sites, eq(sites.id, attempt.siteId))
    .where(eq(buyers.id, attempt.buyerId))
  if (row === undefined) throw new Error(`attempt ${attempt.outTradeNo} has lost its payer or stall`)
  return {
    outTradeNo: attempt.outTradeNo,
    amountFen: attempt.amountFen,
    description: descriptionOf(row.site, row.stall, attempt.counter),
    payee: await payeeOf(reader, attempt),
    payer: { appId: row.appId, openId: row.openId },
    expiresAt: attempt.expiresAt,
    terminalHex: terminalToHex(attempt.terminalId),
  }
}

/**
 * The account that the attempt was opened for, whatever the stall's payee is by now: its own account with the keys of
 * the configuration; else with the token by which we act for it, today's while the stall has that account, and the one
 * that the attempt was opened with afterwards.
 */
export async function payeeOf(
  reader: Reader,
  payment: Pick<AttemptRow, "merchantId" | "platform" | "payeeAccount" | "payeeAuthToken" | "payeeDirectAccount">,
): Promise<Payee> {
  const { payeeAccount: account, payeeDirectAccount: directAccount } = payment
  if (directAccount !== null) return { account, authToken: undefined, directAccount }
  const [row] = await reader
    .select({ authToken: payeeAccounts.authToken })
    .from(payeeAccounts)
    .where(
      and(
        eq(payeeAccounts.merchantId, payment.merchantId),
        eq(payeeAccounts.platform, payment.platform),
        eq(payeeAccounts.account, account),
        isNull(payeeAccounts.directAccount),
      ),
    )
  return { account, authToken: row?.authToken ?? payment.payeeAuthToken ?? undefined }
}

/** Legal on both platforms: ≤127 bytes, and none of `/ = &`, which Alipay refuses in a subject. */
function descriptionOf(site: string, stall: string, counter: number): string {
  const legal = (text: string) => text.replaceAll(/[^\p{L}\p{N} .-]/gu, "").slice(0, 16)
  return `${legal(site)} ${legal(stall)} ${counter}`
}
