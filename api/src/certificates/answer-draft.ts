import { certificateDrafts } from "@suyuan/drizzle/schema/checks"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { certificates } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { type CertificateAnswer, certificateAnswerMessage } from "@suyuan/protocol/terminal/certificate-answer"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { eq, or, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { writeRecords } from "../ledger/write-records"
import { requireTerminal, terminalKey } from "../terminals/authenticate"
import { businessDayOf } from "../trace/business-day"
import { readPileContents } from "../trace/pile-contents"
import { asRecorded, type DraftRow, parentsOf } from "./draft-reissue"
import { certificateRecordId } from "./issue-certificate"
import { uncertifiedGrams } from "./uncertified-grams"

export type SignedAnswer = {
  readonly terminalId: number
  readonly draftId: string
  readonly answer: CertificateAnswer
  /** By the terminal, over `certificateAnswerMessage`: what its screen showed. */
  readonly signature: Uint8Array
}

/**
 * The stall's owner issues the certificate, or discards the draft: the terminal's signature over the draft's digest.
 * The certificate names those that it rests on. Repeating is success.
 */
export async function answerDraft(ctx: Context, given: SignedAnswer): Promise<DraftRow> {
  return ctx.db.transaction(async (tx) => {
    const terminal = await requireTerminal(tx, given.terminalId, "bind")
    const [draft] = await tx
      .select()
      .from(certificateDrafts)
      .where(eq(certificateDrafts.id, given.draftId))
      .for("update")
    if (!draft || draft.merchantId !== terminal.merchantId) throw new ServiceError("certificate/draft-unknown")
    const key = terminalKey(terminal)
    const digest = bytesOf(draft.digest)
    const message = certificateAnswerMessage(ctx.config.NETWORK_ID, { ...given, terminal: terminal.id, digest })
    if (!ctx.verifySignature(key.algorithm, key.publicKey, message, given.signature)) {
      throw new ServiceError("terminal/bad-signature", { field: "signature" })
    }
    const wanted = given.answer === "issue" ? "issued" : "discarded"
    if (draft.state === wanted) return draft
    if (draft.state !== "draft") throw new ServiceError("certificate/wrong-state")
    const recordId = wanted === "issued" ? await issue(ctx, tx, draft) : null
    const decidedAt = new Date(ctx.clock.nowMs())
    const [answered] = await tx
      .update(certificateDrafts)
      .set({ state: wanted, decidedAt, recordId })
      .where(eq(certificateDrafts.id, draft.id))
      .returning()
    if (!answered) throw new Error("a locked draft is gone")
    const actor: Actor = {
      ...{ kind: "merchant", id: `terminal:${terminalToHex(terminal.id)}`, siteIds: [terminal.siteId], scopes: [] },
    }
    await writeAudit(ctx, tx, actor, { verb: `certificates/${given.answer}`, subject: draft.id, siteId: draft.siteId })
    return answered
  })
}

/** The goods that it is for are still there, and no other certificate was issued for them meanwhile. */
async function requireStillThere(ctx: Context, tx: Transaction, draft: DraftRow): Promise<void> {
  const { pileId, siteId, draftedAt, grams } = draft
  // One certificate of a pile after the other.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`certificates:${pileId}`}, 0))`)
  const [site] = await tx.select().from(sites).where(eq(sites.id, siteId))
  if (!site) throw new Error("a draft names a site that is gone")
  const { contents } = await readPileContents(ctx, [pileId])
  const { stockGrams = 0, sinceMs } = contents.find((one) => one.pileId === pileId) ?? {}
  const isOfToday = businessDayOf(site, draftedAt) === businessDayOf(site, new Date(ctx.clock.nowMs()))
  if (!isOfToday || sinceMs === undefined || sinceMs > draftedAt.getTime()) {
    throw new ServiceError("certificate/draft-expired")
  }
  const left = await uncertifiedGrams(tx, { pileId, stockGrams, since: new Date(sinceMs) })
  if (grams > left) throw new ServiceError("certificate/above-stock")
}

async function issue(ctx: Context, tx: Transaction, draft: DraftRow): Promise<string> {
  await requireStillThere(ctx, tx, draft)
  const issuedAt = new Date(ctx.clock.nowMs())
  const id = toHex(certificateRecordId(draft.id, issuedAt))
  const { participantId, concerned } = await whomItConcerns(tx, draft)
  const { commodity, grams, origin, promiseBasis } = draft
  const { public: publicBytes } = encodeRecord({
    kind: "certificate",
    public: {
      ...{ lot: draft.id, commodity, grams, origin, promiseBasis },
      issuedAtSeconds: msToSeconds2024(issuedAt.getTime()),
      issuerAlias: bytesOf(ctx.keys.participantAlias(participantId)),
      contactHash: keccak256(bytesOf(ctx.keys.stallAlias(draft.merchantId))),
      pileAlias: bytesOf(ctx.keys.pileAlias(draft.pileId)),
      parents: parentsOf(draft).map(asRecorded),
    },
  })
  const added = await tx
    .insert(certificates)
    .values({
      ...{ id: draft.id, lotId: draft.id, siteId: draft.siteId, merchantId: draft.merchantId, pileId: draft.pileId },
      ...{ commodity, grams, origin, issuedAt, promiseBasis, recordId: id },
    })
    .onConflictDoNothing()
    .returning({ id: certificates.id })
  // A lot of this name was harvested meanwhile.
  if (added.length === 0) throw new ServiceError("request/conflict", { field: "id" })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.certificate, siteId: draft.siteId, concerned, publicBytes },
  ])
  return id
}

async function whomItConcerns(tx: Transaction, { merchantId }: DraftRow) {
  const [owner] = await tx
    .select({ participantId: sites.participantId })
    .from(merchants)
    .innerJoin(sites, eq(sites.id, merchants.siteId))
    .where(eq(merchants.id, merchantId))
  if (!owner) throw new Error("a draft names a merchant that is gone")
  const rows = await tx
    .select({ number: participants.number })
    .from(participants)
    .where(or(eq(participants.id, owner.participantId), eq(participants.role, "regulator")))
  return { participantId: owner.participantId, concerned: rows.map(({ number }) => number) }
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error("an id is not hex")
  return bytes
}
