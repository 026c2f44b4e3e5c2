import { snapshots } from "@suyuan/drizzle/schema/terminals"
import { parseStockSnapshot, type StockSlot } from "@suyuan/protocol/terminal/stock-snapshot"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"

/** Slot number → what it holds. */
export type Slots = ReadonlyMap<number, StockSlot>

export type SnapshotName = { readonly terminalId: number; readonly prefix: string }

/** Snapshots never change, so what was parsed once is kept: the newest few thousand. */
const parsed = new Map<string, Slots>()
const parsedMax = 4096

/** The snapshots that have arrived, by `<terminal>/<prefix>`; one query for those not yet parsed here. */
export async function readSnapshots(reader: Reader, names: readonly SnapshotName[]): Promise<Map<string, Slots>> {
  const found = new Map<string, Slots>()
  const missing = new Map<string, SnapshotName>()
  for (const name of names) {
    const key = snapshotKey(name)
    const slots = parsed.get(key)
    if (slots) found.set(key, slots)
    else missing.set(key, name)
  }
  if (missing.size === 0) return found
  const wanted = [...missing.values()].map(
    ({ terminalId, prefix }) => sql`(${terminalId}::bigint, decode(${prefix}, 'hex'))`,
  )
  const rows = await reader
    .select({ terminalId: snapshots.terminalId, prefix: snapshots.prefix, bytes: snapshots.bytes })
    .from(snapshots)
    .where(sql`(${snapshots.terminalId}, ${snapshots.prefix}) IN (${sql.join(wanted, sql`, `)})`)
  for (const row of rows) {
    const snapshot = parseStockSnapshot(row.bytes)
    if (!snapshot.ok) throw new Error(`stored snapshot of terminal ${row.terminalId} is malformed`)
    const slots: Slots = new Map(snapshot.value.slots.map((slot) => [slot.slot, slot]))
    const key = snapshotKey(row)
    found.set(key, slots)
    if (parsed.size >= parsedMax) {
      const oldest = parsed.keys().next().value
      if (oldest !== undefined) parsed.delete(oldest)
    }
    parsed.set(key, slots)
  }
  return found
}

export function snapshotKey({ terminalId, prefix }: SnapshotName): string {
  return `${terminalId}/${prefix}`
}
