import { pileEvents, piles, purchases } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { applySales, ensurePiles } from "../trace/apply-sales"
import { noteEvents } from "../trace/note-events"
import { knownCommodity } from "./known-commodity"
import { pileIdOf } from "./pile-id"
import { effectiveTime, mergedPile, type UploadNaming } from "./record-goods"

/**
 * Goods that left a stall without a payment. What goes back to the merchant who had sold it is offered to them as a
 * purchase from this pile: it comes with this pile's range, not with that of what they had sold, because nobody can know
 * that they are the same cabbages. Their terminal answers as for any other purchase.
 */
export async function recordWaste(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"waste">,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  const { commodity, weightGrams, lot, reason, sentBackOf } = body
  if ((reason === "sent-back") !== (sentBackOf !== undefined)) return "upload/malformed-body"
  if (!(await knownCommodity(tx, commodity))) return "stock/unknown-commodity"
  const supplier = sentBackOf && (await readSupplier(tx, stall, commodity, sentBackOf))
  if (sentBackOf && !supplier) return "stock/no-such-purchase"
  if (supplier && weightGrams > supplier.boughtGrams) return "stock/sent-back-more-than-bought"
  const effectiveAt = effectiveTime(stall, body.wastedAtSeconds)
  const id = toHex(recordId("waste", utcDayOf(effectiveAt.getTime()), uuidKey(uploadId)))
  const { pileId, pileAlias } = mergedPile(ctx, stall, commodity)
  const { public: publicBytes } = encodeRecord({
    kind: "waste",
    public: {
      siteNumber: stall.site.number,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      ...{ pileAlias, commodity, grams: weightGrams, reason, lot },
      sentBack: supplier && sentBackOf && { ...sentBackOf, supplierPileAlias: aliasOf(ctx, supplier.pileId) },
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.waste, siteId: stall.site.id, concerned, publicBytes },
  ])
  const place = { siteId: stall.site.id, merchantId: stall.merchant.id, commodity }
  const weight = { gramsLow: weightGrams, gramsHigh: weightGrams }
  if (supplier) {
    const buyer = { buyerMerchantId: supplier.merchantId, buyerSiteId: supplier.siteId }
    const line = { line: 0, commodity, lotId: lot ?? null, pileId, ...weight }
    const { siteId, merchantId } = place
    await applySales(ctx, tx, [{ recordId: id, siteId, merchantId, ...buyer, effectiveAt, lines: [line] }])
    return undefined
  }
  await ensurePiles(ctx, tx, [{ pileId, ...place, lotId: null }])
  const left = { pileId, ...place, day: utcDay(effectiveAt), effectiveAt, direction: 1, recordId: id }
  // A line that no sale has: a loss, told apart from what was sold.
  const row = { ...left, line: discardedLineOffset, ...weight, source: "outflow" as const, lotId: lot ?? null }
  await noteEvents(tx, await tx.insert(pileEvents).values(row).onConflictDoNothing().returning())
  return undefined
}

/** Whoever sold this stall that line, whatever the stall answered. */
async function readSupplier(
  tx: Transaction,
  stall: TerminalAtStall,
  commodity: number,
  sold: { readonly saleRecordId: Uint8Array; readonly lineIndex: number },
) {
  const [found] = await tx
    .select({ boughtGrams: purchases.grams, merchantId: piles.merchantId, siteId: piles.siteId })
    .from(purchases)
    .innerJoin(piles, eq(piles.id, purchases.upstreamPileId))
    .where(
      and(
        eq(purchases.saleRecordId, toHex(sold.saleRecordId)),
        eq(purchases.line, sold.lineIndex),
        eq(purchases.buyerMerchantId, stall.merchant.id),
        eq(purchases.commodity, commodity),
      ),
    )
  return found && { ...found, pileId: pileIdOf(found.merchantId, commodity, null) }
}

function aliasOf(ctx: Context, pileId: string): Uint8Array {
  const alias = fromHex(ctx.keys.pileAlias(pileId))
  if (!alias) throw new Error("an alias is not hex")
  return alias
}
