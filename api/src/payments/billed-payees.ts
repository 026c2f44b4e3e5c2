import { merchants, payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { and, eq, gte, isNull, lt, lte } from "drizzle-orm"
import type { Reader } from "../context"
import { dayBounds, ofAttempt } from "./find-unbilled"
import type { Payee, PaymentProvider, Platform } from "./payment-provider"

/**
 * Whose bills make up a platform's day: each merchant's own account, and the service provider's, which is one bill or
 * one for each payee. One that a stall has left by then, or whose stall is suspended, is asked only when it had business:
 * orders of these days, paid or not as far as we know, or a refund. `undefined`: the service provider's one bill.
 */
export async function billedPayees(
  reader: Reader,
  { platform, directAccounts, billPerPayee }: Pick<PaymentProvider, "platform" | "directAccounts" | "billPerPayee">,
  day: string,
): Promise<(Payee | undefined)[]> {
  const direct = directAccounts.map(({ name, account }) => ({ account, authToken: undefined, directAccount: name }))
  if (!billPerPayee) return [...direct, undefined]
  const left = await payeesOfBusiness(reader, platform, day)
  const today = await reader
    .select({ account: payeeAccounts.account, authToken: payeeAccounts.authToken })
    .from(payeeAccounts)
    .innerJoin(merchants, and(eq(merchants.id, payeeAccounts.merchantId), eq(merchants.state, "active")))
    .where(and(eq(payeeAccounts.platform, platform), isNull(payeeAccounts.directAccount)))
  // Today's token goes before the one that an attempt was opened with.
  const byAccount = new Map([...left, ...today].map((row) => [row.account, row.authToken ?? undefined]))
  return [...direct, ...[...byAccount].map(([account, authToken]) => ({ account, authToken }))]
}

async function payeesOfBusiness(reader: Reader, platform: Platform, day: string) {
  const { from, to, earliest, earliestRefund, latest } = dayBounds(day)
  const payee = { account: attempts.payeeAccount, authToken: attempts.payeeAuthToken }
  const ofProvider = and(eq(attempts.platform, platform), isNull(attempts.payeeDirectAccount))
  const paid = await reader
    .selectDistinct(payee)
    .from(attempts)
    .where(and(ofProvider, gte(attempts.day, earliest), lte(attempts.day, latest)))
  const returned = await reader
    .selectDistinct(payee)
    .from(refunds)
    .innerJoin(attempts, ofAttempt)
    .where(
      and(
        ofProvider,
        eq(refunds.state, "succeeded"),
        gte(refunds.succeededAt, from),
        lt(refunds.succeededAt, to),
        gte(refunds.day, earliestRefund),
        lte(refunds.day, latest),
      ),
    )
  return [...returned, ...paid]
}
