import { payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { and, eq } from "drizzle-orm"
import type { Transaction } from "../context"
import type { Platform } from "../payments/payment-provider"

export const payeeModes = ["service-provider", "direct"] as const
export type PayeeMode = (typeof payeeModes)[number]

/** A payee as audit and terminals name it: who collects, and for which account; never a token. */
export type PayeeDescription = { readonly mode: PayeeMode; readonly account: string }

export function describePayee(
  row: Pick<typeof payeeAccounts.$inferSelect, "account" | "directAccount">,
): PayeeDescription {
  return { mode: row.directAccount === null ? "service-provider" : "direct", account: row.account }
}

/** For the notices of a change: what holds until then. */
export async function payeeInForce(
  tx: Transaction,
  merchantId: string,
  platform: Platform,
): Promise<PayeeDescription | undefined> {
  const [row] = await tx
    .select()
    .from(payeeAccounts)
    .where(and(eq(payeeAccounts.merchantId, merchantId), eq(payeeAccounts.platform, platform)))
  return row === undefined ? undefined : describePayee(row)
}
