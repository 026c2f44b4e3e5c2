import { terminals } from "@suyuan/drizzle/schema/terminals"
import { eq } from "drizzle-orm"
import type { Context } from "../context"

/** Share of the difference by which a later word moves the offset up. */
const raiseShare = 1 / 4

/**
 * Gateway time minus terminal time, from one more exchange. A hello takes time on its way, so a sample is never below
 * the truth but for a clock that was set forward: a smaller one is believed at once, a larger one (a slow way, a
 * broker that held it back, or a clock set back) only by a quarter, so that one late hello moves little and three or
 * four in a row are believed.
 */
export function nextClockOffsetMs(knownMs: number | undefined, sampleMs: number): number {
  if (knownMs === undefined || sampleMs <= knownMs) return sampleMs
  return Math.round(knownMs + (sampleMs - knownMs) * raiseShare)
}

export type ClockSample = {
  readonly terminalId: number
  /** By the terminal's clock, out of a hello whose signature was checked. Never from a scan: buyers forward codes. */
  readonly sentAtMs: number
  readonly receivedAtMs: number
}

/** Learns how far a terminal's clock is off. Several at once lose nothing: the row is locked. */
export async function learnClock(ctx: Pick<Context, "db">, sample: ClockSample): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [known] = await tx
      .select({ offsetMs: terminals.clockOffsetMs, learnedAt: terminals.clockLearnedAt })
      .from(terminals)
      .where(eq(terminals.id, sample.terminalId))
      .for("update")
    if (!known) return
    const receivedAt = new Date(sample.receivedAtMs)
    const clockOffsetMs = nextClockOffsetMs(
      known.learnedAt === null ? undefined : known.offsetMs,
      sample.receivedAtMs - sample.sentAtMs,
    )
    await tx
      .update(terminals)
      .set({ clockOffsetMs, clockLearnedAt: receivedAt, lastSeenAt: receivedAt })
      .where(eq(terminals.id, sample.terminalId))
  })
}

/**
 * A terminal's times and counters rise together. True when this sale's issue time contradicts the newest one known:
 * the clock went back, or somebody signs with a copied key.
 */
export function issuedAtWentBack(
  newest: { readonly lastCounter: number; readonly lastIssuedAt: Date | null },
  sale: { readonly counter: number; readonly issuedAt: Date },
): boolean {
  if (newest.lastIssuedAt === null || sale.counter === newest.lastCounter) return false
  const isLater = sale.counter > newest.lastCounter
  return isLater ? sale.issuedAt < newest.lastIssuedAt : sale.issuedAt > newest.lastIssuedAt
}
