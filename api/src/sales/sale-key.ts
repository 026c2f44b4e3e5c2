import { sales } from "@suyuan/drizzle/schema/sales"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, type SQL, sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { arrayOf, unnest } from "../unnest"

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
  // The days by themselves let the database leave out other days' partitions before it looks for any key.
  const days = [...new Set(keys.map((key) => key.day))]
  return sql`(${table.terminalId}, ${table.counter}, ${table.day}) IN (SELECT * FROM ${unnest("named", {
    terminal_id: ["bigint", keys.map((key) => key.terminalId)],
    counter: ["bigint", keys.map((key) => key.counter)],
    day: ["date", keys.map((key) => key.day)],
  })}) AND ${table.day} = ANY (${arrayOf("date", days)})`
}

/** `named JOIN table AS alias ON …`: rows of a table that is keyed like a sale, each found by its own key. */
export function joinSales(table: SQL, alias: string, keys: readonly SaleKey[]): SQL {
  const of = (column: string) => sql`${sql.identifier(alias)}.${sql.identifier(column)}`
  return sql`${unnest("named", {
    terminal_id: ["bigint", keys.map((key) => key.terminalId)],
    counter: ["bigint", keys.map((key) => key.counter)],
    day: ["date", keys.map((key) => key.day)],
  })} JOIN ${table} AS ${sql.identifier(alias)} ON ${of("terminal_id")} = named.terminal_id
    AND ${of("counter")} = named.counter AND ${of("day")} = named.day
    AND ${of("day")} = ANY (${arrayOf("date", [...new Set(keys.map((key) => key.day))])})`
}
