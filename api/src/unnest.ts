import { type SQL, sql } from "drizzle-orm"

export type ColumnType = "bigint" | "integer" | "smallint" | "date" | "uuid" | "bytea" | "timestamptz" | "text"
/** Bytes for `bytea`; its other form is lower-case hex. */
export type ColumnValue = string | number | Uint8Array | Date | null

/**
 * `unnest(…) AS name(columns)`: rows in one array parameter a column, for statements on many rows. Their text is then the
 * same for any number of rows, so each connection prepares it once; a list of VALUES is another statement for every
 * length, which the database parses and plans anew, and which is remembered for nothing.
 */
export function unnest(name: string, columns: Record<string, readonly [ColumnType, readonly ColumnValue[]]>): SQL {
  const entries = Object.entries(columns)
  const arrays = entries.map(([, [type, values]]) => arrayOf(type, values))
  const names = entries.map(([column]) => sql.identifier(column))
  return sql`unnest(${sql.join(arrays, sql`, `)}) AS ${sql.identifier(name)}(${sql.join(names, sql`, `)})`
}

/** One array parameter, for `= ANY (…)`. */
export function arrayOf(type: ColumnType, values: readonly ColumnValue[]): SQL {
  return sql`${arrayLiteral(type, values)}::${sql.raw(type)}[]`
}

/** What an array parameter of this type is sent as. */
export function arrayLiteral(type: ColumnType, values: readonly ColumnValue[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : elementOf(type, value))).join(",")}}`
}

function elementOf(type: ColumnType, value: Exclude<ColumnValue, null>): string {
  if (typeof value === "number") return String(value)
  if (value instanceof Date) return `"${value.toISOString()}"`
  if (type === "bytea") {
    const hex =
      typeof value === "string" ? value : Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex")
    return `"\\\\x${hex}"`
  }
  return `"${String(value).replace(/["\\]/g, "\\$&")}"`
}
