import { sales } from "@suyuan/drizzle/schema/sales"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { and, eq, type SQL, sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { utcDay } from "../day"
import { arrayOf, unnest } from "../unnest"

/** (terminal, counter) names a sale for ever; the day, fixed by the code, finds its partition. */
export type SaleKey = { readonly terminalId: number; readonly counter: number; readonly day: string }

/** `<terminal hex>/<counter>`: how logs, outbox and metrics name a sale. */
export function saleName(key: Pick<SaleKey, "terminalId" | "counter">): string {
  return `${terminalToHex(key.terminalId)}/${key.counter}`
}

export function saleKeyOf({ body: { terminal, counter, issuedAtSeconds } }: PayCode): SaleKey {
  return { terminalId: terminal, counter, day: utcDay(new Date(seconds2024ToMs(issuedAtSeconds))) }
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

/**
 * Rows of a table that is keyed like a sale, each looked up by its own key. `OFFSET 0` keeps the planner from joining as a
 * whole: it would read through a day's partition while it is small, or while nobody has told it how large it has grown.
 * Rows are found, and locked, in the order of the keys.
 */
export function eachOfSales(table: SQL, keys: readonly SaleKey[], locking: "" | "FOR UPDATE" = ""): SQL {
  return sql`${unnest("named", {
    terminal_id: ["bigint", keys.map((key) => key.terminalId)],
    counter: ["bigint", keys.map((key) => key.counter)],
    day: ["date", keys.map((key) => key.day)],
  })} CROSS JOIN LATERAL (
    SELECT * FROM ${table} AS own WHERE own.terminal_id = named.terminal_id AND own.counter = named.counter
      AND own.day = named.day AND own.day = ANY (${arrayOf("date", [...new Set(keys.map((key) => key.day))])})
    OFFSET 0 ${sql.raw(locking)}) AS own`
}
