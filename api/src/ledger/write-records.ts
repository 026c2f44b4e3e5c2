import { records } from "@suyuan/drizzle/schema/ledger"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { ENTRY_BYTES_MAX } from "@suyuan/protocol/ledger/entry"
import { inArray } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { recordDay } from "./record-day"

/** Version, kind, id, three commitments, two lengths, and the tags of two ciphertexts. */
const entryBytesBesides = 1 + 1 + 16 + 3 * 32 + 2 * 2 + 2 * 16

/** Opened sections of one record, encoded by `protocol/ledger/record`. */
export type RecordDraft = {
  /** 32 hex characters; the first two bytes are its UTC day. */
  readonly recordId: string
  readonly kind: number
  readonly siteId: string
  /** Numbers of the organisations it concerns. */
  readonly concerned: readonly number[]
  readonly publicBytes: Uint8Array
  readonly commercialBytes?: Uint8Array
  readonly personalBytes?: Uint8Array
}

/**
 * Queues records for sealing in the caller's transaction. A record that exists with the same bytes is success;
 * with other bytes it is a programmer's or an attacker's doing and stops the transaction.
 */
export async function writeRecords(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  drafts: readonly RecordDraft[],
): Promise<void> {
  if (drafts.length === 0) return
  for (const draft of drafts) assertFits(draft)
  const createdAt = new Date(ctx.clock.nowMs())
  const written = await tx
    .insert(records)
    .values(
      drafts.map((draft) => ({
        recordId: draft.recordId,
        day: recordDay(draft.recordId),
        kind: draft.kind,
        siteId: draft.siteId,
        concerned: [...draft.concerned].sort((a, b) => a - b),
        publicBytes: draft.publicBytes,
        commercialBytes: draft.commercialBytes ?? null,
        personalBytes: draft.personalBytes ?? null,
        personalSalt: draft.personalBytes ? toHex(ctx.random.bytes(16)) : null,
        state: "pending" as const,
        createdAt,
      })),
    )
    .onConflictDoNothing()
    .returning({ recordId: records.recordId })
  if (written.length === drafts.length) return
  const fresh = new Set(written.map((row) => row.recordId))
  const repeated = drafts.filter((draft) => !fresh.has(draft.recordId))
  const stored = await tx
    .select({ recordId: records.recordId, publicBytes: records.publicBytes })
    .from(records)
    .where(
      inArray(
        records.recordId,
        repeated.map((draft) => draft.recordId),
      ),
    )
  const storedBytes = new Map(stored.map((row) => [row.recordId, toHex(row.publicBytes)]))
  for (const draft of repeated) {
    if (storedBytes.get(draft.recordId) !== toHex(draft.publicBytes)) {
      throw new Error(`record ${draft.recordId} exists with other bytes`)
    }
  }
}

/** A record that no entry holds would stop the log at the sealer: it is its writer's fault, and stops the writer. */
function assertFits({ recordId, publicBytes, commercialBytes }: RecordDraft): void {
  const bytes = entryBytesBesides + publicBytes.length + (commercialBytes?.length ?? 0)
  if (bytes > ENTRY_BYTES_MAX) throw new Error(`record ${recordId} is too long for an entry: ${bytes} bytes`)
}
