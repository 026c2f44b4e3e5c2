import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import {
  type AttemptRow,
  findAttempt,
  isLive,
  lockRefund,
  type RefundRow,
  refundKeyOf,
  refundsOf,
  type SaleRow,
  updateRefund,
} from "./attempts"
import { appendEvents } from "./payment-events"
import { prepareRefund, spokenForFen } from "./prepare-refund"

export type Resumption = {
  readonly outRefundNo: string
  /** Why it may go now: what was done at the platform's own desk, or with the payer. */
  readonly reason: string
}

/**
 * A person has a refund tried again that ended without the money: one that failed under its own number, so that it stays
 * one refund whatever the platform did in between; one that the platform closed, and the gateway owes, under the next
 * number. The job asks and sends. One that is under way already is given back as it is.
 * @throws ServiceError refund/unknown; refund/not-resumable for one that succeeded, and one closed that a seller may ask
 *   for anew; refund/amount-above-paid when its money has gone back or is on its way otherwise; request/forbidden for
 *   anybody but a person with `payments:reconcile` at its site.
 */
export async function resumeRefund(
  ctx: Context,
  actor: Actor,
  { outRefundNo, reason }: Resumption,
): Promise<RefundRow> {
  requireScope(actor, "payments:reconcile")
  if (actor.kind !== "operator") throw new ServiceError("request/forbidden")
  const key = refundKeyOf(outRefundNo)
  if (key === undefined) throw new ServiceError("refund/unknown")
  return ctx.db.transaction(async (tx) => {
    const found = await lockRefund(tx, key)
    if (found === undefined) throw new ServiceError("refund/unknown")
    const { sale, refund } = found
    requireScope(actor, "payments:reconcile", refund.siteId)
    const made = (await refundsOf(tx, sale)).filter(({ outTradeNo }) => outTradeNo === refund.outTradeNo)
    const underWay = isLive(refund) ? refund : made.find((other) => isNextOf(refund, other))
    if (underWay !== undefined) return underWay
    const isOwed = refund.reason !== "seller"
    if (refund.state !== "failed" && !(refund.state === "closed" && isOwed)) {
      throw new ServiceError("refund/not-resumable")
    }
    const attempt = await findAttempt(tx, { outTradeNo: refund.outTradeNo, day: refund.attemptDay })
    if (attempt === undefined) throw new Error(`refund ${outRefundNo} has lost its payment`)
    if (spokenForFen(made, attempt) + refund.amountFen > (attempt.receivedFen ?? 0)) {
      throw new ServiceError("refund/amount-above-paid")
    }
    const resumed =
      refund.state === "failed" ? await again(ctx, tx, refund) : await next(ctx, tx, sale, attempt, refund)
    await writeAudit(ctx, tx, actor, {
      verb: "payments/resume-refund",
      subject: outRefundNo,
      siteId: refund.siteId,
      detail: { reason, from: refund.state, as: resumed.outRefundNo },
    })
    return resumed
  })
}

/** What was begun for the same money after this one was closed. */
function isNextOf(closed: RefundRow, other: RefundRow): boolean {
  const isSame = other.reason === closed.reason && other.amountFen === closed.amountFen
  return closed.state === "closed" && isSame && isLive(other)
}

/** Its outcome is open again: asked after, and sent only where the platform has none. */
async function again(ctx: Context, tx: Transaction, refund: RefundRow): Promise<RefundRow> {
  const { outTradeNo, outRefundNo, siteId } = refund
  await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind: "refund/resumed" }])
  return updateRefund(tx, refund, { state: "unknown", failureCode: null, nextTryAt: new Date(ctx.clock.nowMs()) })
}

async function next(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  attempt: AttemptRow,
  closed: RefundRow,
): Promise<RefundRow> {
  const { amountFen, reason, goods, lines, requestedBy } = closed
  return prepareRefund(ctx, tx, sale, attempt, { id: ctx.random.uuid(), amountFen, reason, goods, lines, requestedBy })
}
