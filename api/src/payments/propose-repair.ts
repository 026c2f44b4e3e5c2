/** What repairing an item would do as things stand now, and nothing else. Pure. */

import { sha256 } from "@noble/hashes/sha2.js"
import type { reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { type RepairEffect, repairWords, wayWords } from "@suyuan/look/reconciliation-words"
import { toHex, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { applyPayment } from "@suyuan/protocol/payment/payment-state"
import { fenToYuan } from "@suyuan/protocol/units/money"
import type { AttemptRow, RefundRow, SaleRow } from "./attempts"
import { settlementOf } from "./change-sale"
import { storedReasons } from "./settle"

export type ReconciliationItem = typeof reconciliationItems.$inferSelect

/** Our own rows behind an item; none for a number that is not ours. */
export type ItemBooks = {
  readonly attempt: AttemptRow | undefined
  readonly refund: RefundRow | undefined
  readonly sale: SaleRow | undefined
}

export type Proposal = {
  /** What follows once the platform confirms; `hand-over` asks nobody. */
  readonly effect: RepairEffect
  /** The order's number, or the refund's. */
  readonly number: string
  /** What the platform must confirm; null where nobody is asked. */
  readonly amountFen: number | null
  /** Names this proposal on these rows: a repair is refused when it would do anything else. */
  readonly shown: string
}

export function proposeRepair(item: ReconciliationItem, books: ItemBooks): Proposal {
  const [effect, amountFen] = effectOf(item, books)
  const number = item.outRefundNo === "" ? item.outTradeNo : item.outRefundNo
  const versions = [books.attempt?.version, books.refund?.version, books.sale?.version].map(
    (version) => version ?? null,
  )
  const shown = [item.id, item.state, item.kind, item.repair, effect, number, amountFen, ...versions]
  return { effect, number, amountFen, shown: toHex(sha256(utf8Encode(JSON.stringify(shown)))).slice(0, 32) }
}

function effectOf(item: ReconciliationItem, { attempt, refund, sale }: ItemBooks): [RepairEffect, number | null] {
  const nobody = ["hand-over", null] satisfies [RepairEffect, null]
  if (item.repair === "alarm" || attempt === undefined || sale === undefined) return nobody
  if (item.outRefundNo !== "") {
    if (refund === undefined) return nobody
    if (item.repair === "refund") return ["send-refund-again", refund.amountFen]
    return [refund.state === "succeeded" ? "keep-refund" : "book-refund", refund.amountFen]
  }
  if (attempt.state === "succeeded") return ["keep-payment", attempt.receivedFen]
  if (item.thereFen === null) return nobody
  const change = applyPayment(settlementOf(sale), attempt.state, item.thereFen)
  return [change.kind === "refund-due" ? storedReasons[change.refund.reason] : "settle-sale", item.thereFen]
}

/** The proposal as a sentence. */
export function sayRepair(
  { platform }: Pick<ReconciliationItem, "platform">,
  { effect, number, amountFen }: Proposal,
  language: "zh" | "en",
): string {
  const amount = amountFen === null ? "" : `¥${fenToYuan(amountFen)}`
  return repairWords[effect][language]
    .replaceAll("{platform}", wayWords[platform][language])
    .replaceAll("{number}", number)
    .replaceAll("{amount}", amount)
}
