import { certificates } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { TerminalAtStall } from "../sales/verify-codes"
import { effectiveTime, type UploadNaming } from "../stock/record-goods"

/** A lot has one certificate from its harvest: the lot's id names it, on the harvest's day. */
export function certificateRecordId(lotId: string, harvestedAt: Date): Uint8Array {
  return recordId("certificate", utcDayOf(harvestedAt.getTime()), uuidKey(lotId))
}

/**
 * 承诺达标合格证 of a harvested lot (农业农村部令 2025 第4号): the producer's promise, issued with the harvest itself.
 * The ledger names no contact: only a salted hash of who promises.
 */
export async function issueCertificate(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"harvest">,
  { concerned }: UploadNaming,
): Promise<void> {
  const { certificate } = body
  if (!certificate) return
  const issuedAt = effectiveTime(stall, body.harvestedAtSeconds)
  const id = toHex(certificateRecordId(body.lot, issuedAt))
  const origin = body.declaredOrigin || stall.site.name
  const issuerAlias = fromHex(ctx.keys.participantAlias(stall.site.participantId))
  const promiser = fromHex(ctx.keys.stallAlias(stall.merchant.id))
  if (!issuerAlias || !promiser) throw new Error("an alias is not hex")
  const { public: publicBytes } = encodeRecord({
    kind: "certificate",
    public: {
      lot: body.lot,
      commodity: body.commodity,
      grams: certificate.weightGrams,
      origin,
      issuedAtSeconds: msToSeconds2024(issuedAt.getTime()),
      promiseBasis: certificate.promiseBasis,
      issuerAlias,
      contactHash: keccak256(promiser),
    },
  })
  await tx
    .insert(certificates)
    .values({
      id: body.lot,
      lotId: body.lot,
      siteId: stall.site.id,
      commodity: body.commodity,
      grams: certificate.weightGrams,
      origin,
      issuedAt,
      promiseBasis: certificate.promiseBasis,
      recordId: id,
    })
    .onConflictDoNothing()
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.certificate, siteId: stall.site.id, concerned, publicBytes },
  ])
}
