/**
 * The money side of one sale. presented → paying → paid | closed; whatever arrives after that is counted and goes
 * back by itself. Pure: each function says what becomes of the settlement, and what is due.
 *
 * paidFen counts every fen that a platform took for this sale, a second payment and a late one too, and refundedFen
 * every one that it gave back, so that over all sales Σ receipts − Σ refunds = Σ (paidFen − refundedFen), to the fen.
 */
import type { AttemptState } from "./attempt-state"
import { mayMoveMoney } from "./attempt-state"

export type SettlementState = "presented" | "paying" | "paid" | "closed"

export interface Settlement {
  readonly state: SettlementState
  /** What the signed code asks for. */
  readonly amountFen: number
  readonly paidFen: number
  readonly refundedFen: number
  /** Rises by one with every applied change: receivers drop older ones, writers compare and set. */
  readonly version: number
}

export type RefundReason =
  /** Another attempt settled the sale first. */
  | "second-payment"
  /** The sale was cancelled, expired or taken in cash before the money came. */
  | "payment-after-close"
  /** The platform took another amount than the code asks for: nothing is settled by it. */
  | "amount-differs"

export interface DueRefund {
  readonly amountFen: number
  readonly reason: RefundReason
}

export type SettlementChange =
  | { readonly kind: "ignored"; readonly settlement: Settlement }
  | { readonly kind: "applied"; readonly settlement: Settlement }
  /** Applied, and the whole payment goes back: prepare the refund in the same transaction. */
  | { readonly kind: "refund-due"; readonly settlement: Settlement; readonly refund: DueRefund }
  /** Applied, for it is what happened: more has gone back than was paid, and a person must look. */
  | { readonly kind: "overdrawn"; readonly settlement: Settlement }
  /** Nothing changes yet: close these attempts at their platform, then query, then ask again. */
  | { readonly kind: "close-attempts-first"; readonly settlement: Settlement }

/** @throws RangeError below one fen. */
export function presentSettlement(amountFen: number): Settlement {
  if (!Number.isSafeInteger(amountFen) || amountFen < 1) throw new RangeError("a sale asks for at least one fen")
  return { state: "presented", amountFen, paidFen: 0, refundedFen: 0, version: 1 }
}

/** An attempt by anyone on any platform; none blocks another's, the first success settles. */
export function mayOpenAttempt(settlement: Settlement): boolean {
  return settlement.state === "presented" || settlement.state === "paying"
}

/** The first attempt is being opened; `ignored` when it is not the first. Ask `mayOpenAttempt` before. */
export function beginPaying(settlement: Settlement): SettlementChange {
  if (settlement.state !== "presented") return ignored(settlement)
  return applied(settlement, { state: "paying" })
}

/**
 * A platform says that an attempt succeeded.
 * @param attemptBefore the attempt's state before this news: `succeeded` makes it a repetition, which is ignored
 * @param totalFen the order's total as the platform names it, not what the payer paid after coupons
 */
export function applyPayment(settlement: Settlement, attemptBefore: AttemptState, totalFen: number): SettlementChange {
  if (attemptBefore === "succeeded") return ignored(settlement)
  const paidFen = settlement.paidFen + totalFen
  const reason = refundReason(settlement, totalFen)
  if (reason === undefined) return applied(settlement, { state: "paid", paidFen })
  const refund: DueRefund = { amountFen: totalFen, reason }
  return { kind: "refund-due", settlement: next(settlement, { paidFen }), refund }
}

function refundReason(settlement: Settlement, totalFen: number): RefundReason | undefined {
  if (settlement.state === "paid") return "second-payment"
  if (settlement.state === "closed") return "payment-after-close"
  return totalFen === settlement.amountFen ? undefined : "amount-differs"
}

export type CloseReason =
  /** The seller or the buyer gave up: holds at once, a payment that is still under way goes back. */
  | "cancelled"
  /** The seller took cash instead: holds at once, likewise. */
  | "cash"
  /** Time is over: a payment made in time must win, so attempts are closed and queried first. */
  | "expired"

/** `ignored` when the sale is paid (both screens say so) or closed already. */
export function closeSettlement(
  settlement: Settlement,
  reason: CloseReason,
  attempts: readonly AttemptState[],
): SettlementChange {
  if (settlement.state === "paid" || settlement.state === "closed") return ignored(settlement)
  if (reason === "expired" && attempts.some(mayMoveMoney)) return { kind: "close-attempts-first", settlement }
  return applied(settlement, { state: "closed" })
}

export type RefundRefusal =
  /** Less than a fen. */
  | "refund/amount-below-one-fen"
  /** More than the payment has left, counting its refunds that are under way. */
  | "refund/amount-above-paid"

/**
 * A refund is of one payment, the one that settled the sale: what other payers' money did meanwhile is no part of it.
 * @param receivedFen what that payment brought
 * @param spokenForFen sum of its own refunds that succeeded, are prepared or may still succeed
 */
export function refuseRefund(receivedFen: number, spokenForFen: number, amountFen: number): RefundRefusal | undefined {
  if (amountFen < 1) return "refund/amount-below-one-fen"
  return amountFen > receivedFen - spokenForFen ? "refund/amount-above-paid" : undefined
}

/**
 * A platform says that a refund succeeded. News of money is booked whatever it says: a refund that had failed and
 * comes later may be one too many.
 * @param refundBefore the refund's state before this news: `succeeded` makes it a repetition, which is ignored
 */
export function applyRefund(settlement: Settlement, refundBefore: AttemptState, amountFen: number): SettlementChange {
  if (refundBefore === "succeeded") return ignored(settlement)
  const refundedFen = settlement.refundedFen + amountFen
  const kind = refundedFen > settlement.paidFen ? "overdrawn" : "applied"
  return { kind, settlement: next(settlement, { refundedFen }) }
}

function ignored(settlement: Settlement): SettlementChange {
  return { kind: "ignored", settlement }
}

function applied(settlement: Settlement, change: Partial<Settlement>): SettlementChange {
  return { kind: "applied", settlement: next(settlement, change) }
}

function next(settlement: Settlement, change: Partial<Settlement>): Settlement {
  return { ...settlement, ...change, version: settlement.version + 1 }
}
