import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { notifyTerminals } from "../terminals/notify-terminals"
import { noteRevision } from "../trace/note-events"
import { type PurchaseRow, projectPurchase } from "../trace/project-purchase"
import { tellBook } from "./book"
import { effectiveTime, type UploadNaming } from "./record-goods"

/** Which stall answers, and by whose clock when. */
export type PurchaseAnswer = {
  readonly merchantId: string
  readonly siteId: string
  readonly saleRecordId: Uint8Array
  readonly lineIndex: number
  readonly outcome: UploadBody<"arrival">["outcome"]
  readonly acceptedGrams: number
  readonly saidAt: Date
}

/** Accepted at the stall's terminal, by its signed upload; the terminal is told what the stall has by then. */
export async function acceptPurchase(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"arrival">,
  naming: UploadNaming,
): Promise<UploadRefusal> {
  const { saleRecordId, lineIndex, outcome, acceptedGrams, acceptedAtSeconds } = body
  const at = { merchantId: stall.merchant.id, siteId: stall.site.id, saidAt: effectiveTime(stall, acceptedAtSeconds) }
  const refusal = await answerPurchase(ctx, tx, { ...at, saleRecordId, lineIndex, outcome, acceptedGrams }, naming)
  if (refusal !== undefined) return refusal
  const purchase = await lockPurchase(tx, { ...at, lineIndex }, toHex(saleRecordId))
  if (purchase) await tellBook(ctx, tx, stall, purchase.commodity, purchase.decidedAt ?? at.saidAt, naming)
  return undefined
}

/**
 * A stall answers for what its own wallet bought: accepted with its weight (which may only be lowered: more would be
 * goods of unknown origin), private, or refused. It arrived when the answer says so; until then the sale's own time held.
 * The stall's terminals are told which answer holds.
 */
export async function answerPurchase(
  ctx: Context,
  tx: Transaction,
  given: PurchaseAnswer,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  const saleRecordId = toHex(given.saleRecordId)
  const purchase = await lockPurchase(tx, given, saleRecordId)
  if (!purchase) return "stock/no-such-purchase"
  if (given.acceptedGrams > purchase.grams) return "stock/more-than-bought"
  // Goods cannot arrive before they were sold, whatever a clock says.
  const effectiveAt = new Date(Math.max(given.saidAt.getTime(), purchase.effectiveAt.getTime()))
  const accepted = given.outcome === "accepted"
  const id = toHex(recordId("arrival", utcDayOf(effectiveAt.getTime()), uuidKey(uploadId)))
  const alias = fromHex(ctx.keys.pileAlias(purchase.pileId))
  const { public: publicBytes } = encodeRecord({
    kind: "arrival",
    public: {
      saleRecordId: given.saleRecordId,
      lineIndex: given.lineIndex,
      acceptedGrams: accepted ? given.acceptedGrams : 0,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      outcome: given.outcome,
      buyerPileAlias: accepted ? alias : undefined,
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.arrival, siteId: given.siteId, concerned, publicBytes },
  ])
  const { outcome, acceptedGrams: grams } = given
  const held = await answer(tx, purchase, { outcome, grams, at: effectiveAt, recordId: id })
  await notifyTerminals(ctx, tx, given.merchantId, {
    ...heldAnswer(held),
    ...{ kind: "purchase-answered", uploadId, isNewest: held.answerRecordId === id },
  })
  return undefined
}

/** The line that this merchant bought, held until the answer is written. */
export async function lockPurchase(
  tx: Transaction,
  { merchantId, lineIndex }: Pick<PurchaseAnswer, "merchantId" | "lineIndex">,
  saleRecordId: string,
): Promise<PurchaseRow | undefined> {
  const [purchase] = await tx
    .select()
    .from(purchases)
    .where(
      and(
        eq(purchases.saleRecordId, saleRecordId),
        eq(purchases.line, lineIndex),
        eq(purchases.buyerMerchantId, merchantId),
      ),
    )
    .for("update")
  return purchase
}

type Answer = {
  readonly outcome: "accepted" | "private" | "refused"
  readonly grams: number
  readonly at: Date
  readonly recordId: string
}

/** The newest answer holds, by its own time and whenever it comes; the records keep every one. */
async function answer(tx: Transaction, purchase: PurchaseRow, given: Answer): Promise<PurchaseRow> {
  const { decidedAt, answerRecordId } = purchase
  const isNewest =
    decidedAt === null ||
    given.at > decidedAt ||
    (given.at.getTime() === decidedAt.getTime() && given.recordId > (answerRecordId ?? ""))
  if (!isNewest) return purchase
  // What an earlier refusal took back in the seller's pile goes with it.
  if (answerRecordId !== null) {
    const gone = await tx
      .delete(pileEvents)
      .where(
        and(
          eq(pileEvents.pileId, purchase.upstreamPileId),
          eq(pileEvents.recordId, answerRecordId),
          eq(pileEvents.line, purchase.line),
          eq(pileEvents.source, "void"),
        ),
      )
      .returning({ pileId: pileEvents.pileId, effectiveAt: pileEvents.effectiveAt })
    await noteRevision(tx, gone)
  }
  const [answered] = await tx
    .update(purchases)
    .set({
      state: given.outcome,
      acceptedGrams: given.outcome === "accepted" ? given.grams : 0,
      decidedAt: given.at,
      answerRecordId: given.recordId,
      // Other goods, or less of them, come with other certificates.
      collectedAt: null,
      collectDueAt: null,
    })
    .where(eq(purchases.id, purchase.id))
    .returning()
  if (!answered) throw new Error("a purchase is missing")
  await projectPurchase(tx, answered)
  return answered
}

function heldAnswer({ saleRecordId, line, commodity, grams, state, acceptedGrams, decidedAt }: PurchaseRow) {
  if (state === "offered" || decidedAt === null) throw new Error("a purchase has no answer")
  const purchase = { saleRecordId, lineIndex: line, commodity, grams }
  return { ...purchase, outcome: state, acceptedGrams: acceptedGrams ?? 0, decidedAtMs: decidedAt.getTime() }
}
