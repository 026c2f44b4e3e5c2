import { lots } from "@suyuan/drizzle/schema/trace"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { eq } from "drizzle-orm"
import { certificateRecordId } from "../certificates/issue-certificate"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { tellBook } from "./book"
import { knownCommodity } from "./known-commodity"
import { effectiveTime, mergedPile, recordInflow, type UploadNaming } from "./record-goods"

/**
 * A base declares a lot: goods whose origin is known from here on. Only bases harvest, and a lot is harvested once.
 * Everything is judged before anything is written: a refused harvest leaves nothing.
 */
export async function declareHarvest(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"harvest">,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  if (stall.site.kind !== "base") return "stock/only-bases-harvest"
  const commodity = await knownCommodity(tx, body.commodity)
  if (!commodity) return "stock/unknown-commodity"
  if (body.certificate && body.certificate.weightGrams > body.weightGrams) return "stock/certificate-above-lot"
  const effectiveAt = effectiveTime(stall, body.harvestedAtSeconds)
  const id = toHex(recordId("harvest", utcDayOf(effectiveAt.getTime()), uuidKey(body.lot)))
  const { pileAlias } = mergedPile(ctx, stall, body.commodity)
  const { public: publicBytes } = encodeRecord({
    kind: "harvest",
    public: {
      siteNumber: stall.site.number,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      lot: body.lot,
      pileAlias,
      commodity: body.commodity,
      grams: body.weightGrams,
      declaredOrigin: body.declaredOrigin,
      certificate: body.certificate ? certificateRecordId(body.lot, effectiveAt) : undefined,
    },
  })
  const lot = {
    id: body.lot,
    siteId: stall.site.id,
    merchantId: stall.merchant.id,
    commodity: body.commodity,
    grams: body.weightGrams,
    harvestedAt: effectiveAt,
    expiresAt: new Date(effectiveAt.getTime() + commodity.shelfLifeHours * 3_600_000),
    declaredOrigin: body.declaredOrigin,
    regionCode: stall.site.regionCode,
    recordId: id,
  }
  const written = await tx
    .insert(lots)
    .values({ ...lot, createdAt: new Date(ctx.clock.nowMs()) })
    .onConflictDoNothing()
    .returning({ id: lots.id })
  if (written.length === 0) {
    const [known] = await tx.select().from(lots).where(eq(lots.id, lot.id))
    const isSame = known?.recordId === id && known.merchantId === lot.merchantId && known.grams === lot.grams
    if (!isSame || known.declaredOrigin !== lot.declaredOrigin) return "upload/other-bytes"
  }
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.harvest, siteId: stall.site.id, concerned, publicBytes },
  ])
  if (written.length > 0) {
    const goods = { recordId: id, commodity: body.commodity, grams: body.weightGrams, effectiveAt }
    await recordInflow(ctx, tx, stall, { ...goods, source: "lot", lotId: body.lot })
  }
  await tellBook(ctx, tx, stall, body.commodity, effectiveAt, { uploadId })
  return undefined
}
