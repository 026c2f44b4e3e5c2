import { outbox } from "@suyuan/drizzle/schema/outbox"
import { parseTerminalHex } from "@suyuan/protocol/terminal/identifiers"
import { and, inArray, lte, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import type { TerminalChannel } from "../terminals/terminal-channel"

const groupMax = 200
const retryMsFirst = 500
/** The broker comes back for all at once, and somebody stands at the stall. */
const retryMsMax = 10_000
/** A claim outlives the longest wait for the broker. */
const claimMsMin = 6000

/**
 * Sends what the domains queued: terminals by the broker, buyers through the database's own NOTIFY, so that a buyer
 * may wait at any gateway. A row goes only after the hop has it, hence at least once; receivers drop older versions.
 * No transaction waits for the broker: a group is claimed for as long as a lease, so what a gateway that died had in
 * its hands another one sends when the claim has run out. Returns how many rows went.
 */
export async function relayOutbox(
  ctx: Pick<Context, "db" | "duties" | "clock" | "config">,
  channel: Pick<TerminalChannel, "publish">,
): Promise<number> {
  const rows = await claim(ctx)
  if (rows.length === 0) return 0
  const tries = await Promise.allSettled(rows.map((row) => hand(channel, row)))
  const isSent = (_: unknown, index: number) => tries[index]?.status === "fulfilled"
  const sent = rows.filter(isSent)
  const kept = rows.filter((row, index) => !isSent(row, index))
  await ctx.db.transaction(async (tx) => {
    await tellBuyers(tx, sent)
    if (sent.length > 0) await tx.delete(outbox).where(among(sent))
    if (kept.length > 0) await tryLater(ctx, tx, kept)
  })
  return sent.length
}

/** The oldest that are due, for this process until the claim runs out. */
async function claim(ctx: Pick<Context, "duties" | "clock" | "config">): Promise<OutboxRow[]> {
  const nowMs = ctx.clock.nowMs()
  const claimMs = Math.max(ctx.config.GATEWAY_LEASE_SECONDS * 1000, claimMsMin)
  return ctx.duties.transaction(async (tx) => {
    const due = await tx
      .select({ id: outbox.id, day: outbox.day })
      .from(outbox)
      .where(lte(outbox.nextTryAt, new Date(nowMs)))
      .orderBy(outbox.nextTryAt)
      .limit(groupMax)
      .for("update", { skipLocked: true })
    if (due.length === 0) return []
    return tx
      .update(outbox)
      .set({ nextTryAt: new Date(nowMs + claimMs) })
      .where(among(due))
      .returning()
  })
}

async function tellBuyers(tx: Transaction, sent: readonly OutboxRow[]): Promise<void> {
  const messages = sent.flatMap((row) => (row.channel === "buyer" ? [buyerMessage(row)] : []))
  if (messages.length === 0) return
  const listed = sql.join(
    messages.map((message) => sql`(${message})`),
    sql`, `,
  )
  await tx.execute(sql`SELECT pg_notify('buyer', m) FROM (VALUES ${listed}) AS messages(m)`)
}

async function tryLater(ctx: Pick<Context, "clock">, tx: Transaction, kept: readonly OutboxRow[]): Promise<void> {
  const now = new Date(ctx.clock.nowMs())
  const delaySeconds = sql`least(${retryMsMax}, ${retryMsFirst} * 2 ^ least(${outbox.tries} + 1, 10)) / 1000`
  await tx
    .update(outbox)
    .set({
      tries: sql`${outbox.tries} + 1`,
      nextTryAt: sql`${now.toISOString()}::timestamptz + make_interval(secs => ${delaySeconds})`,
    })
    .where(among(kept))
}

type OutboxRow = typeof outbox.$inferSelect

/** A row for nobody is let go: there is no address to try again. */
async function hand(channel: Pick<TerminalChannel, "publish">, row: OutboxRow): Promise<void> {
  if (row.channel !== "terminal") return
  const terminal = parseTerminalHex(row.recipient)
  if (terminal.ok) await channel.publish(terminal.value, row.topic, JSON.stringify(row.payload))
}

function buyerMessage(row: OutboxRow): string {
  return JSON.stringify({ sale: row.recipient, event: row.topic, version: row.version, data: row.payload })
}

/** The days find the partitions. */
function among(rows: readonly Pick<OutboxRow, "id" | "day">[]) {
  return and(
    inArray(
      outbox.id,
      rows.map((row) => row.id),
    ),
    inArray(outbox.day, [...new Set(rows.map((row) => row.day))]),
  )
}
