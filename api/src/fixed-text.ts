/** Statements that are asked all day: their text is made once. To put one together from its parts takes longer than to send it. */
import {
  getTableColumns,
  is,
  Param,
  Placeholder,
  type Query,
  SQL,
  type SQLWrapper,
  StringChunk,
  sql,
} from "drizzle-orm"
import { PgDialect, type PgTable } from "drizzle-orm/pg-core"
import type { Reader } from "./context"

type Value = string | number | boolean | Date | null

/** @param statement with a `sql.placeholder` for each value that differs from time to time. */
export function fixedText<Name extends string>(statement: SQL): (values: Readonly<Record<Name, Value>>) => SQL {
  const { sql: text, params } = new PgDialect().sqlToQuery(statement)
  const driverValueOf = params.map((one) => driverValueMaker<Name>(one))
  return (values) => new FixedStatement({ sql: text, params: driverValueOf.map((of) => of(values)) })
}

/** Drizzle puts a statement together from its chunks each time that it is run; this one is whole, and is no part of another. */
class FixedStatement extends SQL {
  private readonly query: Query

  constructor(query: Query) {
    super(noPart)
    this.query = query
  }

  override toQuery(): Query {
    return this.query
  }
}

/** What it would be as a part: no database takes that. */
const noPart = [new StringChunk("<a statement of fixed text is no part of another>")]

/** A value of the statement's own, one that is given, or one that is given and written as its column wants it. */
function driverValueMaker<Name extends string>(one: unknown): (values: Readonly<Record<Name, Value>>) => unknown {
  if (is(one, Placeholder)) return (values) => values[one.name as Name]
  if (!is(one, Param) || !is(one.value, Placeholder)) return () => one
  const { encoder, value } = one
  return (values) => {
    const given = values[value.name as Name]
    return given === null ? null : encoder.mapToDriverValue(given)
  }
}

/** For the values of `fixedText`. */
export function placeholder(name: string): SQL {
  return sql`${sql.placeholder(name)}`
}

/** `SET` of an UPDATE: these columns of the table, each to the value of its name. */
export function assignments<Table extends PgTable>(
  table: Table,
  names: readonly (string & keyof Table["$inferSelect"])[],
): SQL {
  const listed = Object.entries(getTableColumns(table)).flatMap(([name, column]) => {
    if (!(names as readonly string[]).includes(name)) return []
    return [sql`${sql.identifier(column.name)} = ${sql.param(sql.placeholder(name), column)}`]
  })
  return sql.join(listed, sql`, `)
}

/** One row with all of its table's columns. */
export function fixedInsert<Table extends PgTable>(table: Table): (row: Table["$inferSelect"]) => SQL {
  const columns = Object.entries(getTableColumns(table))
  const names = columns.map(([, column]) => sql.identifier(column.name))
  const values = columns.map(([name, column]) => sql`${sql.param(sql.placeholder(name), column)}`)
  const listed = (parts: readonly SQLWrapper[]) => sql.join([...parts], sql`, `)
  const insert = fixedText<string>(sql`INSERT INTO ${table} (${listed(names)}) VALUES (${listed(values)})`)
  return (row) => insert(row as Readonly<Record<string, Value>>)
}

type Rows<Table extends PgTable> = Table["$inferSelect"][]

/** Whole rows of a table, by a statement of fixed text that begins with all of its columns or returns them. */
export function fixedRows<Table extends PgTable, Name extends string>(
  table: Table,
  statement: SQLWrapper,
): (reader: Reader, values: Readonly<Record<Name, Value>>) => Promise<Rows<Table>> {
  const ask = fixedText<Name>(statement.getSQL())
  const columns = Object.entries(getTableColumns(table))
  const read = (row: Record<string, unknown>) =>
    Object.fromEntries(
      columns.map(([key, column]) => {
        const stored = row[column.name] ?? null
        return [key, stored === null ? null : column.mapFromDriverValue(stored)]
      }),
    )
  return async (reader, values) => (await reader.execute(ask(values))).map(read) as Rows<Table>
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
