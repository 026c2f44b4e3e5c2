import { billReadings, reconciliationItems, reconciliations } from "@suyuan/drizzle/schema/payments"
import { and, count, eq, sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireEverySite } from "../participants/require-every-site"
import { billedPayees } from "./billed-payees"
import type { Bill, BillLine, DailyBill } from "./daily-bill"
import { chinaDayMs, chinaDayStart, findUnbilledPayees, unbilledPages } from "./find-unbilled"
import { type BillTrouble, notePayeeBill, type PayeeBill, readPayeeBills } from "./payee-bills"
import type { PaymentDeps } from "./payment-deps"
import type { Outcome, Payee } from "./payment-provider"
import { type BillDay, keepDifferences, takeBillPage } from "./take-bill-page"

export type Reconciled =
  | { readonly state: "reconciled"; readonly matched: number; readonly differences: number }
  | BillTrouble

/** After so many payees without an answer from the platform the others are not asked in this run. */
const silentMax = 3
/** Payees whose bills are fetched at once. */
const abreastMax = 4
const noSums: PayeeBill = { matched: 0, paidFen: 0, refundedFen: 0, feesFen: 0 }

/**
 * Holds a platform's bill of one day in China against our books. Every line matches or becomes an item with the repair
 * that is proposed; nothing is repaired here. A bill is read whole before any of it is used, then taken in page by page,
 * each in a transaction of its own; where each payee has a bill, one that is missing holds back only the word that the
 * day is done. Doing a day again adds what is new and leaves items as they are, so a crash at any point is made up for
 * by the next run.
 * @throws ServiceError request/forbidden without `payments:reconcile` at every site, which a bill covers;
 *   reconciliation/day-not-over.
 */
export async function reconcileDay(ctx: Context, deps: PaymentDeps, actor: Actor, about: BillDay): Promise<Reconciled> {
  requireScope(actor, "payments:reconcile")
  requireEverySite(actor)
  if (ctx.clock.nowMs() < chinaDayStart(about.day) + chinaDayMs) {
    throw new ServiceError("reconciliation/day-not-over", { field: "day" })
  }
  const { sums, missing, trouble } = await takeBills(ctx, deps, actor, about)
  for await (const page of unbilledPages(ctx.db, about, missing)) {
    await ctx.db.transaction((tx) => keepDifferences(ctx, tx, about, page))
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

/** Takes in what is there of all payees' bills. `trouble`: of those that are missing, what most needs another try. */
async function takeBills(ctx: Context, deps: PaymentDeps, actor: Actor, about: BillDay) {
  const provider = deps.providers[about.platform]
  const sums: PayeeBill = { ...noSums }
  const missing: (Payee | undefined)[] = []
  const troubles: BillTrouble[] = []
  const isDone = await wasReconciled(ctx.db, about)
  const earlier = await readPayeeBills(ctx.db, about)
  const isUnbilled = await findUnbilledPayees(ctx.db, about)
  let silent = 0
  await eachAbreast(await billedPayees(ctx.db, provider, about.day), async (payee) => {
    const known = earlier(payee)
    if (known?.state === "taken" && !isDone) return add(sums, known)
    // One that is too large would be fetched whole each time, for nothing: a person asks for it again.
    const isGivenUp = known?.state === "too-large" && actor.kind === "machine"
    if (isGivenUp || silent >= silentMax) {
      missing.push(payee)
      if (isGivenUp) troubles.push({ state: "too-large" })
      return
    }
    const answer = await provider.dailyBill({ day: about.day, payee })
    const own: PayeeBill = { ...noSums }
    const trouble = troubleWith(ctx, about, answer, () => isUnbilled(payee))
    const bill = answer.kind === "succeeded" && answer.value.state === "ready" ? answer.value.bill : undefined
    if (bill !== undefined) await takeBill(ctx, about, bill, own)
    await notePayeeBill(ctx, about, payee, trouble ?? { state: bill === undefined ? "absent" : "taken" }, own)
    silent = isSilence(answer) ? silent + 1 : 0
    if (trouble === undefined) add(sums, own)
    else {
      missing.push(payee)
      troubles.push(trouble)
    }
  })
  const trouble = (["unknown", "not-ready", "too-large"] as const).flatMap((state) =>
    troubles.filter((one) => one.state === state),
  )[0]
  return { sums, missing, trouble }
}

/** In their order, some at a time. After one that failed no other is begun; it throws when none is under way any more. */
async function eachAbreast<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values()
  let isOver = false
  const worker = async () => {
    for (const one of rest) {
      if (isOver) return
      await work(one).catch((cause: unknown) => {
        isOver = true
        throw cause
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: abreastMax }, worker))
  for (const end of ends) if (end.status === "rejected") throw end.reason
}

async function wasReconciled(reader: Reader, { platform, day }: BillDay): Promise<boolean> {
  const { state } = billReadings
  const isDay = and(eq(billReadings.platform, platform), eq(billReadings.day, day))
  const [reading] = await reader.select({ state }).from(billReadings).where(isDay)
  return reading?.state === "reconciled"
}

function isSilence(answer: Outcome<DailyBill>): boolean {
  return answer.kind === "unknown" && (answer.cause === "time-out" || answer.cause === "connection")
}

function add(sums: PayeeBill, more: PayeeBill): void {
  sums.matched += more.matched
  sums.paidFen += more.paidFen
  sums.refundedFen += more.refundedFen
  sums.feesFen += more.feesFen
}

function troubleWith(
  ctx: Context,
  about: BillDay,
  answer: Outcome<DailyBill>,
  isUnbilled: () => boolean,
): BillTrouble | undefined {
  if (answer.kind === "failed") return { state: "unknown", cause: "platform-refused" }
  if (answer.kind === "unknown") return { state: "unknown", cause: answer.cause }
  const { state } = answer.value
  if (state === "ready") return undefined
  if (state !== "absent") return { state }
  // No bill may mean no business, or not yet: with business in our books it is the latter, until a day late.
  const isLate = ctx.clock.nowMs() > chinaDayStart(about.day) + 2 * chinaDayMs
  return !isLate && isUnbilled() ? { state: "not-ready" } : undefined
}

async function takeBill(ctx: Context, about: BillDay, bill: Bill, sums: PayeeBill): Promise<void> {
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
async function conclude(ctx: Context, tx: Transaction, { platform, day }: BillDay, sums: PayeeBill) {
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
