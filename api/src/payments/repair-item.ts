import { reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { keepMoneyAlarm } from "./alarm"
import { applyRefundOutcome } from "./apply-refund-outcome"
import { askPlatform } from "./ask-platform"
import { type AttemptRow, lockAttempt, lockRefund, type RefundRow } from "./attempts"
import type { PaymentDeps } from "./payment-deps"
import { payeeOf } from "./payment-order"
import type { Outcome, PlatformRefund } from "./payment-provider"
import { type ItemBooks, type Proposal, proposeRepair, type ReconciliationItem } from "./propose-repair"
import { booksOfItems, requireItemSite } from "./read-reconciliation"
import { settle } from "./settle"
import type { BillDay } from "./take-bill-page"

type Apply = (tx: Transaction) => Promise<"open" | "repaired" | "alarmed">

export type RepairOrder = BillDay & {
  readonly id: string
  /** `Proposal.shown` of what the person was shown. */
  readonly shown: string
}

/**
 * Does what was shown of an item, once: a person decides, the platform's own answer settles. Refused when the item or
 * the rows behind it changed since. An item whose platform does not answer stays open; one that the platform does not
 * confirm to the fen goes to a person. The same order again, after a lost answer, gives the item as it became.
 * @throws ServiceError reconciliation/item-unknown, /item-changed; request/forbidden without `payments:reconcile` at the
 *   item's site.
 */
export async function repairItem(
  ctx: Context,
  deps: PaymentDeps,
  actor: Actor,
  { platform, day, id, shown }: RepairOrder,
): Promise<ReconciliationItem> {
  requireScope(actor, "payments:reconcile")
  const [item] = await ctx.db.select().from(reconciliationItems).where(eq(reconciliationItems.id, id))
  if (item?.platform !== platform || item.day !== day) throw new ServiceError("reconciliation/item-unknown")
  requireItemSite(actor, "payments:reconcile", item)
  if (item.state !== "open") return sameRepair(item, shown)
  const [books] = await booksOfItems(ctx.db, [item])
  const proposal = proposeRepair(item, books ?? nothing)
  if (proposal.shown !== shown) throw new ServiceError("reconciliation/item-changed", { field: "shown" })
  const apply = await ask(ctx, deps, proposal, books ?? nothing)
  return ctx.db.transaction(async (tx) => {
    const locked = await lockItem(tx, item, books ?? nothing)
    if (locked.item.state !== "open") return sameRepair(locked.item, shown)
    if (proposeRepair(locked.item, locked.books).shown !== shown) {
      throw new ServiceError("reconciliation/item-changed", { field: "shown" })
    }
    const state = await apply(tx)
    const done = state === "open" ? {} : { repairedBy: actor.id, repairedAt: new Date(ctx.clock.nowMs()), shown }
    const [changed] = await tx
      .update(reconciliationItems)
      .set({ state, ...done })
      .where(eq(reconciliationItems.id, id))
      .returning()
    const { number: subject, effect, amountFen } = proposal
    if (state === "alarmed") {
      ctx.log.error({ number: subject, kind: item.kind }, "money needs a person")
      const detail = { platform: item.platform, day: item.day }
      await keepMoneyAlarm(ctx, tx, `reconciliation/${item.kind}`, { number: subject, siteId: item.siteId, detail })
    }
    await writeAudit(ctx, tx, actor, {
      verb: "payments/repair-item",
      subject,
      ...(item.siteId !== null && { siteId: item.siteId }),
      detail: { item: id, platform: item.platform, day: item.day, kind: item.kind, effect, amountFen, state },
    })
    return changed ?? item
  })
}

const nothing: ItemBooks = { attempt: undefined, refund: undefined, sale: undefined }

function sameRepair(item: ReconciliationItem, shown: string): ReconciliationItem {
  if (item.shown !== shown) throw new ServiceError("reconciliation/item-changed", { field: "shown" })
  return item
}

/** In the order of all money: sale, attempt, refund; then the item. */
async function lockItem(
  tx: Transaction,
  { id }: ReconciliationItem,
  { attempt, refund }: ItemBooks,
): Promise<{ item: ReconciliationItem; books: ItemBooks }> {
  const payment = attempt && (await lockAttempt(tx, attempt))
  const returned = refund && (await lockRefund(tx, refund))
  const [item] = await tx.select().from(reconciliationItems).where(eq(reconciliationItems.id, id)).for("update")
  if (item === undefined) throw new ServiceError("reconciliation/item-unknown")
  return { item, books: { attempt: payment?.attempt, refund: returned?.refund, sale: payment?.sale } }
}

/** Asks the platform outside any transaction; what it said is applied inside one. */
async function ask(ctx: Context, deps: PaymentDeps, proposal: Proposal, books: ItemBooks): Promise<Apply> {
  const { attempt, refund } = books
  if (proposal.effect === "hand-over" || attempt === undefined) return async () => "alarmed"
  if (refund !== undefined) return askAboutRefund(ctx, deps, proposal, attempt, refund)
  const answer = await askPlatform(ctx, deps, attempt)
  if (answer.kind === "unknown") return async () => "open"
  const trade = answer.kind === "succeeded" && answer.value.state === "paid" ? answer.value : undefined
  if (trade === undefined || trade.totalFen !== proposal.amountFen) return async () => "alarmed"
  return async (tx) => {
    await settle(ctx, deps, tx, attempt, trade, "query")
    return "repaired"
  }
}

async function askAboutRefund(
  ctx: Context,
  deps: PaymentDeps,
  proposal: Proposal,
  attempt: AttemptRow,
  refund: RefundRow,
): Promise<Apply> {
  const answer = await refundAnswer(ctx, deps, proposal, attempt, refund)
  if (answer.kind === "unknown") return async () => "open"
  if (answer.kind === "failed") return async () => "alarmed"
  const { state } = answer.value
  if (state === "processing") return async () => "open"
  if (state !== "succeeded") return async () => "alarmed"
  return async (tx) => {
    await applyRefundOutcome(ctx, deps, tx, refund, answer, "query")
    return "repaired"
  }
}

async function refundAnswer(
  ctx: Context,
  deps: PaymentDeps,
  { effect }: Proposal,
  attempt: AttemptRow,
  refund: RefundRow,
): Promise<Outcome<PlatformRefund>> {
  const provider = deps.providers[attempt.platform]
  const { outTradeNo, outRefundNo, amountFen: refundFen } = refund
  const reference = { outTradeNo, outRefundNo, payee: await payeeOf(ctx.db, attempt) }
  const answer = await provider.queryRefund(reference)
  const isAbsent = answer.kind === "succeeded" && answer.value.state === "absent"
  if (!isAbsent || effect !== "send-refund-again") return answer
  // Under its own number it is the same refund, however often it is asked for.
  const totalFen = attempt.receivedFen ?? attempt.amountFen
  return provider.refund({ ...reference, refundFen, totalFen, reason: "对账补退" })
}
