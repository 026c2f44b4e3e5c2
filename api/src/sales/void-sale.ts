import { saleKeys, sales } from "@suyuan/drizzle/schema/sales"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, voidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import { giveBackCash } from "../payments/give-back-cash"
import { applyVoid } from "../trace/apply-void"
import type { UploadRefusal } from "./record-trades"
import { isSale } from "./sale-key"
import type { TerminalAtStall } from "./verify-codes"

const reasonNumbers = { "wrong-lines": 0, "buyer-left": 1, duplicate: 2, other: 3 } as const

/**
 * The seller takes a cash sale or hand-over back: a new record names the one it voids, and the goods are in the pile
 * as if they had never left. Money that a platform holds goes back by a refund instead.
 */
export async function voidSale(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"void">,
  concerned: readonly number[],
): Promise<UploadRefusal> {
  const [key] = await tx
    .select()
    .from(saleKeys)
    .where(and(eq(saleKeys.terminalId, stall.terminal.id), eq(saleKeys.counter, body.counter)))
  if (!key) return "sale/unknown"
  const [sale] = await tx.select().from(sales).where(isSale(key)).for("update")
  if (!sale?.recordId) return "sale/not-recorded"
  if (sale.state === "paid" && sale.paidBy !== "cash") return "sale/refund-instead"
  const voidOf = fromHex(sale.recordId)
  if (!voidOf) throw new Error("a stored record id is not hex")
  // The day of what it voids: repeated on another day it is the same record.
  const id = toHex(recordId("void", utcDayOf(sale.issuedAt.getTime()), voidKey(voidOf)))
  const { public: publicBytes } = encodeRecord({
    kind: "void",
    public: {
      voidOf,
      effectiveAtSeconds: msToSeconds2024(sale.effectiveAt.getTime()),
      siteNumber: stall.site.number,
      reason: reasonNumbers[body.reason],
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.void, siteId: stall.site.id, concerned, publicBytes },
  ])
  await giveBackCash(ctx, tx, sale, { requestedBy: `merchant:terminal:${terminalToHex(key.terminalId)}`, recordId: id })
  await applyVoid(ctx, tx, { saleRecordId: sale.recordId, byRecordId: id, lines: [] })
  return undefined
}
