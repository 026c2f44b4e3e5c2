import { type SQL, type SQLWrapper, sql } from "drizzle-orm"

/** UTC day `yyyy-mm-dd` in the first two bytes of a record id: finds its partition. */
export function recordDay(recordIdHex: string): string {
  const days = Number.parseInt(recordIdHex.slice(0, 4), 16)
  return new Date(days * 86_400_000).toISOString().slice(0, 10)
}

/** The same of a record's 32 bytes, in a statement. */
export function recordDaySql(recordId: SQLWrapper): SQL {
  return sql`(date '1970-01-01' + (get_byte(${recordId}, 0) * 256 + get_byte(${recordId}, 1)))`
}
