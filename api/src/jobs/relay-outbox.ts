import { outbox } from "@suyuan/drizzle/schema/outbox"
import { parseTerminalHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, inArray, lte, sql } from "drizzle-orm"
import type { Context } from "../context"
import type { TerminalChannel } from "../terminals/terminal-channel"

const groupMax = 200
const retryMsFirst = 500
const retryMsMax = 60_000

/**
 * Sends what the domains queued: terminals by the broker, buyers through the database's own NOTIFY, so that a buyer
 * may wait at any gateway. A row goes only after the hop has it, hence at least once; receivers drop older versions.
 * Returns how many rows went.
 */
export async function relayOutbox(
  ctx: Pick<Context, "db" | "clock">,
  channel: Pick<TerminalChannel, "publish">,
): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const now = new Date(ctx.clock.nowMs())
    const rows = await tx
      .select()
      .from(outbox)
      .where(lte(outbox.nextTryAt, now))
      .orderBy(outbox.nextTryAt)
      .limit(groupMax)
      .for("update", { skipLocked: true })
    if (rows.length === 0) return 0
    const sent: string[] = []
    const kept: { id: string; tries: number }[] = []
    await Promise.all(
      rows.map(async (row) => {
        try {
          if (row.channel === "terminal") {
            const terminal = parseTerminalHex(row.recipient)
            if (terminal.ok) await channel.publish(terminal.value, row.topic, JSON.stringify(row.payload))
          }
          sent.push(row.id)
        } catch {
          kept.push({ id: row.id, tries: row.tries + 1 })
        }
      }),
    )
    const buyerRows = rows.filter((row) => row.channel === "buyer")
    for (const row of buyerRows) {
      const message = JSON.stringify({ sale: row.recipient, event: row.topic, version: row.version, data: row.payload })
      await tx.execute(sql`SELECT pg_notify('buyer', ${message})`)
    }
    if (sent.length > 0) {
      await tx
        .delete(outbox)
        .where(and(inArray(outbox.id, sent), inArray(outbox.day, [...new Set(rows.map((row) => row.day))])))
    }
    for (const { id, tries } of kept) {
      const delayMs = Math.min(retryMsMax, retryMsFirst * 2 ** Math.min(tries, 10))
      await tx
        .update(outbox)
        .set({ tries, nextTryAt: new Date(now.getTime() + delayMs) })
        .where(eq(outbox.id, id))
    }
    return sent.length
  })
}
