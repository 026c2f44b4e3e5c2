/** What became of each payee's bill of a day: one that is missing holds back no other, and none is fetched for nothing. */
import { payeeBills } from "@suyuan/drizzle/schema/payments"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { keepMoneyAlarm } from "./alarm"
import { chinaDayMs, chinaDayStart } from "./find-unbilled"
import type { Payee, UnknownCause } from "./payment-provider"
import type { BillDay } from "./take-bill-page"

export type PayeeBill = Pick<typeof payeeBills.$inferSelect, "matched" | "paidFen" | "refundedFen" | "feesFen">

export type BillTrouble =
  /** The platform has not made it yet: asked again later. */
  | { readonly state: "not-ready" }
  /** Its answer is missing or not to be trusted: nothing of it was concluded, and it is asked again later. */
  | { readonly state: "unknown"; readonly cause: UnknownCause | "platform-refused" }
  /** Beyond what we read: a person must look. */
  | { readonly state: "too-large" }

/** Bills are due on the morning after their day. Two days after it a person is told of one that is missing. */
const missingMs = 3 * chinaDayMs

const keyOf = (payee: Payee | undefined) => ({
  account: payee?.account ?? "",
  directAccount: payee?.directAccount ?? "",
})

/** What earlier runs noted of a payee's bill. */
export async function readPayeeBills(reader: Reader, { platform, day }: BillDay) {
  const rows = await reader
    .select()
    .from(payeeBills)
    .where(and(eq(payeeBills.platform, platform), eq(payeeBills.day, day)))
  return (payee: Payee | undefined) => {
    const { account, directAccount } = keyOf(payee)
    return rows.find((row) => row.account === account && row.directAccount === directAccount)
  }
}

/** Notes what a payee's bill came to, or why it is missing; late, that is an alarm, once. */
export async function notePayeeBill(
  ctx: Context,
  about: BillDay,
  payee: Payee | undefined,
  came: { readonly state: "taken" | "absent" } | BillTrouble,
  sums: PayeeBill,
): Promise<void> {
  const now = new Date(ctx.clock.nowMs())
  const { state } = came
  const cause = "cause" in came ? came.cause : null
  const isMissing = state !== "taken" && state !== "absent"
  const isLate = isMissing && now.getTime() > chinaDayStart(about.day) + missingMs
  const noted = { ...sums, state, cause, triedAt: now }
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .insert(payeeBills)
      .values({ ...about, ...keyOf(payee), ...noted, tries: 1 })
      .onConflictDoUpdate({
        target: [payeeBills.platform, payeeBills.day, payeeBills.account, payeeBills.directAccount],
        set: { ...noted, tries: sql`${payeeBills.tries} + 1` },
      })
      .returning()
    if (row === undefined || !isLate || row.alarmedAt !== null) return
    const { platform, day, account, directAccount } = row
    await tx
      .update(payeeBills)
      .set({ alarmedAt: now })
      .where(
        and(
          ...[eq(payeeBills.platform, platform), eq(payeeBills.day, day)],
          ...[eq(payeeBills.account, account), eq(payeeBills.directAccount, directAccount)],
        ),
      )
    const number = [platform, day, account].filter((part) => part !== "").join(" ")
    const detail = { state, ...(cause !== null && { cause }) }
    await keepMoneyAlarm(ctx, tx, "reconciliation/bill-missing", { number, siteId: null, detail })
  })
}
