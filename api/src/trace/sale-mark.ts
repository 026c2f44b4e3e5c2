import { type SQL, sql } from "drizzle-orm"

/**
 * A number for a line of a record, here and in the database: of many lines together they are combined by exclusive or, in
 * any order. Record ids are random but for their day, and so their last eight bytes are.
 */
export function saleMark(recordId: string, line: number): bigint {
  return BigInt.asIntN(64, BigInt(`0x${recordId.slice(16, 32)}`) ^ (BigInt(line) << lineBits))
}

export function saleMarkSql(recordId: SQL, line: SQL): SQL {
  return sql`(('x' || encode(substr(${recordId}, 9, 8), 'hex'))::bit(64)::bigint # (${line}::bigint << ${sql.raw(String(lineBits))}))`
}

const lineBits = 48n
