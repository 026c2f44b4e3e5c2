import { msToSeconds2024, seconds2024ToMs } from "@suyuan/protocol/units/instant"
import type { Clock } from "./clock"
import type { LocalStore } from "./store/local-store"
import { THE_ONE } from "./store/rows"

/**
 * The one time of all that is signed here: sales, hellos, bind codes, goods. It is the tablet's clock. Where that is set
 * back below what was signed already it goes on from there, at the pace of a clock that nobody sets: so issue times never
 * fall (EN-13), each says when it was, and the offset that the gateway has learned stays right. Once the tablet's clock has
 * come past the last that was signed it is that clock again.
 */
export interface TerminalTime {
  readonly nowMs: () => number
  /** For what is signed now: nothing that is signed later lies before it. */
  readonly stampMs: () => number
  /** The same in the unit of signed times. */
  readonly stampSeconds: () => number
}

export async function openTerminalTime(store: LocalStore, clock: Clock): Promise<TerminalTime> {
  const [kept, lastSale] = await Promise.all([store.get("counter", THE_ONE), store.last("sales")])
  const keptSeconds = Math.max(kept?.issuedAtSecondsMin ?? 0, lastSale?.[1].issuedAtSeconds ?? 0)
  let stampedMs = seconds2024ToMs(keptSeconds)
  let stampedAtSteadyMs = clock.steadyMs()
  const nowMs = () => {
    const clockMs = clock.nowMs()
    return clockMs >= stampedMs ? clockMs : stampedMs + Math.floor(clock.steadyMs() - stampedAtSteadyMs)
  }
  const stampMs = () => {
    stampedMs = nowMs()
    stampedAtSteadyMs = clock.steadyMs()
    return stampedMs
  }
  return { nowMs, stampMs, stampSeconds: () => msToSeconds2024(stampMs()) }
}
