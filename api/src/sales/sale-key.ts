import { sales } from "@suyuan/drizzle/schema/sales"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, type SQL, sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"

/** (terminal, counter) names a sale for ever; the day, fixed by the code, finds its partition. */
export type SaleKey = { readonly terminalId: number; readonly counter: number; readonly day: string }

/** `<terminal hex>/<counter>`: how logs, outbox and metrics name a sale. */
export function saleName(key: Pick<SaleKey, "terminalId" | "counter">): string {
  return `${terminalToHex(key.terminalId)}/${key.counter}`
}

export function isSale(key: SaleKey): SQL | undefined {
  return and(eq(sales.terminalId, key.terminalId), eq(sales.counter, key.counter), eq(sales.day, key.day))
}

/** `(terminal_id, counter, day) IN (…)` for any table that is keyed like a sale. */
export function inSales(
  table: { readonly terminalId: PgColumn; readonly counter: PgColumn; readonly day: PgColumn },
  keys: readonly SaleKey[],
): SQL {
  const rows = keys.map((key) => sql`(${key.terminalId}::bigint, ${key.counter}::bigint, ${key.day}::date)`)
  return sql`(${table.terminalId}, ${table.counter}, ${table.day}) IN (${sql.join(rows, sql`, `)})`
}
