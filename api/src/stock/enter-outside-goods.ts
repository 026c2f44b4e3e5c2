import { toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { knownCommodity } from "./known-commodity"
import { effectiveTime, mergedPile, recordInflow, type UploadNaming } from "./record-goods"

/** Goods from outside the system: what the seller knows is written down, and their origin counts as unknown. */
export async function enterOutsideGoods(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"outside-goods">,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  if (!(await knownCommodity(tx, body.commodity))) return "stock/unknown-commodity"
  const effectiveAt = effectiveTime(stall, body.receivedAtSeconds)
  const id = toHex(recordId("outside-goods", utcDayOf(effectiveAt.getTime()), uuidKey(uploadId)))
  const { pileAlias } = mergedPile(ctx, stall, body.commodity)
  const { public: publicBytes } = encodeRecord({
    kind: "outside-goods",
    public: {
      siteNumber: stall.site.number,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      pileAlias,
      commodity: body.commodity,
      grams: body.weightGrams,
      declaredOrigin: body.declaredOrigin,
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS["outside-goods"], siteId: stall.site.id, concerned, publicBytes },
  ])
  const goods = { recordId: id, commodity: body.commodity, grams: body.weightGrams, effectiveAt }
  await recordInflow(ctx, tx, stall, { ...goods, source: "unknown", lotId: null })
  return undefined
}
