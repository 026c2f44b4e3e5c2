import type { payeeAccounts } from "@suyuan/drizzle/schema/merchants"

export const payeeModes = ["service-provider", "direct"] as const
export type PayeeMode = (typeof payeeModes)[number]

/** A payee as audit and terminals name it: who collects, and for which account; never a token. */
export type PayeeDescription = { readonly mode: PayeeMode; readonly account: string }

export function describePayee(
  row: Pick<typeof payeeAccounts.$inferSelect, "account" | "directAccount">,
): PayeeDescription {
  return { mode: row.directAccount === null ? "service-provider" : "direct", account: row.account }
}
