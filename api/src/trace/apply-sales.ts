import { pileEvents, piles, purchases } from "@suyuan/drizzle/schema/trace"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { pileIdOf } from "../stock/pile-id"
import { notifyTerminals } from "../terminals/notify-terminals"
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
  const outflows = lines.map(({ sale, line }) => ({
    pileId: line.pileId,
    day: utcDay(sale.effectiveAt),
    effectiveAt: sale.effectiveAt,
    direction: 1,
    recordId: sale.recordId,
    line: line.line,
    siteId: sale.siteId,
    merchantId: sale.merchantId,
    commodity: line.commodity,
    gramsLow: line.gramsLow,
    gramsHigh: line.gramsHigh,
    source: "outflow" as const,
  }))
  const bought = lines.flatMap(({ sale, line }) => {
    const { buyerMerchantId, buyerSiteId } = sale
    if (buyerMerchantId === null || buyerSiteId === null) return []
    return [{ sale, line, buyerMerchantId, buyerSiteId, pileId: pileIdOf(buyerMerchantId, line.commodity, null) }]
  })
  await ensurePiles(ctx, tx, [
    ...outflows.map((row) => ({ ...row, lotId: lotOf(lines, row.pileId) })),
    ...bought.map((row) => ({
      pileId: row.pileId,
      siteId: row.buyerSiteId,
      merchantId: row.buyerMerchantId,
      commodity: row.line.commodity,
      lotId: null,
    })),
  ])
  await tx.insert(pileEvents).values(outflows).onConflictDoNothing()
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

/** A pile is of a lot only where its id is: elsewhere the lot is what the seller pointed at within the pile. */
function lotOf(
  lines: readonly { sale: AppliedSale; line: AppliedSale["lines"][number] }[],
  pileId: string,
): string | null {
  const found = lines.find(({ line }) => line.pileId === pileId)
  if (!found || found.line.lotId === null) return null
  return pileIdOf(found.sale.merchantId, found.line.commodity, found.line.lotId) === pileId ? found.line.lotId : null
}
