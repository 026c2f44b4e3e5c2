import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import type { TerminalAtStall } from "../sales/verify-codes"
import { placedAtMs } from "../terminals/terminal-time"
import { ensurePiles } from "../trace/apply-sales"
import { noteEvents } from "../trace/note-events"
import { pileIdOf } from "./pile-id"

/** Who an uploaded record is from, and whom it concerns. */
export type UploadNaming = {
  /** UUID that the terminal made before it sent: names the record where nothing else does. */
  readonly uploadId: string
  readonly concerned: readonly number[]
}

/** A terminal's time as everybody's. */
export function effectiveTime(stall: TerminalAtStall, seconds: number): Date {
  return new Date(placedAtMs(stall.terminal, seconds2024ToMs(seconds)))
}

export type ArrivedGoods = {
  readonly recordId: string
  readonly commodity: number
  readonly grams: number
  readonly effectiveAt: Date
  readonly source: "lot" | "unknown"
  readonly lotId: string | null
}

/** Goods that came into a stall's merged pile of a commodity. Returns the pile. */
export async function recordInflow(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  goods: ArrivedGoods,
): Promise<{ pileId: string; pileAlias: Uint8Array }> {
  const pile = mergedPile(ctx, stall, goods.commodity)
  const place = { siteId: stall.site.id, merchantId: stall.merchant.id, commodity: goods.commodity }
  await ensurePiles(ctx, tx, [{ pileId: pile.pileId, ...place, lotId: null }])
  const stored = await tx
    .insert(pileEvents)
    .values({
      ...place,
      pileId: pile.pileId,
      day: utcDay(goods.effectiveAt),
      effectiveAt: goods.effectiveAt,
      direction: 0,
      recordId: goods.recordId,
      line: 0,
      gramsLow: goods.grams,
      gramsHigh: goods.grams,
      source: goods.source,
      lotId: goods.lotId,
    })
    .onConflictDoNothing()
    .returning()
  await noteEvents(tx, stored)
  return pile
}

export function mergedPile(ctx: Pick<Context, "keys">, stall: TerminalAtStall, commodity: number) {
  const pileId = pileIdOf(stall.merchant.id, commodity, null)
  const pileAlias = fromHex(ctx.keys.pileAlias(pileId))
  if (!pileAlias) throw new Error("an alias is not hex")
  return { pileId, pileAlias }
}
