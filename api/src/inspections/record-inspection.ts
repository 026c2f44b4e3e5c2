import { records } from "@suyuan/drizzle/schema/ledger"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { equalBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { knownCommodity } from "../stock/known-commodity"
import { pileIdOf } from "../stock/pile-id"
import { effectiveTime, mergedPile, type UploadNaming } from "../stock/record-goods"
import { ensurePiles } from "../trace/apply-sales"

/**
 * A rapid test of a stall's pile, judged by the limit of its own standard (GB/T 5009.199 says 50 % inhibition is
 * positive, NY/T 448 70 %): a conclusion that contradicts the figure is refused. The same id again is the same test.
 */
export async function recordInspection(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"inspection">,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  if (!(await knownCommodity(tx, body.commodity))) return "stock/unknown-commodity"
  const conclusion = body.inhibitionPermille < body.limitPermille ? "passed" : "failed"
  if (body.conclusion !== conclusion) return "stock/conclusion-contradicts-figure"
  const sampledAt = effectiveTime(stall, body.sampledAtSeconds)
  const testedAt = effectiveTime(stall, body.testedAtSeconds)
  if (testedAt < sampledAt) return "stock/tested-before-sampled"
  const { pileId, pileAlias } = mergedPile(ctx, stall, body.commodity)
  const id = toHex(recordId("inspection", utcDayOf(testedAt.getTime()), uuidKey(uploadId)))
  const { public: publicBytes } = encodeRecord({
    kind: "inspection",
    public: {
      siteNumber: stall.site.number,
      pileAlias,
      lot: body.lot,
      commodity: body.commodity,
      sampleNumber: body.sampleNumber,
      sampledAtSeconds: msToSeconds2024(sampledAt.getTime()),
      testedAtSeconds: msToSeconds2024(testedAt.getTime()),
      method: body.method,
      standard: body.standard,
      limitPermille: body.limitPermille,
      inhibitionPermille: body.inhibitionPermille,
      conclusion,
      instrument: body.instrument,
      testerRole: body.testerRole,
    },
  })
  const [known] = await tx
    .select({ publicBytes: records.publicBytes })
    .from(inspections)
    .innerJoin(records, eq(records.recordId, inspections.recordId))
    .where(eq(inspections.id, uploadId))
  if (known) return equalBytes(known.publicBytes, publicBytes) ? undefined : "upload/other-bytes"
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.inspection, siteId: stall.site.id, concerned, publicBytes },
  ])
  const place = { siteId: stall.site.id, merchantId: stall.merchant.id, commodity: body.commodity }
  await ensurePiles(ctx, tx, [{ pileId: pileIdOf(stall.merchant.id, body.commodity, null), ...place, lotId: null }])
  await tx
    .insert(inspections)
    .values({
      id: uploadId,
      ...place,
      pileId,
      lotId: body.lot ?? null,
      sampleNumber: body.sampleNumber,
      sampledAt,
      testedAt,
      method: body.method,
      standard: body.standard,
      limitPermille: body.limitPermille,
      inhibitionPermille: body.inhibitionPermille,
      conclusion,
      instrument: body.instrument,
      testerRole: body.testerRole,
      recordId: id,
    })
    .onConflictDoNothing()
  return undefined
}
