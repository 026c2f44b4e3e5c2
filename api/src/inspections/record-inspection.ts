import { photos } from "@suyuan/drizzle/schema/checks"
import { records } from "@suyuan/drizzle/schema/ledger"
import { inspections, lots } from "@suyuan/drizzle/schema/trace"
import { equalBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { concludeRapidTest, rapidTestStandard } from "@suyuan/protocol/inspection/standards"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { recordDay } from "../ledger/record-day"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { knownCommodity } from "../stock/known-commodity"
import { pileIdOf } from "../stock/pile-id"
import { effectiveTime, mergedPile, type UploadNaming } from "../stock/record-goods"
import { ensurePiles } from "../trace/apply-sales"
import { chainOf, findRetested, type Inspection, settleChain } from "./find-retested"

export type InspectionNaming = UploadNaming & {
  /** Whose word it is: an inspector's id, or `terminal:<hex>`. A recall that it proposes is approved by another. */
  readonly enteredBy: string
  /** SHA-256 of a photo that was stored before, in hex. */
  readonly photo?: string | undefined
  /** A lot or a test that it names and that is not known is waited for no more: the test is kept as it is. */
  readonly isLastLook?: boolean
}

/** Clocks that are ahead of ours, after what was learned of them. */
const aheadMsMax = 600_000

/**
 * A rapid test of a stall's pile, judged by the limit of its own standard (GB/T 5009.199 says 50 % inhibition is
 * positive, NY/T 448 70 %): another limit for a standard that we know, or a conclusion that contradicts the figure, is
 * refused. A standard that we do not know stands as it was written, with the limit that was stated. A retest names the
 * test that it repeats, and the newest of them counts. A lot that it names exists
 * and is of these goods; whether it was in the pile is found out. On the last look a test is kept although a lot that it
 * names is not known, or by itself where the test that it repeats is not: what failed is not lost for want of a name. The
 * same id again is the same test.
 */
export async function recordInspection(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"inspection">,
  { uploadId, concerned, enteredBy, photo, isLastLook = false }: InspectionNaming,
): Promise<UploadRefusal> {
  if (!(await knownCommodity(tx, body.commodity))) return "stock/unknown-commodity"
  const standard = rapidTestStandard(body.standard)
  if (standard && standard.limitPermille !== body.limitPermille) return "inspection/limit-not-of-standard"
  const conclusion = concludeRapidTest(body.inhibitionPermille, body.limitPermille)
  if (body.conclusion !== conclusion) return "stock/conclusion-contradicts-figure"
  const sampledAt = effectiveTime(stall, body.sampledAtSeconds)
  const testedAt = effectiveTime(stall, body.testedAtSeconds)
  if (testedAt < sampledAt) return "stock/tested-before-sampled"
  if (testedAt.getTime() > ctx.clock.nowMs() + aheadMsMax) return "inspection/dated-ahead"
  const misnamed = body.lot === undefined ? undefined : await refuseLot(tx, body.lot, body.commodity)
  if (misnamed && !(isLastLook && misnamed === "inspection/lot-unknown")) return misnamed
  if (photo !== undefined && !(await isPhoto(tx, photo))) return "inspection/photo-unknown"
  const { pileId, pileAlias } = mergedPile(ctx, stall, body.commodity)
  const retested = await retestedBy(tx, body, pileId, testedAt)
  if (retested && !retested.ok && !(isLastLook && retested.error === "inspection/retest-unknown")) return retested.error
  const first = retested?.ok ? retested.value : undefined
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
      retestOf: first && bytesOf(first.recordId),
      photo: photo === undefined ? undefined : bytesOf(photo),
      channel: body.channel,
      reviewerRole: body.reviewerRole,
    },
  })
  const known = await recordedBytes(tx, uploadId)
  if (known) return equalBytes(known, publicBytes) ? undefined : "upload/other-bytes"
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.inspection, siteId: stall.site.id, concerned, publicBytes },
  ])
  const place = { siteId: stall.site.id, merchantId: stall.merchant.id, commodity: body.commodity }
  await ensurePiles(ctx, tx, [{ pileId: pileIdOf(stall.merchant.id, body.commodity, null), ...place, lotId: null }])
  const chainId = first && chainOf(first)
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
      channel: body.channel ?? null,
      reviewerRole: body.reviewerRole ?? null,
      photo: photo ?? null,
      retestOf: first?.id ?? null,
      chainId: chainId ?? null,
      enteredBy,
      recallDue: conclusion === "failed" && !(chainId && (await hasProposed(tx, chainId, sampledAt))),
      sourcesDueAt: new Date(ctx.clock.nowMs()),
    })
    .onConflictDoNothing()
  if (chainId) await settleChain(tx, chainId)
  return undefined
}

async function retestedBy(tx: Transaction, { retestOf }: UploadBody<"inspection">, pileId: string, testedAt: Date) {
  return retestOf === undefined ? undefined : findRetested(tx, { retestOf, pileId, testedAt })
}

async function recordedBytes(tx: Transaction, id: string): Promise<Uint8Array | undefined> {
  const [test] = await tx.select({ recordId: inspections.recordId }).from(inspections).where(eq(inspections.id, id))
  if (!test) return undefined
  const [record] = await tx
    .select({ publicBytes: records.publicBytes })
    .from(records)
    .where(and(eq(records.recordId, test.recordId), eq(records.day, recordDay(test.recordId))))
  if (!record) throw new Error("a test has lost its record")
  return record.publicBytes
}

/** Of one sample a recall is proposed once, however often it is tested. */
async function hasProposed(tx: Transaction, chainId: string, sampledAt: Date): Promise<boolean> {
  const chain = await tx.select().from(inspections).where(eq(inspections.chainId, chainId))
  const [root] = await tx.select().from(inspections).where(eq(inspections.id, chainId))
  const failedBefore = ({ conclusion, sampledAt: at }: Inspection) =>
    conclusion === "failed" && at.getTime() === sampledAt.getTime()
  return [...chain, ...(root ? [root] : [])].some(failedBefore)
}

async function refuseLot(tx: Transaction, id: string, commodity: number): Promise<UploadRefusal> {
  const [lot] = await tx.select({ commodity: lots.commodity }).from(lots).where(eq(lots.id, id))
  if (!lot) return "inspection/lot-unknown"
  return lot.commodity === commodity ? undefined : "inspection/lot-of-other-goods"
}

async function isPhoto(tx: Transaction, hash: string): Promise<boolean> {
  const found = await tx.select({ hash: photos.hash }).from(photos).where(eq(photos.hash, hash))
  return found.length > 0
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error("an id is not hex")
  return bytes
}
