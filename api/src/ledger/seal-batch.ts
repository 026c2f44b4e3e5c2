import { batches, records } from "@suyuan/drizzle/schema/ledger"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import {
  BATCH_BYTES_MAX,
  batchBytes,
  batchHead,
  batchRoot,
  CONCERNED_MAX,
  encodeBatch,
  FIRST_PREVIOUS_HEAD,
  FIRST_SEQUENCE,
} from "@suyuan/protocol/ledger/batch"
import { RECORD_KINDS, recordKindOf } from "@suyuan/protocol/ledger/record-kind"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { sealEntry } from "@suyuan/sealing/seal-entry"
import { desc, eq, type SQL, sql } from "drizzle-orm"
import type { Context } from "../context"
import { holdsLease, type Lease } from "../leases"
import { planAnew } from "../plan-anew"
import { arrayOf, unnest } from "../unnest"
import {
  commercialAudience,
  ensureAudienceKeys,
  everyMember,
  keyDay,
  logContext,
  nameOf,
  recordKeys,
} from "./audiences"
import type { Chain } from "./chain"
import { encryptSection } from "./encrypt-section"

/** Read at once: they fill a few batches. */
const recordsRead = 1_200
/** What an entry adds to its sections: head, commitments, tags, lengths. */
const entryOverheadBytes = 160

type PendingRecord = Pick<
  typeof records.$inferSelect,
  "recordId" | "day" | "kind" | "concerned" | "publicBytes" | "commercialBytes" | "personalBytes" | "personalSalt"
> & { readonly entry: Uint8Array | null; readonly createdAt: Date }
type SealedRecord = { readonly record: PendingRecord; readonly entry: Uint8Array }

/**
 * Seals the oldest pending records into the log's next batches: as many in each as fit, once the oldest is old enough or
 * they fill one. Everything is stored before anything is sent. Returns how many records the batches hold; 0: nothing to
 * do. The caller holds the log's lease, which the storing transaction checks: two sealers cannot both store.
 * @param waiting is called when records wait for others.
 */
export async function sealBatch(
  ctx: Context,
  chain: Chain,
  lease: Lease,
  waiting: () => void = () => {},
): Promise<number> {
  const oldest = await readPending(ctx, sql`true`)
  if (oldest.length === 0) return 0
  waiting()
  const day = keyDay(ctx)
  const keyRecords = await readKeyRecords(ctx, oldest)
  if (keyRecords.length > 0) return storeBatch(ctx, lease, fitting(keyRecords.map(sealedAlready)), day)
  let pending = await readSealable(ctx, chain, oldest)
  // What was read may end in the middle of a batch that others of those who wait would fill.
  const isCut = pending.length === recordsRead
  const isDue = () => isFull(pending) || (!isCut && isOld(ctx, pending))
  if (!isDue()) return 0
  const audiences = new Map(
    [everyMember, ...pending.map(({ concerned }) => commercialAudience(concerned))].map((one) => [nameOf(one), one]),
  )
  // The keys go first, in a batch of their own: members must be able to open what follows.
  if (await ensureAudienceKeys(ctx, chain, [...audiences.values()], day)) return sealBatch(ctx, chain, lease)
  let done = 0
  while (isDue()) {
    const batch = await sealFitting(ctx, chain, pending, day)
    const stored = await storeBatch(ctx, lease, batch, day)
    if (stored === 0) break
    done += stored
    pending = pending.slice(stored)
  }
  return done
}

async function sealFitting(
  ctx: Context,
  chain: Chain,
  pending: readonly PendingRecord[],
  day: number,
): Promise<SealedRecord[]> {
  const context = logContext(ctx, chain)
  const sealed: SealedRecord[] = []
  const room = roomOfBatch()
  for (const record of pending) {
    const entry = await sealRecord(ctx, context, record, day)
    if (!room.take(entry, record.concerned)) break
    sealed.push({ record, entry })
  }
  return sealed
}

