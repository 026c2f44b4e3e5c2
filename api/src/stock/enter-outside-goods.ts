import type { ErrorCode } from "@suyuan/look/errors"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { err, ok, type Result } from "@suyuan/protocol/result"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { meaningOf } from "../catalogue/unmapped-names"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { tellBook } from "./book"
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
  const named = await commodityOf(ctx, tx, stall, body, uploadId)
  if (!named.ok) return named.error
  const commodity = named.value
  const effectiveAt = effectiveTime(stall, body.receivedAtSeconds)
  const id = toHex(recordId("outside-goods", utcDayOf(effectiveAt.getTime()), uuidKey(uploadId)))
  const { pileAlias } = mergedPile(ctx, stall, commodity)
  const { public: publicBytes } = encodeRecord({
    kind: "outside-goods",
    public: {
      siteNumber: stall.site.number,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      pileAlias,
      commodity,
      grams: body.weightGrams,
      declaredOrigin: body.declaredOrigin,
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS["outside-goods"], siteId: stall.site.id, concerned, publicBytes },
  ])
  const goods = { recordId: id, commodity, grams: body.weightGrams, effectiveAt }
  await recordInflow(ctx, tx, stall, { ...goods, source: "unknown", lotId: null })
  await tellBook(ctx, tx, stall, commodity, effectiveAt, { uploadId })
  return undefined
}

/** By its code; or by what the seller calls it, which waits for a person where the catalogue does not know the name. */
async function commodityOf(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  { commodity, name }: UploadBody<"outside-goods">,
  uploadId: string,
): Promise<Result<number, ErrorCode>> {
  if (name === undefined) return (await knownCommodity(tx, commodity)) ? ok(commodity) : err("stock/unknown-commodity")
  if (commodity !== 0) return err("upload/malformed-body")
  const mention = { mentionId: uploadId, siteId: stall.site.id, merchantId: stall.merchant.id }
  const meant = await meaningOf(ctx, tx, name, { ...mention, source: "outside-goods" })
  if (meant.kind === "commodity") return ok(meant.code)
  return err(meant.kind === "open" ? "stock/name-waits" : "stock/unknown-commodity")
}
