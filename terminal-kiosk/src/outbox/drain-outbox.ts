import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { BrokerLink } from "../link/broker-link"
import type { Terminal } from "../terminal"

export interface DrainPace {
  /** From a publish to its first repetition, unless the acknowledgement comes before. */
  readonly retryMsFirst: number
  readonly retryMsMax: number
  /** Rows that wait for their acknowledgement at once. */
  readonly inFlightMax: number
}

export const DRAIN_PACE: DrainPace = { retryMsFirst: 2_000, retryMsMax: 60_000, inFlightMax: 200 }

/** When each row was sent, in this process's memory: after a restart everything is sent again, which is harmless. */
export type Tries = Map<string, { readonly count: number; readonly nextAtMs: number }>

/**
 * Publishes what is due, oldest first, at least once each: rows stay until `takeAcks` takes them out. One publish does
 * not wait for the broker's word on the one before, so that a day's sales go in a few journeys. Returns when to call
 * again, by the clock that nobody sets; `undefined` when nothing waits.
 */
export async function drainOutbox(
  terminal: Terminal,
  link: Pick<BrokerLink, "publish">,
  tries: Tries,
  pace: DrainPace = DRAIN_PACE,
): Promise<number | undefined> {
  const rows = await terminal.store.list("outbox", { limit: pace.inFlightMax })
  const waiting = new Set(rows.map(([id]) => id))
  for (const id of tries.keys()) if (!waiting.has(id)) tries.delete(id)
  const publishing: Promise<void>[] = []
  for (const [id, row] of rows) {
    const nowMs = terminal.clock.steadyMs()
    const before = tries.get(id)
    if (before !== undefined && before.nextAtMs > nowMs) continue
    const count = (before?.count ?? 0) + 1
    const delayMs = Math.min(pace.retryMsMax, pace.retryMsFirst * 2 ** Math.min(count - 1, 16))
    tries.set(id, { count, nextAtMs: nowMs + delayMs })
    publishing.push(link.publish("record", envelopeOf(row.envelope)))
  }
  await Promise.all(publishing)
  const nextAtMs = Math.min(...[...tries.values()].map((row) => row.nextAtMs))
  return Number.isFinite(nextAtMs) ? nextAtMs : undefined
}

function envelopeOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error("a kept envelope is not hex")
  return bytes
}
