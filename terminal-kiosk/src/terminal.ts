/** An enrolled terminal, opened: what every verb of this core works with. */
import { type Clock, type Random, systemClock, systemRandom } from "./clock"
import { type CounterBlocks, openCounter } from "./counter/counter-blocks"
import type { KeyStore, ReceiptKey, SigningKey } from "./keys/key-store"
import { type OneAtATime, oneAtATime } from "./one-at-a-time"
import { risingIds } from "./rising-ids"
import { openPinWait, type PinWait } from "./settings/owner-pin"
import type { LocalStore } from "./store/local-store"
import { type IdentityRow, THE_ONE } from "./store/rows"
import { openTerminalTime, type TerminalTime } from "./terminal-time"

export interface Terminal {
  readonly identity: IdentityRow
  readonly signingKey: SigningKey
  readonly receiptKey: ReceiptKey
  readonly store: LocalStore
  readonly counter: CounterBlocks
  readonly clock: Clock
  /** Of all that is signed; the tablet's clock alone says what people read, and when something was heard. */
  readonly time: TerminalTime
  readonly random: Random
  readonly pinWait: PinWait
  /** UUIDs for what is made here, in the order of its making. */
  readonly newId: () => string
  /** Every verb that reads and then writes runs in it: a tap and a message from the gateway do not interleave. */
  readonly inTurn: OneAtATime
}

export interface TerminalParts {
  readonly keys: KeyStore
  readonly store: LocalStore
  readonly clock?: Clock
  readonly random?: Random
}

/** `undefined` until the tablet is enrolled (`enrol/enrol-terminal`). */
export async function openTerminal(parts: TerminalParts): Promise<Terminal | undefined> {
  const { keys, store, clock = systemClock, random = systemRandom } = parts
  const identity = await store.get("identity", THE_ONE)
  const receiptKey = await keys.receiptKey()
  if (identity === undefined || receiptKey === undefined) return undefined
  const time = await openTerminalTime(store, clock)
  return {
    identity,
    receiptKey,
    signingKey: await keys.signingKey(),
    store,
    counter: await openCounter(store, time),
    clock,
    time,
    random,
    pinWait: openPinWait(clock),
    newId: risingIds(clock, random),
    inTurn: oneAtATime(),
  }
}

/** Waits for what is under way, and marks that no number was used after it. */
export async function closeTerminal(terminal: Terminal): Promise<void> {
  await terminal.inTurn(() => terminal.counter.close())
  await terminal.store.close()
}