async function readPending(ctx: Context, which: SQL): Promise<PendingRecord[]> {
  const rows = await ctx.duties.execute<Omit<PendingRecord, "createdAt"> & { createdAt: string }>(sql`
    SELECT encode(record_id, 'hex') AS "recordId", day::text AS day, kind, concerned, public_bytes AS "publicBytes",
      commercial_bytes AS "commercialBytes", personal_bytes AS "personalBytes",
      encode(personal_salt, 'hex') AS "personalSalt", entry, created_at AS "createdAt"
    FROM ${records} WHERE state = 'pending' AND ${which} ORDER BY created_at, record_id LIMIT ${recordsRead}`)
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) }))
}

/** They may be the newest of more than were read. */
async function readKeyRecords(ctx: Context, oldest: readonly PendingRecord[]): Promise<PendingRecord[]> {
  const kind = RECORD_KINDS["audience-key"]
  if (oldest.length < recordsRead) return oldest.filter((record) => record.kind === kind)
  return readPending(ctx, sql`${records.kind} = ${kind}`)
}

function isOld(ctx: Context, [oldest]: readonly PendingRecord[]): boolean {
  return oldest !== undefined && ctx.clock.nowMs() - oldest.createdAt.getTime() >= ctx.config.LEDGER_BATCH_AGE_MS
}

function isFull(pending: readonly PendingRecord[]): boolean {
  const bytes = pending.reduce(
    (sum, { publicBytes, commercialBytes }) =>
      sum + entryOverheadBytes + publicBytes.length + (commercialBytes?.length ?? 0),
    0,
  )
  return bytes >= BATCH_BYTES_MAX
}

/**
 * A batch that concerns an organisation unknown to the chain would be refused, and hold up the log for good. So such
 * records wait, alone, until the consortium has entered the organisation.
 */
async function readSealable(ctx: Context, chain: Chain, oldest: PendingRecord[]): Promise<PendingRecord[]> {
  const named = [...new Set(oldest.flatMap(({ concerned }) => concerned))]
  if ((await chain.unregistered(named)).length === 0) return oldest
  const rows = await ctx.db
    .select({ number: sql<number>`DISTINCT unnest(${records.concerned})` })
    .from(records)
    .where(eq(records.state, "pending"))
  const unknown = await chain.unregistered(rows.map(({ number }) => number))
  ctx.log.debug({ organisations: unknown }, "records wait: the chain's registry lacks these")
  return readPending(ctx, sql`NOT ${records.concerned} && ${integers(unknown)}`)
}

function integers(numbers: readonly number[]): SQL {
  return sql`ARRAY[${sql.join(
    numbers.map((number) => sql`${number}::int`),
    sql`, `,
  )}]::int[]`
}

function sealedAlready(record: PendingRecord): SealedRecord {
  if (!record.entry) throw new Error(`key record ${record.recordId} has no entry`)
  return { record, entry: record.entry }
}

async function sealRecord(
  ctx: Context,
  context: ReturnType<typeof logContext>,
  record: PendingRecord,
  day: number,
): Promise<Uint8Array> {
  const kind = recordKindOf(record.kind)
  const id = fromHex(record.recordId)
  if (!kind || !id) throw new Error(`record ${record.recordId} is of no known kind`)
  return sealEntry({
    context,
    kind,
    recordId: id,
    sections: {
      public: record.publicBytes,
      commercial: record.commercialBytes ?? undefined,
      personal: record.personalBytes ?? undefined,
    },
    keys: recordKeys(ctx, record.concerned, day),
    encrypt: encryptSection,
    ...(record.personalSalt !== null && { personalSalt: fromHex(record.personalSalt) }),
  })
}

/** The header at its longest: a CBOR map of a u32 and two u16 under keys 0 to 2. */
const headerBytesMax = 16

