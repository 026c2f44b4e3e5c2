import { terminals } from "@suyuan/drizzle/schema/terminals"
import { eq } from "drizzle-orm"
import type { Context } from "../context"
import { withOffset } from "./terminal-time"

/** Share of the difference by which a later word moves the offset up. */
const raiseShare = 1 / 4
/** So far apart two hellos are said at least that are to speak for each other. */
const agreeApartMsMin = 1_000
const agreeMsMax = 2_000

/**
 * Gateway time minus terminal time, from one more exchange. A hello takes time on its way, so a sample is never below
 * the truth but for a clock that was set forward: a smaller one is believed at once, a larger one (a slow way, a
 * broker that held it back, or a clock set back) only by a quarter, so that one late hello moves little.
 * @param agreesWithMs of the hello before, where both say the same of the clock: then the smaller of the two is believed.
 */
export function nextClockOffsetMs(knownMs: number | undefined, sampleMs: number, agreesWithMs?: number): number {
  if (knownMs === undefined || sampleMs <= knownMs) return sampleMs
  if (agreesWithMs !== undefined) return Math.min(sampleMs, agreesWithMs)
  return Math.round(knownMs + (sampleMs - knownMs) * raiseShare)
}

export type ClockSample = {
  readonly terminalId: number
  /** By the terminal's clock, out of a hello whose signature was checked. Never from a scan: buyers forward codes. */
  readonly sentAtMs: number
  readonly receivedAtMs: number
}

const offsetOf = ({ sentAtMs, receivedAtMs }: ClockSample): number => receivedAtMs - sentAtMs

/**
 * Two hellos came as far apart as they were said: the second speaks for the first. Those that were held back somewhere
 * come together, however far apart they were said.
 */
export function samplesAgree(before: ClockSample, sample: ClockSample): boolean {
  const saidApartMs = sample.sentAtMs - before.sentAtMs
  const tolerableMs = Math.min(agreeMsMax, saidApartMs / 2)
  return saidApartMs >= agreeApartMsMin && Math.abs(offsetOf(sample) - offsetOf(before)) <= tolerableMs
}

/**
 * Learns how far a terminal's clock is off. Several at once lose nothing: the row is locked.
 * @param before the same terminal's hello before this one, where it is remembered.
 */
export async function learnClock(ctx: Pick<Context, "db">, sample: ClockSample, before?: ClockSample): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [known] = await tx
      .select({
        learnedAt: terminals.clockLearnedAt,
        clockOffsetMs: terminals.clockOffsetMs,
        clockLoweredAtMs: terminals.clockLoweredAtMs,
        clockLoweredFromMs: terminals.clockLoweredFromMs,
      })
      .from(terminals)
      .where(eq(terminals.id, sample.terminalId))
      .for("update")
    if (!known) return
    const receivedAt = new Date(sample.receivedAtMs)
    const { learnedAt, ...clock } = known
    const clockOffsetMs = nextClockOffsetMs(
      learnedAt === null ? undefined : clock.clockOffsetMs,
      offsetOf(sample),
      before !== undefined && samplesAgree(before, sample) ? offsetOf(before) : undefined,
    )
    // Before its first hello a terminal's clock is taken for right, and what it said was placed so.
    const learned = withOffset(clock, clockOffsetMs, sample.sentAtMs)
    await tx
      .update(terminals)
      .set({ ...learned, clockLearnedAt: receivedAt, lastSeenAt: receivedAt })
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
