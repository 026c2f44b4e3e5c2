import { records } from "@suyuan/drizzle/schema/ledger"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { ENTRY_BYTES_MAX } from "@suyuan/protocol/ledger/entry"
import { and, inArray, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { unnest } from "../unnest"
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
  const written = await tx.execute<{ record_id: string }>(sql`
    INSERT INTO ${records} (record_id, day, kind, site_id, concerned, public_bytes, commercial_bytes, personal_bytes,
      personal_salt, state, created_at)
    SELECT record_id, day, kind, site_id, concerned::integer[], public_bytes, commercial_bytes, personal_bytes,
      personal_salt, 'pending', ${createdAt.toISOString()}::timestamptz
    FROM ${unnest("given", {
      record_id: ["bytea", drafts.map((draft) => draft.recordId)],
      day: ["date", drafts.map((draft) => recordDay(draft.recordId))],
      kind: ["smallint", drafts.map((draft) => draft.kind)],
      site_id: ["uuid", drafts.map((draft) => draft.siteId)],
      // Arrays of different lengths are no column of an array: they travel as their text.
      concerned: ["text", drafts.map((draft) => `{${[...draft.concerned].sort((a, b) => a - b).join(",")}}`)],
      public_bytes: ["bytea", drafts.map((draft) => draft.publicBytes)],
      commercial_bytes: ["bytea", drafts.map((draft) => draft.commercialBytes ?? null)],
      personal_bytes: ["bytea", drafts.map((draft) => draft.personalBytes ?? null)],
      personal_salt: ["bytea", drafts.map((draft) => (draft.personalBytes ? ctx.random.bytes(16) : null))],
    })}
    ON CONFLICT DO NOTHING RETURNING encode(record_id, 'hex') AS record_id`)
  if (written.length === drafts.length) return
  const fresh = new Set(written.map((row) => row.record_id))
  const repeated = drafts.filter((draft) => !fresh.has(draft.recordId))
  const stored = await tx
    .select({ recordId: records.recordId, publicBytes: records.publicBytes })
    .from(records)
    .where(
      and(
        inArray(
          records.recordId,
          repeated.map((draft) => draft.recordId),
        ),
        inArray(records.day, [...new Set(repeated.map((draft) => recordDay(draft.recordId)))]),
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
