import { sales } from "@suyuan/drizzle/schema/sales"
import type { Settlement } from "@suyuan/protocol/payment/payment-state"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { assignments, fixedText } from "../fixed-text"
import { enqueue, type OutboxMessage } from "../outbox"
import { type SaleKey, saleName } from "../sales/sale-key"
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

/** What becomes of a sale's money. */
const saleChanges = [
  ...(["state", "paidFen", "refundedFen", "version"] as const),
  ...(["paidBy", "settledBy", "settledAt", "buyerId", "buyerMerchantId"] as const),
] as const
type SaleChange = Pick<SaleRow, (typeof saleChanges)[number]>

const saleChanged = fixedText<keyof SaleKey | keyof SaleChange | "versionBefore">(sql`
  UPDATE ${sales} SET ${assignments(sales, saleChanges)}
  WHERE ${and(
    eq(sales.terminalId, sql.placeholder("terminalId")),
    eq(sales.counter, sql.placeholder("counter")),
    eq(sales.day, sql.placeholder("day")),
    eq(sales.version, sql.placeholder("versionBefore")),
  )} RETURNING 1`)

/** Stores a changed settlement of the locked sale, and tells the terminal and whoever watches the payment page. */
export async function changeSale(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  sale: SaleRow,
  { state, paidFen, refundedFen, version }: Settlement,
  settled: Partial<Omit<SaleChange, keyof Settlement>> = {},
): Promise<SaleRow> {
  const changed = { ...sale, ...settled, state, paidFen, refundedFen, version }
  const [isChanged] = await tx.execute(saleChanged({ ...changed, versionBefore: sale.version }))
  if (isChanged === undefined) throw new Error(`sale ${saleName(sale)} changed under its lock`)
  await enqueue(ctx, tx, tellOf(changed))
  return changed
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
