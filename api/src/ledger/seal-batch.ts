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
import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm"
import type { Context } from "../context"
import { holdsLease, type Lease } from "../leases"
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

/** More than fill a batch; the rest waits for the next. */
const recordsRead = 600
/** What an entry adds to its sections: head, commitments, tags, lengths. */
const entryOverheadBytes = 160

type PendingRecord = typeof records.$inferSelect
type SealedRecord = { readonly record: PendingRecord; readonly entry: Uint8Array }

/**
 * Seals the oldest pending records into the log's next batch: as many as fit, once the oldest is old enough or they
 * fill one. Everything is stored before anything is sent. Returns how many records the batch holds; 0: nothing to do.
 * The caller holds the log's lease, which the storing transaction checks: two sealers cannot both store.
 */
export async function sealBatch(ctx: Context, chain: Chain, lease: Lease): Promise<number> {
  const day = keyDay(ctx)
  const keyRecords = await readPending(ctx, eq(records.kind, RECORD_KINDS["audience-key"]))
  if (keyRecords.length > 0) return storeBatch(ctx, lease, fitting(keyRecords.map(sealedAlready)), day)
  const unknown = await unregisteredOrganisations(ctx, chain)
  const pending = await readPending(ctx, sql`NOT ${records.concerned} && ${integers(unknown)}`)
  if (!isDue(ctx, pending)) return 0
  const audiences = new Map(
    [everyMember, ...pending.map(({ concerned }) => commercialAudience(concerned))].map((one) => [nameOf(one), one]),
  )
  // The keys go first, in a batch of their own: members must be able to open what follows.
  if (await ensureAudienceKeys(ctx, chain, [...audiences.values()], day)) return sealBatch(ctx, chain, lease)
  const context = logContext(ctx, chain)
  const sealed: SealedRecord[] = []
  for (const record of pending) {
    const next = { record, entry: await sealRecord(ctx, context, record, day) }
    sealed.push(next)
    if (fitting(sealed).length < sealed.length) break
  }
  return storeBatch(ctx, lease, fitting(sealed), day)
}

async function readPending(ctx: Context, which: SQL): Promise<PendingRecord[]> {
  return ctx.db
    .select()
    .from(records)
    .where(and(eq(records.state, "pending"), which))
    .orderBy(asc(records.createdAt), asc(records.recordId))
    .limit(recordsRead)
}

function isDue(ctx: Context, pending: readonly PendingRecord[]): boolean {
  const [oldest] = pending
  if (!oldest) return false
  if (ctx.clock.nowMs() - oldest.createdAt.getTime() >= ctx.config.LEDGER_BATCH_AGE_MS) return true
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
async function unregisteredOrganisations(ctx: Context, chain: Chain): Promise<number[]> {
  const rows = await ctx.db
    .select({ number: sql<number>`DISTINCT unnest(${records.concerned})` })
    .from(records)
    .where(eq(records.state, "pending"))
  const unknown = await chain.unregistered(rows.map(({ number }) => number))
  if (unknown.length > 0) ctx.log.debug({ organisations: unknown }, "records wait: the chain's registry lacks these")
  return unknown
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
    ...(record.personalSalt !== null && { personalSalt: fromHex(record.personalSalt) }),
  })
}

/** The header at its longest: a CBOR map of a u32 and two u16 under keys 0 to 2. */
const headerBytesMax = 16

/** The longest beginning that one batch holds: its bytes, and the organisations that it may concern. */
function fitting(sealed: readonly SealedRecord[]): SealedRecord[] {
  let bytes = batchBytes(headerBytesMax, [])
  const concerned = new Set<number>()
  let count = 0
  for (const { record, entry } of sealed) {
    bytes += batchBytes(0, [entry.length]) - batchBytes(0, [])
    for (const organisation of record.concerned) concerned.add(organisation)
    if (bytes > BATCH_BYTES_MAX || concerned.size > CONCERNED_MAX) break
    count += 1
  }
  return sealed.slice(0, count)
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
    const concerned = [...new Set(sealed.flatMap(({ record }) => record.concerned))].sort((a, b) => a - b)
    await tx.insert(batches).values({
      log,
      sequence,
      previousHead: toHex(previousHead),
      head: toHex(batchHead(batch, concerned)),
      root: toHex(batchRoot(batch.entries)),
      count: sealed.length,
      concerned,
      payload: encodeBatch(batch),
      state: "sealed",
      sealedAt,
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
  const rows = sealed.map(
    ({ record, entry }, leaf) =>
      sql`(decode(${record.recordId}, 'hex'), ${record.day}::date, ${leaf}::int, decode(${toHex(entry)}, 'hex'))`,
  )
  const updated = await tx.execute(sql`
    UPDATE ${records} AS r
    SET state = 'sealed', log = ${log}, sequence = ${sequence}, leaf = v.leaf, entry = v.entry
    FROM (VALUES ${sql.join(rows, sql`, `)}) AS v(record_id, day, leaf, entry)
    WHERE r.record_id = v.record_id AND r.day = v.day AND r.state = 'pending'
    RETURNING r.record_id`)
  if (updated.length !== sealed.length) throw new Error("a record of this batch was sealed by somebody else")
}
