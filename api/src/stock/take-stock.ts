import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { notifyTerminal } from "../terminals/notify-terminals"
import { ensurePiles } from "../trace/apply-sales"
import { noteEvents } from "../trace/note-events"
import { bookAt } from "./book"
import { knownCommodity } from "./known-commodity"
import { effectiveTime, mergedPile, type UploadNaming } from "./record-goods"

/**
 * What a stall has of a commodity, counted: from then on the pile holds that, whatever the book said. Zero is "sold out",
 * and nothing of before is in what comes later. The terminal is told what the book had.
 */
export async function takeStock(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"stock-take">,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  const { commodity, countedGrams } = body
  if (!(await knownCommodity(tx, commodity))) return "stock/unknown-commodity"
  const effectiveAt = effectiveTime(stall, body.countedAtSeconds)
  const id = toHex(recordId("stock-take", utcDayOf(effectiveAt.getTime()), uuidKey(uploadId)))
  const { pileId, pileAlias } = mergedPile(ctx, stall, commodity)
  const { public: publicBytes } = encodeRecord({
    kind: "stock-take",
    public: {
      siteNumber: stall.site.number,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      ...{ pileAlias, commodity, grams: countedGrams },
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS["stock-take"], siteId: stall.site.id, concerned, publicBytes },
  ])
  const place = { siteId: stall.site.id, merchantId: stall.merchant.id, commodity }
  await ensurePiles(ctx, tx, [{ pileId, ...place, lotId: null }])
  const bookGrams = await bookAt(tx, pileId, effectiveAt)
  const counted = { pileId, ...place, day: utcDay(effectiveAt), effectiveAt, recordId: id, line: 0 }
  const row = { ...counted, direction: 2, source: "count" as const, gramsLow: countedGrams, gramsHigh: countedGrams }
  await noteEvents(tx, await tx.insert(pileEvents).values(row).onConflictDoNothing().returning())
  const told = { uploadId, commodity, countedGrams, bookGrams }
  await notifyTerminal(ctx, tx, stall.terminal.id, { kind: "stock-counted", ...told })
  return undefined
}
