import type { terminals } from "@suyuan/drizzle/schema/terminals"

type Clock = Pick<typeof terminals.$inferSelect, "clockOffsetMs" | "clockLoweredAtMs" | "clockLoweredFromMs">

/** As far apart as two clocks leave the order of two events open: a larger step is a clock that was set. */
const heldMsMax = 4_000

/**
 * When what a terminal said happened, by everybody's clock: what it said plus the offset learned from it. The first hello
 * of a slow line teaches a little too much, and the next puts it right; what is said after that never lies before what was
 * said and placed before it, or a count would come before the delivery that it counted.
 * @param saidMs by the terminal's clock.
 */
export function placedAtMs({ clockOffsetMs, clockLoweredAtMs, clockLoweredFromMs }: Clock, saidMs: number): number {
  const placedMs = saidMs + clockOffsetMs
  if (clockLoweredAtMs === null || clockLoweredFromMs === null) return placedMs
  return Math.max(placedMs, Math.min(saidMs, clockLoweredAtMs) + clockLoweredFromMs)
}

/** The clock with another offset, believed at a hello. @param saidMs by the hello. */
export function withOffset(clock: Clock, clockOffsetMs: number, saidMs: number): Clock {
  const heldMs = placedAtMs(clock, saidMs) - (saidMs + clockOffsetMs)
  if (heldMs <= 0) return { ...clock, clockOffsetMs }
  if (heldMs > heldMsMax) return { clockOffsetMs, clockLoweredAtMs: null, clockLoweredFromMs: null }
  return { clockOffsetMs, clockLoweredAtMs: saidMs, clockLoweredFromMs: clockOffsetMs + heldMs }
}
