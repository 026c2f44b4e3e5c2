import { saleLines } from "@suyuan/drizzle/schema/sales"
import { unpackQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { and, eq } from "drizzle-orm"
import type { Transaction } from "../context"
import { readSnapshots, snapshotKey } from "./read-snapshots"
import type { StoredLine } from "./read-trades"
import { resolveLine } from "./resolve-lines"
import { type SaleKey, saleName } from "./sale-key"

/**
 * Gives their meaning to lines that have none although the snapshot is here: a scan stores lines while the transaction
 * that brings their snapshot is still open, and then neither sees the other. Changes the stored rows and `lines`.
 */
export async function resolveLateLines(
  tx: Transaction,
  sales: readonly (SaleKey & { readonly snapshotPrefix: string; readonly merchantId: string })[],
  lines: ReadonlyMap<string, StoredLine[]>,
): Promise<void> {
  const late = sales.filter((sale) => lines.get(saleName(sale))?.some((line) => line.pileId === null))
  if (late.length === 0) return
  const snapshots = await readSnapshots(
    tx,
    late.map(({ terminalId, snapshotPrefix }) => ({ terminalId, prefix: snapshotPrefix })),
  )
  for (const { terminalId, counter, day, snapshotPrefix, merchantId } of late) {
    const slots = snapshots.get(snapshotKey({ terminalId, prefix: snapshotPrefix }))
    for (const line of lines.get(saleName({ terminalId, counter })) ?? []) {
      const quantity = unpackQuantity(line.quantityPacked)
      const goods = quantity.ok && resolveLine(merchantId, { slot: line.slot, quantity: quantity.value }, slots)
      if (line.pileId !== null || !goods) continue
      const { commodity, lotId, pileId, gramsLow, gramsHigh } = goods
      const meaning = { commodity, lotId, pileId, gramsLow, gramsHigh }
      await tx
        .update(saleLines)
        .set(meaning)
        .where(
          and(
            eq(saleLines.terminalId, terminalId),
            eq(saleLines.counter, counter),
            eq(saleLines.day, day),
            eq(saleLines.line, line.line),
          ),
        )
      Object.assign(line, meaning)
    }
  }
}
