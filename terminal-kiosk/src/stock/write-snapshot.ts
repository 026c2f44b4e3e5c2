import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import {
  encodeStockSnapshot,
  parseStockSnapshot,
  type StockSlot,
  stockSnapshotHash,
  stockSnapshotMessage,
} from "@suyuan/protocol/terminal/stock-snapshot"
import { draftUpload } from "../outbox/queue-upload"
import type { Change } from "../store/local-store"
import { type SnapshotRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

/**
 * Says what the slots of this stall hold from now on: signed, kept as the current snapshot, and queued in one commit.
 * Works offline. The same slots as before are the same snapshot, and nothing is written.
 * @throws RangeError for slots that no parser would take (UP-9): the screen that fills them in keeps to the rules.
 */
export function writeSnapshot(terminal: Terminal, slots: readonly StockSlot[]): Promise<SnapshotRow> {
  return terminal.inTurn(async () => {
    const { row, changes } = await draftSnapshot(terminal, slots)
    if (changes.length > 0) await terminal.store.commit(changes)
    return row
  })
}

/** The same as part of the caller's own commit, in its turn; no changes when the slots are as before. */
export async function draftSnapshot(
  terminal: Terminal,
  slots: readonly StockSlot[],
): Promise<{ readonly row: SnapshotRow; readonly changes: readonly Change[] }> {
  const { identity, signingKey, time, store } = terminal
  const ordered = [...slots].sort((a, b) => a.slot - b.slot)
  const current = await store.get("snapshots", THE_ONE)
  if (current !== undefined && sameSlots(current, ordered)) return { row: current, changes: [] }
  const issuedAtSeconds = Math.max(time.stampSeconds(), (current?.issuedAtSeconds ?? -1) + 1)
  const bytes = encodeStockSnapshot({ terminal: identity.terminal, issuedAtSeconds, slots: ordered })
  const hash = stockSnapshotHash(bytes)
  const signed = await signingKey.sign(stockSnapshotMessage(identity.networkId, hash))
  const signature = signingKey.algorithm === "p256" ? toLowS(signed) : signed
  const upload = await draftUpload(terminal, "snapshot", { snapshot: bytes, signature })
  const row = { bytes: toHex(bytes), hash: toHex(hash), issuedAtSeconds }
  return { row, changes: [{ table: "snapshots", change: "put", key: THE_ONE, row }, upload.change] }
}

/** Slots of a kept snapshot. */
export function slotsOf(row: SnapshotRow): readonly StockSlot[] {
  const parsed = parseStockSnapshot(fromHex(row.bytes) ?? new Uint8Array())
  if (!parsed.ok) throw new Error(`a kept stock snapshot is malformed: ${parsed.error}`)
  return parsed.value.slots
}

function sameSlots(row: SnapshotRow, slots: readonly StockSlot[]): boolean {
  return JSON.stringify(slotsOf(row).map(plain)) === JSON.stringify(slots.map(plain))
}

function plain(slot: StockSlot): readonly unknown[] {
  const { commodity, lot, declaredOrigin, packLowGrams, packHighGrams, pile } = slot
  return [slot.slot, commodity, lot ?? null, declaredOrigin, packLowGrams, packHighGrams, pile]
}
