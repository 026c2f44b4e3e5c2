import { payeeAccounts, payeeChanges } from "@suyuan/drizzle/schema/merchants"
import { and, asc, eq, inArray } from "drizzle-orm"
import type { Reader } from "../context"
import type { PayeeNotice } from "../terminals/notify-terminals"
import { describePayee } from "./describe-payee"

/** Where a stall's money goes by now, and what waits to take an account's place: all that its terminals are to know. */
export async function payeesOfStall(reader: Reader, merchantId: string): Promise<PayeeNotice[]> {
  const rows = await reader
    .select({ account: payeeAccounts, change: payeeChanges })
    .from(payeeAccounts)
    .leftJoin(
      payeeChanges,
      and(
        ...[eq(payeeChanges.merchantId, payeeAccounts.merchantId), eq(payeeChanges.platform, payeeAccounts.platform)],
        inArray(payeeChanges.state, ["proposed", "approved"]),
      ),
    )
    .where(eq(payeeAccounts.merchantId, merchantId))
    .orderBy(asc(payeeAccounts.platform))
  return rows.map(({ account, change }) => {
    const { platform } = account
    const inForce = describePayee(account)
    if (change === null) return { kind: "payee-applied", platform, payee: inForce }
    const step = { platform, payee: describePayee(change), inForce }
    if (change.appliesAt === null) return { kind: "payee-proposed", ...step }
    return { kind: "payee-approved", ...step, appliesAtMs: change.appliesAt.getTime() }
  })
}
