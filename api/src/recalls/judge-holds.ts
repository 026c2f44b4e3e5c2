import { saleLines } from "@suyuan/drizzle/schema/sales"
import type { ErrorCode } from "@suyuan/look/errors"
import { toHex } from "@suyuan/protocol/codec/bytes"
import type { StockSlot } from "@suyuan/protocol/terminal/stock-snapshot"
import type { Reader } from "../context"
import { readSnapshots, snapshotKey } from "../sales/read-snapshots"
import { inSales, type SaleKey } from "../sales/sale-key"
import type { VerifiedCode } from "../sales/verify-codes"
import type { Hold } from "./holds"

/**
 * Whether a payment of this code may begin while its stall holds these goods (RC-11): a terminal may have signed it before
 * it knew. Judged as the terminal core judges a basket. Goods that are not known yet (the stock snapshot, or the lines of
 * a long sale, are still to come) are not refused: a recall reaches who bought them when they are.
 */
export async function judgeHolds(
  reader: Reader,
  code: VerifiedCode,
  key: SaleKey,
  holds: readonly Hold[],
): Promise<ErrorCode | undefined> {
  if (holds.length === 0) return undefined
  const name = { terminalId: code.terminal.id, prefix: toHex(code.code.body.snapshotPrefix) }
  const slots = (await readSnapshots(reader, [name])).get(snapshotKey(name))
  if (slots === undefined) return undefined
  const sold =
    code.lines ??
    (await reader
      .select({ slot: saleLines.slot })
      .from(saleLines)
      .where(inSales(saleLines, [key])))
  return sold.some(({ slot }) => isHeld(slots.get(slot), holds)) ? "sale/recalled" : undefined
}

function isHeld(slot: StockSlot | undefined, holds: readonly Hold[]): boolean {
  if (slot === undefined) return false
  const pileLot = slot.pile === "kept-apart" ? (slot.lot ?? null) : null
  return holds.some(({ commodity, lot }) => commodity === slot.commodity && lot === pileLot)
}
