import { sales } from "@suyuan/drizzle/schema/sales"
import type { Settlement } from "@suyuan/protocol/payment/payment-state"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { enqueue, type OutboxMessage } from "../outbox"
import { isSale, saleName } from "../sales/sale-key"
import type { SaleRow } from "./attempts"

/** What terminals and buyers are told of a sale's money. */
export type SaleState = {
  readonly state: Settlement["state"]
  readonly paidFen: number
  readonly refundedFen: number
  readonly platform: SaleRow["paidBy"]
  readonly version: number
}

export function saleStateOf(
  sale: Pick<SaleRow, "state" | "paidFen" | "refundedFen" | "paidBy" | "version">,
): SaleState {
  const { state, paidFen, refundedFen, paidBy, version } = sale
  return { state, paidFen, refundedFen, platform: paidBy, version }
}

export function settlementOf(sale: SaleRow): Settlement {
  const { state, amountFen, paidFen, refundedFen, version } = sale
  return { state, amountFen, paidFen, refundedFen, version }
}

type SettledFields = Pick<SaleRow, "paidBy" | "settledBy" | "settledAt" | "buyerId" | "buyerMerchantId">

/** Stores a changed settlement of the locked sale, and tells the terminal and whoever watches the payment page. */
export async function changeSale(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  sale: SaleRow,
  settlement: Settlement,
  settled: Partial<SettledFields> = {},
): Promise<SaleRow> {
  const { state, paidFen, refundedFen, version } = settlement
  const [row] = await tx
    .update(sales)
    .set({ ...settled, state, paidFen, refundedFen, version })
    .where(and(isSale(sale), eq(sales.version, sale.version)))
    .returning()
  if (row === undefined) throw new Error(`sale ${saleName(sale)} changed under its lock`)
  await enqueue(ctx, tx, tellOf(row))
  return row
}

export function tellOf(sale: SaleRow): OutboxMessage[] {
  const told = saleStateOf(sale)
  return [
    {
      channel: "terminal",
      recipient: terminalToHex(sale.terminalId),
      topic: "payment",
      version: told.version,
      payload: { v: 1, counter: sale.counter, ...told },
    },
    { channel: "buyer", recipient: saleName(sale), topic: "state", version: told.version, payload: told },
  ]
}
