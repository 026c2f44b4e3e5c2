import { batches, records } from "@suyuan/drizzle/schema/ledger"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { and, asc, desc, eq, getTableColumns, gt, inArray, lte, type SQL, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { holdsLease, type Lease } from "../leases"
import { planAnew } from "../plan-anew"
import { arrayOf } from "../unnest"
import type { Chain, LogHead } from "./chain"

/** Transactions of ours that wait for a block at once. */
const inFlightMax = 8
/** A transaction that no block has taken for this long is handed to the nodes again. */
const resendAfterMs = 4000

export type AnchorReport = {
  readonly sent: number
  readonly anchored: number
  /** Batches that the chain had and has no more. */
  readonly lost: number
}

/**
 * Brings chain and log into step, from wherever either of them stands: anchors what the chain holds for good, takes
 * back what it lost (a killed node, a reorganisation), and submits what it does not have, the same bytes again. The
 * chain's head of the log commits to every byte before it, so one comparison finds out; a gap or a second anchoring
 * cannot happen, because the contract takes only the next sequence upon the right head.
 * @throws Error when the chain holds bytes that we did not write: a person must look.
 */
export async function anchorBatches(ctx: Context, chain: Chain, lease: Lease): Promise<AnchorReport> {
  const log = ctx.config.LEDGER_LOG
  const mined = await chain.headAt(log, 0)
  const final = ctx.config.CHAIN_FINAL_DEPTH === 0 ? mined : await chain.headAt(log, ctx.config.CHAIN_FINAL_DEPTH)
  await assertOurs(ctx, log, mined)
  const lost = await takeBack(ctx, lease, log, mined.sequence)
  const anchored = await markAnchored(ctx, lease, log, final)
  const sent = await submit(ctx, chain, lease, log, mined)
  return { sent, anchored, lost }
}

async function assertOurs(ctx: Context, log: number, chainHead: LogHead): Promise<void> {
  if (chainHead.sequence === 0) return
  const [own] = await ctx.db
    .select({ head: batches.head })
    .from(batches)
    .where(and(eq(batches.log, log), eq(batches.sequence, chainHead.sequence)))
  if (own?.head === chainHead.head) return
  ctx.log.fatal({ log, sequence: chainHead.sequence }, "the chain's log holds what this gateway did not write")
  throw new Error(`log ${log} on the chain holds a batch ${chainHead.sequence} that is not ours`)
}

/** What counted as anchored and is not there: sealed again, to be submitted again unchanged. */
async function takeBack(ctx: Context, lease: Lease, log: number, minedSequence: number): Promise<number> {
  const isLost = and(eq(batches.log, log), gt(batches.sequence, minedSequence), eq(batches.state, "anchored"))
  const [any] = await ctx.db.select({ sequence: batches.sequence }).from(batches).where(isLost).limit(1)
  if (!any) return 0
  return ctx.db.transaction(async (tx) => {
    if (!(await holdsLease(tx, lease))) return 0
    const lost = await tx
      .update(batches)
      .set({ state: "sealed", submittedAt: null, anchoredAt: null, blockNumber: null, blockHash: null })
      .where(isLost)
      .returning({ sequence: batches.sequence, firstDay: batches.firstDay, lastDay: batches.lastDay })
    const sequences = lost.map(({ sequence }) => sequence)
    await tx
      .update(records)
      .set({ state: "sealed" })
      .where(
        and(eq(records.log, log), inArray(records.sequence, sequences), eq(records.state, "anchored"), ofDays(lost)),
      )
    // Terminals entered in the lost blocks are gone from the registry too: entering one that is there is harmless.
    await tx.update(terminals).set({ registeredState: null })
    ctx.log.warn({ log, batches: sequences.length }, "the chain lost batches; submitting them again")
    return sequences.length
  })
}

async function markAnchored(ctx: Context, lease: Lease, log: number, final: LogHead): Promise<number> {
  const isFinal = and(
    eq(batches.log, log),
    lte(batches.sequence, final.sequence),
    inArray(batches.state, ["sealed", "submitted"]),
  )
  const [any] = await ctx.db.select({ sequence: batches.sequence }).from(batches).where(isFinal).limit(1)
  if (!any) return 0
  return ctx.db.transaction(async (tx) => {
    if (!(await holdsLease(tx, lease))) return 0
    const anchored = await tx
      .update(batches)
      .set({
        state: "anchored",
        anchoredAt: new Date(ctx.clock.nowMs()),
        blockNumber: final.blockNumber,
        blockHash: final.blockHash,
      })
      .where(isFinal)
      .returning({
        sequence: batches.sequence,
        count: batches.count,
        firstDay: batches.firstDay,
        lastDay: batches.lastDay,
      })
    const sequences = anchored.map(({ sequence }) => sequence)
    await tx.execute(sql`${planAnew}
      UPDATE ${records} SET state = 'anchored'
      WHERE log = ${log} AND sequence = ANY (${arrayOf("bigint", sequences)}) AND state = 'sealed' AND ${ofDays(anchored)}`)
    return anchored.reduce((sum, { count }) => sum + count, 0)
  })
}

/** Their records' partitions alone, as values for the planner: there is one for each day that trade was ever kept. */
function ofDays(some: readonly { readonly firstDay: string | null; readonly lastDay: string | null }[]): SQL {
  const days = some.flatMap(({ firstDay, lastDay }) => (firstDay && lastDay ? [firstDay, lastDay] : [])).sort()
  if (days.length < 2 * some.length) return sql`true`
  return sql`${records.day} BETWEEN ${days[0]}::date AND ${days.at(-1)}::date`
}

/** The next few batches that no block holds, in order, each stored as a signed transaction before it is sent. */
async function submit(ctx: Context, chain: Chain, lease: Lease, log: number, mined: LogHead): Promise<number> {
  const waiting = await ctx.db
    .select(withoutBytes)
    .from(batches)
    .where(and(eq(batches.log, log), gt(batches.sequence, mined.sequence)))
    .orderBy(asc(batches.sequence))
    .limit(inFlightMax)
  const [first] = waiting
  if (!first || (await isHeldBack(ctx, chain, first, mined))) return 0
  let sent = 0
  for (const [position, batch] of waiting.entries()) {
    const nonce = mined.nextNonce + position
    if (batch.nonce === nonce && sentLately(ctx, batch)) continue
    // Another nonce only when the account's count is another than when it was signed: same payload, signed anew.
    const raw =
      (batch.nonce === nonce && (await readBytes(ctx, batch)).rawTransaction) ||
      (await signAndStore(ctx, chain, lease, { ...batch, nonce }))
    if (!raw) return sent
    await chain.send(raw)
    await ctx.db
      .update(batches)
      .set({ state: "submitted", submittedAt: new Date(ctx.clock.nowMs()) })
      .where(
        and(
          eq(batches.log, log),
          eq(batches.sequence, batch.sequence),
          inArray(batches.state, ["sealed", "submitted"]),
        ),
      )
    sent += 1
  }
  return sent
}

/** Of a batch in flight, which is looked at with every block, not its 112 KB. */
const { payload: _payload, rawTransaction: _rawTransaction, ...withoutBytes } = getTableColumns(batches)

type BatchRow = Omit<typeof batches.$inferSelect, "payload" | "rawTransaction">

async function readBytes(ctx: Context, { log, sequence }: Pick<BatchRow, "log" | "sequence">) {
  const [row] = await ctx.db
    .select({ payload: batches.payload, rawTransaction: batches.rawTransaction })
    .from(batches)
    .where(and(eq(batches.log, log), eq(batches.sequence, sequence)))
  if (!row) throw new Error(`batch ${sequence} of log ${log} is gone`)
  return row
}

function sentLately(ctx: Context, batch: BatchRow): boolean {
  return batch.submittedAt !== null && ctx.clock.nowMs() - batch.submittedAt.getTime() < resendAfterMs
}

/**
 * The transaction of the next batch is in a block and the batch is not in the log: the contract refused it, and would
 * refuse everything behind it. It is asked why, now and then, and nothing is sent until it has no reason any more.
 * @throws Error with the contract's reason: a person must look.
 */
async function isHeldBack(ctx: Context, chain: Chain, first: BatchRow, mined: LogHead): Promise<boolean> {
  if (first.nonce === null || first.nonce >= mined.nextNonce) return false
  if (sentLately(ctx, first)) return true
  const { payload } = await readBytes(ctx, first)
  const reason = await chain.refusalOf({ ...first, payload })
  if (reason === undefined) return false
  const { log, sequence } = first
  await ctx.db
    .update(batches)
    .set({ submittedAt: new Date(ctx.clock.nowMs()) })
    .where(and(eq(batches.log, log), eq(batches.sequence, sequence), eq(batches.state, "submitted")))
  ctx.log.fatal({ log, sequence, reason }, "the ledger contract refuses a batch")
  throw new Error(`the ledger contract refuses batch ${sequence} of log ${log}: ${reason}`)
}

async function signAndStore(
  ctx: Context,
  chain: Chain,
  lease: Lease,
  batch: { log: number; sequence: number; concerned: number[]; nonce: number },
): Promise<Uint8Array | undefined> {
  const { payload } = await readBytes(ctx, batch)
  const { raw, hash } = await chain.signAppend({ ...batch, payload })
  const stored = await ctx.db.transaction(async (tx: Transaction) => {
    if (!(await holdsLease(tx, lease))) return false
    await tx
      .update(batches)
      .set({ rawTransaction: raw, nonce: batch.nonce, transactionHash: hash })
      .where(and(eq(batches.log, batch.log), eq(batches.sequence, batch.sequence)))
    return true
  })
  return stored ? raw : undefined
}

/** For pages and metrics: how far the log is, and how much waits. */
export async function ledgerStatus(ctx: Pick<Context, "db" | "config">) {
  const log = ctx.config.LEDGER_LOG
  const [newest] = await ctx.db
    .select()
    .from(batches)
    .where(eq(batches.log, log))
    .orderBy(desc(batches.sequence))
    .limit(1)
  const counts = await ctx.db
    .select({ state: records.state, count: sql<number>`count(*)::int` })
    .from(records)
    .groupBy(records.state)
  return {
    log,
    newestSequence: newest?.sequence ?? 0,
    newestState: newest?.state ?? null,
    records: Object.fromEntries(counts.map(({ state, count }) => [state, count])),
  }
}
