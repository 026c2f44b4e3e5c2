import { pileEvents, piles, purchases } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { pileIdOf } from "../stock/pile-id"
import { notifyTerminals } from "../terminals/notify-terminals"
import { arrayOf, unnest } from "../unnest"
import { wantBoughtOrigins } from "./bought-origins"
import { noteEvents, type StoredEvent } from "./note-events"
import { projectPurchase } from "./project-purchase"

/** A trade as the piles see it: goods that left one, and went into another when the buyer is a merchant too. */
export type AppliedSale = {
  readonly recordId: string
  readonly siteId: string
  readonly merchantId: string
  readonly buyerMerchantId: string | null
  readonly buyerSiteId: string | null
  readonly effectiveAt: Date
  readonly lines: readonly {
    readonly line: number
    readonly commodity: number
    readonly lotId: string | null
    readonly pileId: string
    readonly gramsLow: number
    readonly gramsHigh: number
  }[]
}

/**
 * Takes the goods out of the seller's piles. A buyer who is a merchant gets them as an offered purchase, which counts
 * as arrived at the sale's own time until their terminal, which is told, says otherwise. Repeating it changes nothing.
 */
export async function applySales(ctx: Context, tx: Transaction, sales: readonly AppliedSale[]): Promise<void> {
  const lines = sales.flatMap((sale) => sale.lines.map((line) => ({ sale, line })))
  if (lines.length === 0) return
  const bought = lines.flatMap(({ sale, line }) => {
    const { buyerMerchantId, buyerSiteId } = sale
    if (buyerMerchantId === null || buyerSiteId === null) return []
    return [{ sale, line, buyerMerchantId, buyerSiteId, pileId: pileIdOf(buyerMerchantId, line.commodity, null) }]
  })
  await ensurePiles(ctx, tx, [
    ...pilesOf(lines),
    ...bought.map((row) => ({
      pileId: row.pileId,
      siteId: row.buyerSiteId,
      merchantId: row.buyerMerchantId,
      commodity: row.line.commodity,
      lotId: null,
    })),
  ])
  await noteEvents(tx, lines.map(outflowOf))
  await insertOutflows(tx, lines)
  if (bought.length === 0) return
  const offered = await tx
    .insert(purchases)
    .values(
      bought.map((row) => ({
        id: ctx.random.uuid(),
        buyerMerchantId: row.buyerMerchantId,
        siteId: row.buyerSiteId,
        saleRecordId: row.sale.recordId,
        line: row.line.line,
        commodity: row.line.commodity,
        grams: row.line.gramsHigh,
        pileId: row.pileId,
        upstreamPileId: row.line.pileId,
        effectiveAt: row.sale.effectiveAt,
        state: "offered" as const,
      })),
    )
    .onConflictDoNothing()
    .returning()
  await wantBoughtOrigins(
    tx,
    offered.map(({ upstreamPileId, saleRecordId, line }) => ({ pileId: upstreamPileId, recordId: saleRecordId, line })),
  )
  for (const purchase of offered) {
    const { buyerMerchantId, saleRecordId, line, commodity, grams } = purchase
    await projectPurchase(tx, purchase)
    const notice = { kind: "purchase-offered", saleRecordId, lineIndex: line, commodity, grams } as const
    await notifyTerminals(ctx, tx, buyerMerchantId, notice)
  }
}

type PileOfRow = {
  readonly pileId: string
  readonly siteId: string
  readonly merchantId: string
  readonly commodity: number
  readonly lotId: string | null
}

/** Piles are made by what first happens to them. In id order, so that two transactions cannot wait in a ring. */
export async function ensurePiles(ctx: Context, tx: Transaction, rows: readonly PileOfRow[]): Promise<void> {
  const distinct = new Map(rows.map((row) => [row.pileId, row]))
  if (distinct.size === 0) return
  // Nearly all of them are there, and stay.
  const found = await tx
    .select({ id: piles.id })
    .from(piles)
    .where(sql`${piles.id} = ANY (${arrayOf("bytea", [...distinct.keys()])})`)
  for (const { id } of found) distinct.delete(id)
  const createdAt = new Date(ctx.clock.nowMs())
  const sorted = [...distinct.values()].sort((a, b) => (a.pileId < b.pileId ? -1 : 1))
  if (sorted.length === 0) return
  await tx
    .insert(piles)
    .values(
      sorted.map((row) => ({
        id: row.pileId,
        siteId: row.siteId,
        merchantId: row.merchantId,
        commodity: row.commodity,
        lotId: row.lotId,
        alias: ctx.keys.pileAlias(row.pileId),
        createdAt,
      })),
    )
    .onConflictDoNothing()
}

type SoldLine = { readonly sale: AppliedSale; readonly line: AppliedSale["lines"][number] }

function outflowOf({ sale, line }: SoldLine): StoredEvent {
  const { pileId, gramsLow, gramsHigh } = line
  return { pileId, effectiveAt: sale.effectiveAt, direction: 1, source: "outflow", gramsLow, gramsHigh }
}

async function insertOutflows(tx: Transaction, lines: readonly SoldLine[]): Promise<void> {
  await tx.execute(sql`
    INSERT INTO ${pileEvents} (pile_id, day, effective_at, direction, record_id, line, site_id, merchant_id, commodity,
      grams_low, grams_high, source, lot_id)
    SELECT pile_id, (effective_at AT TIME ZONE 'UTC')::date, effective_at, 1, record_id, line, site_id, merchant_id,
      commodity, grams_low, grams_high, 'outflow', lot_id
    FROM ${unnest("sold", {
      pile_id: ["bytea", lines.map(({ line }) => line.pileId)],
      effective_at: ["timestamptz", lines.map(({ sale }) => sale.effectiveAt)],
      record_id: ["bytea", lines.map(({ sale }) => sale.recordId)],
      line: ["smallint", lines.map(({ line }) => line.line)],
      site_id: ["uuid", lines.map(({ sale }) => sale.siteId)],
      merchant_id: ["uuid", lines.map(({ sale }) => sale.merchantId)],
      commodity: ["integer", lines.map(({ line }) => line.commodity)],
      grams_low: ["bigint", lines.map(({ line }) => line.gramsLow)],
      grams_high: ["bigint", lines.map(({ line }) => line.gramsHigh)],
      lot_id: ["uuid", lines.map(({ line }) => line.lotId)],
    })}
    ON CONFLICT DO NOTHING`)
}

/** The sellers' piles, each once. */
function pilesOf(lines: readonly SoldLine[]): PileOfRow[] {
  const first = new Map<string, SoldLine>()
  for (const sold of lines) if (!first.has(sold.line.pileId)) first.set(sold.line.pileId, sold)
  return [...first.values()].map(({ sale: { siteId, merchantId }, line }) => {
    return { pileId: line.pileId, siteId, merchantId, commodity: line.commodity, lotId: lotOfPile(merchantId, line) }
  })
}

/** A pile is of a lot only where its id is: elsewhere the lot is what the seller pointed at within the pile. */
function lotOfPile(merchantId: string, { pileId, commodity, lotId }: SoldLine["line"]): string | null {
  return lotId !== null && pileIdOf(merchantId, commodity, lotId) === pileId ? lotId : null
}
