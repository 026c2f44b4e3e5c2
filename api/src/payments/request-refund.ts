import { refundIds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { type RefundRefusal, refuseRefund } from "@suyuan/protocol/payment/payment-state"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { isSale, type SaleKey, saleName } from "../sales/sale-key"
import {
  type AttemptRow,
  attemptKeyOf,
  findAttempt,
  lockSale,
  type RefundRow,
  refundsOf,
  type SaleRow,
} from "./attempts"
import type { PaymentDeps } from "./payment-deps"
import { prepareRefund, spokenForFen } from "./prepare-refund"
import { pursueRefund } from "./refund"

export type RefundRequest = {
  readonly sale: SaleKey
  /** A UUID that the caller made and kept: the same one again is the same refund. */
  readonly id: string
  readonly amountFen: number
  readonly goods: RefundRow["goods"]
  /** [line, grams] of goods that came back or stayed; empty with goods means all of the sale. */
  readonly lines: readonly (readonly [number, number])[]
}

const refusals = {
  "refund/amount-below-one-fen": "refund/amount-below-one-fen",
  "refund/amount-above-paid": "refund/amount-above-paid",
} as const satisfies Record<RefundRefusal, string>

/**
 * The seller gives money back: at most what was paid and is not on its way back already. The number is stored before
 * it is sent; the first try is made at once, the others by the job. Cash is given back by hand and only written down.
 * @throws ServiceError refund/sale-unknown, /not-paid, /amount-…, /lines-malformed, /id-reused, /too-many-parts;
 *   request/forbidden without `payments:refund` at the sale's site.
 */
export async function requestRefund(
  ctx: Context,
  deps: PaymentDeps,
  actor: Actor,
  request: RefundRequest,
): Promise<RefundRow> {
  requireScope(actor, "payments:refund")
  const refund = await ctx.db.transaction((tx) => prepare(ctx, tx, actor, request))
  if (refund.state !== "prepared") return refund
  return pursueRefund(ctx, deps, refund)
}

async function prepare(ctx: Context, tx: Transaction, actor: Actor, request: RefundRequest): Promise<RefundRow> {
  const sale = await lockSale(tx, request.sale)
  if (sale === undefined) throw new ServiceError("refund/sale-unknown")
  requireScope(actor, "payments:refund", sale.siteId)
  const made = await refundsOf(tx, sale)
  const same = made.find((refund) => refund.id === request.id)
  if (same !== undefined) return sameRefund(same, request)
  const payment = await paymentOf(tx, sale)
  const receivedFen = payment === "cash" ? sale.amountFen : (payment.receivedFen ?? 0)
  const refusal = refuseRefund(receivedFen, spokenForFen(made, payment), request.amountFen)
  if (refusal !== undefined) throw new ServiceError(refusals[refusal], { field: "amountFen" })
  checkLines(sale, request)
  await claimId(tx, request)
  const refund = await prepareRefund(ctx, tx, sale, payment, {
    id: request.id,
    amountFen: request.amountFen,
    reason: "seller",
    goods: request.goods,
    lines: request.lines.map(([line, grams]) => [line, grams]),
    requestedBy: `${actor.kind}:${actor.id}`,
  })
  await writeAudit(ctx, tx, actor, {
    verb: "payments/request-refund",
    subject: saleName(sale),
    siteId: sale.siteId,
    detail: { outRefundNo: refund.outRefundNo, amountFen: refund.amountFen, goods: refund.goods },
  })
  return refund
}

function sameRefund(refund: RefundRow, request: RefundRequest): RefundRow {
  const same =
    refund.amountFen === request.amountFen &&
    refund.goods === request.goods &&
    JSON.stringify(refund.lines) === JSON.stringify(request.lines)
  if (!same) throw new ServiceError("refund/id-reused", { field: "id" })
  return refund
}

/** The id names the refund's record: of no two refunds, whatever sale they are of. */
async function claimId(tx: Transaction, { id, sale }: RefundRequest): Promise<void> {
  const { terminalId, counter, day: saleDay } = sale
  const claimed = await tx
    .insert(refundIds)
    .values({ id, terminalId, counter, saleDay })
    .onConflictDoNothing()
    .returning({ id: refundIds.id })
  if (claimed.length === 0) throw new ServiceError("refund/id-reused", { field: "id" })
}

/** What settled the sale is what is given back; other payers' money goes back by itself. */
async function paymentOf(tx: Transaction, sale: SaleRow): Promise<AttemptRow | "cash"> {
  if (sale.state !== "paid") throw new ServiceError("refund/not-paid")
  if (sale.paidBy === "cash") return "cash"
  const key = attemptKeyOf(sale.settledBy ?? "")
  const attempt: AttemptRow | undefined = key && (await findAttempt(tx, key))
  if (attempt === undefined) throw new Error(`sale ${saleName(sale)} is paid by an attempt that is missing`)
  return attempt
}

function checkLines(sale: SaleRow, request: RefundRequest): void {
  const seen = new Set(request.lines.map(([line]) => line))
  const wrong =
    seen.size !== request.lines.length ||
    request.lines.some(([line, grams]) => line >= sale.lineCount || grams < 1) ||
    (request.goods === "money-only" && request.lines.length > 0)
  if (wrong) throw new ServiceError("refund/lines-malformed", { field: "lines" })
}

/** Refunds of a sale, oldest first, for whoever may see the sale's money. */
export async function listRefunds(ctx: Context, actor: Actor, key: SaleKey): Promise<RefundRow[]> {
  requireScope(actor, "payments:refund")
  const [sale] = await ctx.db.select().from(sales).where(isSale(key))
  if (sale === undefined) throw new ServiceError("refund/sale-unknown")
  requireScope(actor, "payments:refund", sale.siteId)
  return refundsOf(ctx.db, sale)
}
