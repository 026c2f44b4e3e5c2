/**
 * Numbers of sales: (terminal, counter) names a sale for ever. Blocks are reserved ahead, on the disk before the first
 * number of one is used, so that a tail of writes that a tablet lost gives no number twice. After an unclean end the
 * rest of the block is skipped.
 */

import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Change, LocalStore } from "../store/local-store"
import { THE_ONE } from "../store/rows"
import type { TerminalTime } from "../terminal-time"

export const BLOCK_SIZE = 100
/** 0 is the gateway's word for "none seen". */
const FIRST_COUNTER = 1
const COUNTER_MAX = 0xffff_ffff

export interface SaleNumber {
  readonly counter: number
  /** Rises with the counter, also when the clock was set back. */
  readonly issuedAtSeconds: number
}

export interface CounterBlocks {
  /** The next number, never given before. Not to be called twice at once: the terminal does one thing at a time. */
  take(): Promise<SaleNumber>
  /** What `take` would give now: the number stays free, and the time binds nothing that is signed later. */
  ahead(): Promise<SaleNumber>
  /** Leaves a mark that nothing after it was used. */
  close(): Promise<void>
}

export async function openCounter(store: LocalStore, time: TerminalTime): Promise<CounterBlocks> {
  const kept = await store.get("counter", THE_ONE)
  const lastSale = (await store.last("sales"))?.[1]
  let reservedUntil = kept?.reservedUntil ?? FIRST_COUNTER
  let next = Math.max(kept?.resumeAt ?? reservedUntil, (lastSale?.counter ?? 0) + 1)
  let issuedAtSecondsMin = Math.max(kept?.issuedAtSecondsMin ?? 0, lastSale?.issuedAtSeconds ?? 0)
  // The mark of the clean end is taken away before the first number is used.
  let isMarked = kept?.resumeAt !== undefined

  async function reserve(until: number): Promise<void> {
    await store.commit([
      { table: "counter", change: "put", key: THE_ONE, row: { reservedUntil: until, issuedAtSecondsMin } },
    ])
    reservedUntil = until
    isMarked = false
  }

  async function reserved(): Promise<number> {
    if (next > COUNTER_MAX) throw new RangeError("this terminal has used all of its numbers: enrol it anew")
    if (next >= reservedUntil) await reserve(next + BLOCK_SIZE)
    else if (isMarked) await reserve(reservedUntil)
    return next
  }

  return {
    async ahead() {
      const counter = await reserved()
      return { counter, issuedAtSeconds: Math.max(issuedAtSecondsMin, msToSeconds2024(time.nowMs())) }
    },
    async take() {
      const counter = await reserved()
      next += 1
      issuedAtSecondsMin = Math.max(issuedAtSecondsMin, time.stampSeconds())
      return { counter, issuedAtSeconds: issuedAtSecondsMin }
    },
    async close() {
      const row = { reservedUntil: Math.max(reservedUntil, next), resumeAt: next, issuedAtSecondsMin }
      const change: Change = { table: "counter", change: "put", key: THE_ONE, row }
      await store.commit([change])
    },
  }
}
