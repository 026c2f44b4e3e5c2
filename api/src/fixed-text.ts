/** Statements that are asked all day: their text is made once. To put one together from its parts takes longer than to send it. */
import { is, Param, Placeholder, SQL, StringChunk, sql } from "drizzle-orm"
import { PgDialect } from "drizzle-orm/pg-core"
import type { Reader } from "./context"

type Value = string | number | boolean | null

/** @param statement with a `sql.placeholder` for each value that differs from time to time. */
export function fixedText<Name extends string>(statement: SQL): (values: Readonly<Record<Name, Value>>) => SQL {
  const { sql: text, params } = new PgDialect().sqlToQuery(statement)
  const parts = text.split(/\$\d+/).map((part) => new StringChunk(part))
  const names = params.map((one) => (is(one, Placeholder) ? (one.name as Name) : undefined))
  return (values) => {
    const chunks = parts.flatMap((part, index) => {
      if (index === 0) return [part]
      const name = names[index - 1]
      return [new Param(name === undefined ? params[index - 1] : values[name]), part]
    })
    return new SQL(chunks)
  }
}

/** For the values of `fixedText`. */
export function placeholder(name: string): SQL {
  return sql`${sql.placeholder(name)}`
}

/** The same of a query that drizzle builds, by what it is asked of. */
export function preparedOn<Prepared>(prepare: (reader: Reader) => Prepared): (reader: Reader) => Prepared {
  const prepared = new WeakMap<Reader, Prepared>()
  return (reader) => {
    const known = prepared.get(reader) ?? prepare(reader)
    prepared.set(reader, known)
    return known
  }
}
