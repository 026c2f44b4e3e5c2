import { billReadings, reconciliationItems, reconciliations } from "@suyuan/drizzle/schema/payments"
import { and, count, eq, sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireEverySite } from "../participants/require-every-site"
import { billedPayees } from "./billed-payees"
import type { Bill, BillLine, DailyBill } from "./daily-bill"
import { chinaDayMs, chinaDayStart, hasUnbilled, unbilledPages } from "./find-unbilled"
import type { PaymentDeps } from "./payment-deps"
import type { Outcome, Payee, UnknownCause } from "./payment-provider"
import { type BillDay, keepDifferences, takeBillPage } from "./take-bill-page"

export type Reconciled =
  | { readonly state: "reconciled"; readonly matched: number; readonly differences: number }
  /** The platform has not made it yet: asked again later. */
  | { readonly state: "not-ready" }
  /** Its answer is missing or not to be trusted: nothing of it was concluded, and it is asked again later. */
  | { readonly state: "unknown"; readonly cause: UnknownCause | "platform-refused" }
  /** Beyond what we read: a person must look. */
  | { readonly state: "too-large" }

type Sums = { matched: number; paidFen: number; refundedFen: number; feesFen: number }

/**
 * Holds a platform's bill of one day in China against our books. Every line matches or becomes an item with the repair
 * that is proposed; nothing is repaired here. A bill is read whole before any of it is used, then taken in page by page,
 * each in a transaction of its own; where each payee has a bill, the day is done when all of them are. Doing a day again
 * adds what is new and leaves items as they are, so a crash at any point is made up for by the next run.
 * @throws ServiceError request/forbidden without `payments:reconcile` at every site, which a bill covers;
 *   reconciliation/day-not-over.
 */
export async function reconcileDay(ctx: Context, deps: PaymentDeps, actor: Actor, about: BillDay): Promise<Reconciled> {
  requireScope(actor, "payments:reconcile")
  requireEverySite(actor)
  if (ctx.clock.nowMs() < chinaDayStart(about.day) + chinaDayMs) {
    throw new ServiceError("reconciliation/day-not-over", { field: "day" })
  }
  const sums: Sums = { matched: 0, paidFen: 0, refundedFen: 0, feesFen: 0 }
  const trouble = await takeBills(ctx, deps, about, sums)
  if (trouble === undefined) {
    for await (const page of unbilledPages(ctx.db, about)) {
      await ctx.db.transaction((tx) => keepDifferences(ctx, tx, about, page))
    }
  }
  return ctx.db.transaction(async (tx) => {
    const result = trouble ?? (await conclude(ctx, tx, about, sums))
    await noteReading(ctx, tx, about, result)
    // The job asks again and again: what it was told stands in the reading.
    if (actor.kind !== "machine" || result.state === "reconciled") {
      const subject = `${about.platform} ${about.day}`
      await writeAudit(ctx, tx, actor, { verb: "payments/reconcile-day", subject, detail: result })
    }
    return result
  })
}

/** Undefined when the bills of all payees were taken in. */
async function takeBills(
  ctx: Context,
  deps: PaymentDeps,
  about: BillDay,
  sums: Sums,
): Promise<Exclude<Reconciled, { state: "reconciled" }> | undefined> {
  const provider = deps.providers[about.platform]
  for (const payee of await billedPayees(ctx.db, provider, about.day)) {
    const answer = await provider.dailyBill({ day: about.day, payee })
    const trouble = await troubleWith(ctx, about, payee, answer)
    if (trouble !== undefined) return trouble
    if (answer.kind === "succeeded" && answer.value.state === "ready") {
      await takeBill(ctx, about, answer.value.bill, sums)
    }
  }
  return undefined
}

async function troubleWith(ctx: Context, about: BillDay, payee: Payee | undefined, answer: Outcome<DailyBill>) {
  if (answer.kind === "failed") return { state: "unknown", cause: "platform-refused" } as const
  if (answer.kind === "unknown") return { state: "unknown", cause: answer.cause } as const
  const { state } = answer.value
  if (state === "ready") return undefined
  if (state !== "absent") return { state }
  // No bill may mean no business, or not yet: with business in our books it is the latter, until a day late.
  const late = ctx.clock.nowMs() > chinaDayStart(about.day) + 2 * chinaDayMs
  const expected = !late && (await hasUnbilled(ctx.db, about, payee?.account))
  return expected ? ({ state: "not-ready" } as const) : undefined
}

async function takeBill(ctx: Context, about: BillDay, bill: Bill, sums: Sums): Promise<void> {
  const sum = (page: readonly BillLine[], about: BillLine["about"]) =>
    page.reduce((total, line) => total + (line.about === about ? line.amountFen : 0), 0)
  try {
    for await (const page of bill.pages()) {
      sums.matched += await ctx.db.transaction((tx) => takeBillPage(ctx, tx, about, page))
      sums.paidFen += sum(page, "payment")
      sums.refundedFen += sum(page, "refund")
      sums.feesFen += page.reduce((total, { feeFen }) => total + feeFen, 0)
    }
  } finally {
    await bill.close()
  }
}

/** `differences` counts every item of the day, those of earlier runs and those that were repaired too. */
async function conclude(ctx: Context, tx: Transaction, { platform, day }: BillDay, sums: Sums) {
  const ofDay = and(eq(reconciliationItems.platform, platform), eq(reconciliationItems.day, day))
  const [found] = await tx.select({ differences: count() }).from(reconciliationItems).where(ofDay)
  const differences = found?.differences ?? 0
  const result = { ...sums, differences, reconciledAt: new Date(ctx.clock.nowMs()) }
  await tx
    .insert(reconciliations)
    .values({ platform, day, ...result })
    .onConflictDoUpdate({ target: [reconciliations.platform, reconciliations.day], set: result })
  return { state: "reconciled", matched: sums.matched, differences } as const
}

/** When the platform was last asked for the bill, and what became of it: shown while a day waits. */
async function noteReading(ctx: Context, tx: Transaction, about: BillDay, { state, ...more }: Reconciled) {
  const cause = "cause" in more ? more.cause : null
  const reading = { state, cause, triedAt: new Date(ctx.clock.nowMs()) }
  await tx
    .insert(billReadings)
    .values({ ...about, ...reading, tries: 1 })
    .onConflictDoUpdate({
      target: [billReadings.platform, billReadings.day],
      set: { ...reading, tries: sql`${billReadings.tries} + 1` },
    })
}
