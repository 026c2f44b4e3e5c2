import { payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { attempts, reconciliationItems, reconciliations, refunds } from "@suyuan/drizzle/schema/payments"
import { and, eq, gte, isNull, lt } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { attemptKeyOf, findAttempt, findRefund, refundKeyOf } from "./attempts"
import { comparePayment, compareRefund, type Difference, missingThere } from "./compare-bill"
import type { BillLine } from "./daily-bill"
import type { PaymentDeps } from "./payment-deps"
import type { Payee, Platform } from "./payment-provider"

const dayMs = 86_400_000

export type Reconciled =
  | { readonly state: "reconciled"; readonly matched: number; readonly differences: number }
  /** The platform has not made it, or its answer is not to be trusted: nothing was concluded. */
  | { readonly state: "not-ready" | "unknown" }

/**
 * Holds a platform's bill of one day in China against our books. Every line matches or becomes an item with the repair
 * that is proposed; nothing is repaired here. Doing a day again adds what is new and leaves items as they are.
 */
export async function reconcileDay(
  ctx: Context,
  deps: PaymentDeps,
  { platform, day }: { readonly platform: Platform; readonly day: string },
): Promise<Reconciled> {
  const lines = await fetchLines(ctx, deps, platform, day)
  if (!Array.isArray(lines)) return { state: lines }
  return ctx.db.transaction(async (tx) => {
    const differences: Difference[] = []
    let matched = 0
    for (const line of lines) {
      const difference = await takeLine(tx, platform, day, line)
      if (difference === undefined) matched += 1
      else differences.push(difference)
    }
    const listed = new Set(differences.map(({ outTradeNo, outRefundNo }) => `${outTradeNo}|${outRefundNo}`))
    const missing = await unbilled(tx, platform, day)
    differences.push(...missing.filter((one) => !listed.has(`${one.outTradeNo}|${one.outRefundNo}`)))
    const now = new Date(ctx.clock.nowMs())
    if (differences.length > 0) {
      const rows = differences.map((difference) => ({
        ...difference,
        ...{ id: ctx.random.uuid(), platform, day, state: "open" as const, createdAt: now },
      }))
      await tx.insert(reconciliationItems).values(rows).onConflictDoNothing()
    }
    const sum = (about: BillLine["about"]) =>
      lines.reduce((total, line) => total + (line.about === about ? line.amountFen : 0), 0)
    const result = {
      ...{ matched, differences: differences.length, paidFen: sum("payment"), refundedFen: sum("refund") },
      feesFen: lines.reduce((total, { feeFen }) => total + feeFen, 0),
      reconciledAt: now,
    }
    await tx
      .insert(reconciliations)
      .values({ platform, day, ...result })
      .onConflictDoUpdate({ target: [reconciliations.platform, reconciliations.day], set: result })
    return { state: "reconciled", matched, differences: differences.length }
  })
}

async function fetchLines(
  ctx: Context,
  deps: PaymentDeps,
  platform: Platform,
  day: string,
): Promise<BillLine[] | "not-ready" | "unknown"> {
  const provider = deps.providers[platform]
  const lines: BillLine[] = []
  for (const payee of provider.billPerPayee ? await payeesOf(ctx, platform) : [undefined]) {
    const answer = await provider.dailyBill({ day, payee })
    if (answer.kind !== "succeeded") return "unknown"
    if (answer.value.state === "not-ready") return "not-ready"
    // No bill may mean no business, or not yet: with business in our books it is the latter, until a day late.
    const late = ctx.clock.nowMs() > startOf(day) + 2 * dayMs
    if (answer.value.state === "absent" && !late) {
      const expected = await unbilled(ctx.db, platform, day)
      if (expected.some(({ payeeAccount }) => payee === undefined || payeeAccount === payee.account)) return "not-ready"
    }
    if (answer.value.state === "ready") lines.push(...answer.value.lines)
  }
  return lines
}

async function payeesOf(ctx: Context, platform: Platform): Promise<Payee[]> {
  const { account, authToken } = payeeAccounts
  const rows = await ctx.db
    .select({ account, authToken })
    .from(payeeAccounts)
    .where(eq(payeeAccounts.platform, platform))
  const byAccount = new Map(rows.map((row) => [row.account, { ...row, authToken: row.authToken ?? undefined }]))
  return [...byAccount.values()]
}

async function takeLine(
  tx: Transaction,
  platform: Platform,
  day: string,
  line: BillLine,
): Promise<Difference | undefined> {
  const billed = { billedDay: day, feeFen: line.feeFen }
  if (line.about === "payment") {
    const key = attemptKeyOf(line.outTradeNo)
    const difference = comparePayment(platform, line, key && (await findAttempt(tx, key)))
    if (key && difference?.kind !== "missing-here") {
      const isIt = and(eq(attempts.outTradeNo, key.outTradeNo), eq(attempts.day, key.day))
      await tx.update(attempts).set(billed).where(isIt)
    }
    return difference
  }
  const key = refundKeyOf(line.outRefundNo)
  const difference = compareRefund(platform, line, key && (await findRefund(tx, key)))
  if (key && difference?.kind !== "missing-here") {
    const isIt = and(eq(refunds.outRefundNo, key.outRefundNo), eq(refunds.day, key.day))
    await tx.update(refunds).set(billed).where(isIt)
  }
  return difference
}

/** Done that day by our clock and in no bill so far. Partitions of two days before are read for what took that long. */
async function unbilled(reader: Pick<Transaction, "select">, platform: Platform, day: string): Promise<Difference[]> {
  const from = new Date(startOf(day))
  const to = new Date(from.getTime() + dayMs)
  const earliest = utcDay(new Date(from.getTime() - 3 * dayMs))
  const paid = await reader
    .select()
    .from(attempts)
    .where(
      and(
        eq(attempts.platform, platform),
        eq(attempts.state, "succeeded"),
        isNull(attempts.billedDay),
        gte(attempts.succeededAt, from),
        lt(attempts.succeededAt, to),
        gte(attempts.day, earliest),
      ),
    )
  const returned = await reader
    .select({ refund: refunds, account: attempts.payeeAccount })
    .from(refunds)
    .innerJoin(attempts, and(eq(attempts.outTradeNo, refunds.outTradeNo), eq(attempts.day, refunds.attemptDay)))
    .where(
      and(
        eq(refunds.platform, platform),
        eq(refunds.state, "succeeded"),
        isNull(refunds.billedDay),
        gte(refunds.succeededAt, from),
        lt(refunds.succeededAt, to),
      ),
    )
  return [
    ...paid.map((attempt) => missingThere(attempt, attempt.payeeAccount)),
    ...returned.map(({ refund, account }) => missingThere(refund, account)),
  ]
}

/** China midnight. */
function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}
