// The same gateway over a client that counts its statements: for what must cost the same few of them for any size.
import { databaseOver } from "@suyuan/api/adapters/database"
import { prepareRecurring } from "@suyuan/api/adapters/prepare-recurring"
import type { Context } from "@suyuan/api/context"
import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"

export type Counted = {
  /** Runs it and says how many statements it took, the bounds of transactions not counted. */
  readonly statementsOf: (work: (ctx: Context) => Promise<unknown>) => Promise<number>
  readonly end: () => Promise<void>
}

export function countStatements(ctx: Context): Counted {
  let count = 0
  const sql = postgres(ctx.config.DATABASE_URL, {
    max: 1,
    onnotice: () => {},
    // The driver asks for the database's types once by itself.
    fetch_types: false,
    debug: (_connection, statement) => {
      if (!/^\s*(begin|commit|savepoint|rollback)/i.test(statement)) count += 1
    },
  })
  const db = databaseOver(sql)
  const counting: Context = { ...ctx, sql, db, questions: db, settlements: db, duties: db }
  const statementsOf = async (work: (ctx: Context) => Promise<unknown>) => {
    const before = count
    await work(counting)
    return count - before
  }
  return { statementsOf, end: () => sql.end() }
}

export type CountedTrips = {
  /** Runs it and says how often it waited for the database: what is asked for in one turn is one round trip. */
  readonly roundTripsOf: (work: (ctx: Context) => Promise<unknown>) => Promise<number>
  readonly end: () => Promise<void>
}

export function countRoundTrips(ctx: Context): CountedTrips {
  let [trips, isUnderWay] = [0, false]
  const sql = postgres(ctx.config.DATABASE_URL, { max: 6, onnotice: () => {} })
  const logQuery = () => {
    if (isUnderWay) return
    trips += 1
    isUnderWay = true
    setImmediate(() => {
      isUnderWay = false
    })
  }
  const db = drizzle(prepareRecurring(sql), { logger: { logQuery } })
  const counting: Context = { ...ctx, sql, db, questions: db, settlements: db, duties: db }
  const roundTripsOf = async (work: (ctx: Context) => Promise<unknown>) => {
    const before = trips
    await work(counting)
    const counted = trips - before
    // What is to be found out afterwards is nobody's wait.
    await ctx.afterwards.settled()
    return counted
  }
  return { roundTripsOf, end: () => sql.end() }
}
