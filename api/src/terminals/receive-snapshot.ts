import { snapshots } from "@suyuan/drizzle/schema/terminals"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { SNAPSHOT_PART_BYTES_MAX } from "@suyuan/protocol/ledger/kinds/parts"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, snapshotKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import {
  parseStockSnapshot,
  snapshotPrefix,
  stockSnapshotHash,
  verifyStockSnapshot,
} from "@suyuan/protocol/terminal/stock-snapshot"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { seconds2024ToMs, utcDayOf } from "@suyuan/protocol/units/instant"
import type { Context, Transaction } from "../context"
import { type RecordDraft, writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import { resolveWaitingLines } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { commodityCodeMax } from "../stock/known-commodity"

/**
 * Keeps what a terminal says its slots hold, makes it a record, and tells the sales that waited for it.
 * The same snapshot again is success.
 */
export async function receiveSnapshot(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"snapshot">,
  concerned: readonly number[],
): Promise<UploadRefusal> {
  const parsed = parseStockSnapshot(body.snapshot)
  if (!parsed.ok) return parsed.error
  // Its sales could not be kept: their lines stay unknown instead, and can be paid.
  if (parsed.value.slots.some(({ commodity }) => commodity > commodityCodeMax)) return "stock/unknown-commodity"
  if (parsed.value.terminal !== stall.terminal.id) return "upload/wrong-terminal"
  const publicKey = fromHex(stall.terminal.publicKey)
  if (!publicKey) throw new Error(`terminal ${stall.terminal.id} has no readable key`)
  const verified = verifyStockSnapshot(
    { bytes: body.snapshot, signature: body.signature },
    {
      networkId: ctx.config.NETWORK_ID,
      terminalKey: { algorithm: stall.terminal.algorithm, publicKey },
      verifySignature: ctx.verifySignature,
    },
  )
  if (!verified.ok) return verified.error
  const hash = stockSnapshotHash(body.snapshot)
  const prefix = toHex(snapshotPrefix(hash))
  const issuedAtMs = seconds2024ToMs(parsed.value.issuedAtSeconds)
  const written = await tx
    .insert(snapshots)
    .values({
      terminalId: stall.terminal.id,
      hash: toHex(hash),
      prefix,
      siteId: stall.site.id,
      bytes: body.snapshot,
      signature: toHex(body.signature),
      issuedAt: new Date(issuedAtMs),
      receivedAt: new Date(ctx.clock.nowMs()),
    })
    .onConflictDoNothing()
    .returning({ hash: snapshots.hash })
  if (written.length === 0) return undefined
  await writeRecords(ctx, tx, draftSnapshotRecords(stall, body, hash, issuedAtMs, concerned))
  await resolveWaitingLines(ctx, tx, { terminalId: stall.terminal.id, prefix })
  return undefined
}

/** A long snapshot becomes several records, each with its part of the bytes and the signature over the whole. */
function draftSnapshotRecords(
  stall: TerminalAtStall,
  body: UploadBody<"snapshot">,
  hash: Uint8Array,
  issuedAtMs: number,
  concerned: readonly number[],
): RecordDraft[] {
  const parts = Math.ceil(body.snapshot.length / SNAPSHOT_PART_BYTES_MAX)
  return Array.from({ length: parts }, (_, part) => {
    const bytes = body.snapshot.slice(part * SNAPSHOT_PART_BYTES_MAX, (part + 1) * SNAPSHOT_PART_BYTES_MAX)
    const { public: publicBytes } = encodeRecord({
      kind: "snapshot",
      public: { terminal: stall.terminal.id, hash, signature: body.signature, part, parts, bytes },
    })
    return {
      recordId: toHex(recordId("snapshot", utcDayOf(issuedAtMs), snapshotKey(hash, part))),
      kind: RECORD_KINDS.snapshot,
      siteId: stall.site.id,
      concerned,
      publicBytes,
    }
  })
}