/** What one batch holds: its bytes, and the organisations that it may concern. */
function roomOfBatch() {
  let bytes = batchBytes(headerBytesMax, [])
  const concerned = new Set<number>()
  return {
    /** False when it is full; what was refused is of the next batch. */
    take(entry: Uint8Array, organisations: readonly number[]): boolean {
      bytes += batchBytes(0, [entry.length]) - batchBytes(0, [])
      for (const organisation of organisations) concerned.add(organisation)
      return bytes <= BATCH_BYTES_MAX && concerned.size <= CONCERNED_MAX
    },
  }
}

/** The longest beginning that one batch holds. */
function fitting(sealed: readonly SealedRecord[]): SealedRecord[] {
  const room = roomOfBatch()
  const end = sealed.findIndex(({ record, entry }) => !room.take(entry, record.concerned))
  return end === -1 ? [...sealed] : sealed.slice(0, end)
}

async function storeBatch(ctx: Context, lease: Lease, sealed: readonly SealedRecord[], day: number): Promise<number> {
  const log = ctx.config.LEDGER_LOG
  const sealedAt = new Date(ctx.clock.nowMs())
  return ctx.db.transaction(async (tx) => {
    if (!(await holdsLease(tx, lease))) return 0
    const [last] = await tx
      .select({ sequence: batches.sequence, head: batches.head })
      .from(batches)
      .where(eq(batches.log, log))
      .orderBy(desc(batches.sequence))
      .limit(1)
    const sequence = last ? last.sequence + 1 : FIRST_SEQUENCE
    const previousHead = last ? fromHex(last.head) : FIRST_PREVIOUS_HEAD
    if (!previousHead) throw new Error("a stored head is not hex")
    const batch = {
      log,
      sequence,
      previousHead,
      header: {
        sealedAtSeconds: msToSeconds2024(sealedAt.getTime()),
        firstRecordDay: Math.min(...sealed.map(({ record }) => Number.parseInt(record.recordId.slice(0, 4), 16))),
        audienceKeyDay: day,
      },
      entries: sealed.map(({ entry }) => entry),
    }
    const days = sealed.map(({ record }) => record.day).sort()
    const concerned = [...new Set(sealed.flatMap(({ record }) => record.concerned))].sort((a, b) => a - b)
    const root = batchRoot(batch.entries)
    await tx.insert(batches).values({
      log,
      sequence,
      previousHead: toHex(previousHead),
      head: toHex(batchHead(batch, concerned, root)),
      root: toHex(root),
      count: sealed.length,
      concerned,
      payload: encodeBatch(batch),
      state: "sealed",
      sealedAt,
      firstDay: days[0] ?? null,
      lastDay: days.at(-1) ?? null,
    })
    await markSealed(tx, log, sequence, sealed)
    return sealed.length
  })
}

async function markSealed(
  tx: Parameters<typeof holdsLease>[0],
  log: number,
  sequence: number,
  sealed: readonly SealedRecord[],
): Promise<void> {
  const days = [...new Set(sealed.map(({ record }) => record.day))]
  // The state within an expression: the index of what is pending is not the one to find these by.
  const updated = await tx.execute(sql`${planAnew}
    UPDATE ${records} AS r
    SET state = 'sealed', log = ${log}::integer, sequence = ${sequence}::bigint, leaf = v.leaf, entry = v.entry
    FROM ${unnest("v", {
      record_id: ["bytea", sealed.map(({ record }) => record.recordId)],
      day: ["date", sealed.map(({ record }) => record.day)],
      leaf: ["integer", sealed.map((_, leaf) => leaf)],
      entry: ["bytea", sealed.map(({ entry }) => entry)],
    })}
    WHERE r.record_id = v.record_id AND r.day = v.day AND r.day = ANY (${arrayOf("date", days)})
      AND coalesce(r.state, '') = 'pending'
    RETURNING r.leaf`)
  if (updated.length !== sealed.length) throw new Error("a record of this batch was sealed by somebody else")
}
