import { reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { and, eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { askPlatform } from "./ask-platform"
import { attemptKeyOf, findAttempt, findRefund, refundKeyOf } from "./attempts"
import type { PaymentDeps } from "./payment-deps"
import { payeeOf } from "./payment-order"
import { applyRefundOutcome } from "./refund"
import { settle } from "./settle"

type Item = typeof reconciliationItems.$inferSelect
type Apply = (tx: Transaction) => Promise<"open" | "repaired" | "alarmed">

/**
 * Does what an item proposes, once: a person decides, the platform's own answer settles. An item whose platform does
 * not answer stays open; one that the platform does not confirm goes to a person.
 * @throws ServiceError reconciliation/item-unknown; request/forbidden without `payments:refund` at the item's site.
 */
export async function repairItem(ctx: Context, deps: PaymentDeps, actor: Actor, id: string): Promise<Item> {
  requireScope(actor, "payments:refund")
  const [item] = await ctx.db.select().from(reconciliationItems).where(eq(reconciliationItems.id, id))
  if (item === undefined) throw new ServiceError("reconciliation/item-unknown")
  if (item.siteId !== null) requireScope(actor, "payments:refund", item.siteId)
  // Of no site: only for whoever may act at every one.
  else if (actor.siteIds.length > 0) throw new ServiceError("request/forbidden")
  if (item.state !== "open") return item
  const apply = await ask(ctx, deps, item)
  return ctx.db.transaction(async (tx) => {
    const state = await apply(tx)
    const [changed] = await tx
      .update(reconciliationItems)
      .set(state === "open" ? { state } : { state, repairedBy: actor.id, repairedAt: new Date(ctx.clock.nowMs()) })
      .where(and(eq(reconciliationItems.id, id), eq(reconciliationItems.state, "open")))
      .returning()
    if (changed === undefined) {
      const [done] = await tx.select().from(reconciliationItems).where(eq(reconciliationItems.id, id))
      return done ?? item
    }
    const subject = item.outRefundNo === "" ? item.outTradeNo : item.outRefundNo
    if (state === "alarmed") ctx.log.error({ number: subject, kind: item.kind }, "money needs a person")
    await writeAudit(ctx, tx, actor, {
      verb: "payments/repair-item",
      subject,
      ...(item.siteId !== null && { siteId: item.siteId }),
      detail: { day: item.day, kind: item.kind, repair: item.repair, state },
    })
    return changed
  })
}

/** Asks the platform outside any transaction; what it said is applied inside one. */
async function ask(ctx: Context, deps: PaymentDeps, item: Item): Promise<Apply> {
  const key = attemptKeyOf(item.outTradeNo)
  const attempt = key && (await findAttempt(ctx.db, key))
  if (item.repair === "alarm" || attempt === undefined) return async () => "alarmed"
  if (item.outRefundNo === "") {
    const answer = await askPlatform(ctx, deps, attempt)
    if (answer.kind === "unknown") return async () => "open"
    const trade = answer.kind === "succeeded" && answer.value.state === "paid" ? answer.value : undefined
    const same = attempt.state !== "succeeded" || attempt.receivedFen === trade?.totalFen
    if (trade === undefined || !same) return async () => "alarmed"
    return async (tx) => {
      await settle(ctx, deps, tx, attempt, trade, "query")
      return "repaired"
    }
  }
  const refundKey = refundKeyOf(item.outRefundNo)
  const refund = refundKey && (await findRefund(ctx.db, refundKey))
  if (refund === undefined) return async () => "alarmed"
  const provider = deps.providers[item.platform]
  const { outTradeNo, outRefundNo } = refund
  const reference = { outTradeNo, outRefundNo, payee: await payeeOf(ctx.db, attempt) }
  const first = await provider.queryRefund(reference)
  const absent = first.kind === "succeeded" && first.value.state === "absent"
  // Under its own number it is the same refund, however often it is asked for.
  const totalFen = attempt.receivedFen ?? attempt.amountFen
  const again = { ...reference, refundFen: refund.amountFen, totalFen, reason: "对账补退" }
  const answer = absent && item.repair === "refund" ? await provider.refund(again) : first
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
