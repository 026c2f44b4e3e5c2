import { afterAll, beforeAll, expect, test } from "bun:test"
import { connect, createServer, type Server, type Socket } from "node:net"
import { databaseOver } from "@suyuan/api/adapters/database"
import { sql } from "drizzle-orm"
import postgres from "postgres"
import { type FreshDatabase, freshDatabase } from "../../support/engines"

let database: FreshDatabase
let line: Line
let direct: postgres.Sql
beforeAll(async () => {
  database = await freshDatabase()
  line = await openLine(database.url)
  direct = postgres(database.url, { max: 1, onnotice: () => {} })
  await direct`CREATE TABLE said (word text PRIMARY KEY)`
})
afterAll(async () => {
  await direct?.end()
  line?.close()
  await database?.drop()
})

/** The database by way of a line that can be cut. */
type Line = { readonly url: string; readonly cut: () => void; readonly close: () => void }

async function openLine(databaseUrl: string): Promise<Line> {
  const far = new URL(databaseUrl)
  const ends = new Set<Socket>()
  const server: Server = createServer((near) => {
    const onward = connect(Number(far.port), far.hostname)
    for (const [end, other] of [
      [near, onward],
      [onward, near],
    ] as const) {
      ends.add(end)
      end.on("error", () => {})
      end.on("close", () => {
        ends.delete(end)
        other.destroy()
      })
      end.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const url = new URL(databaseUrl)
  url.hostname = "127.0.0.1"
  url.port = String(address !== null && typeof address === "object" ? address.port : 0)
  const cut = () => {
    for (const end of ends) end.resetAndDestroy()
  }
  const close = () => {
    cut()
    server.close()
  }
  return { url: url.href, cut, close }
}

const openPool = (max: number) => postgres(line.url, { max, onnotice: () => {}, backoff: () => 0.05 })

/** Something that others wait for, and that a test lets go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}

function answers(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = count
  return {
    come: promise,
    count() {
      left -= 1
      if (left === 0) resolve()
    },
  }
}

const wordsSaid = async () => (await direct`SELECT word FROM said ORDER BY word`).map(({ word }) => word)

test("the line is cut a hundred times under transactions and questions: none hangs, and each gets its own answer", async () => {
  const pool = openPool(2)
  const db = databaseOver(pool)
  let [wrong, goesOn] = [0, true]
  let more = answers(10)
  const asks = async (ask: (value: string) => Promise<unknown>, worker: number) => {
    for (let i = 0; goesOn; i += 1) {
      const value = `${worker}/${i}`
      const answer = await ask(value).catch(() => undefined)
      if (answer === undefined) continue
      more.count()
      if (answer !== value) wrong += 1
    }
  }
  const inTransaction = (value: string) =>
    db.transaction(async (tx) => {
      // Of ever other text: such statements are asked about first, and are in two parts on the line.
      const [first] = await tx.execute<{ v: string }>(
        sql`SELECT ${value}::text AS v, ${sql.raw(`'${value}'`)} AS again`,
      )
      const [second] = await tx.execute<{ v: string }>(sql`SELECT ${value}::text AS v, pg_sleep(0.002)`)
      await new Promise(setImmediate)
      await tx.execute(sql`UPDATE said SET word = word WHERE word = ${value}`)
      return first?.v === value ? second?.v : "another's"
    })
  const byItself = async (value: string) => (await db.execute<{ v: string }>(sql`SELECT ${value}::text AS v`))[0]?.v
  const workers = [0, 1, 2, 3, 4, 5].map((worker) => asks(worker < 4 ? inTransaction : byItself, worker))
  for (let cuts = 0; cuts < 100; cuts += 1) {
    more = answers(10)
    await more.come
    line.cut()
    // A busy process hears of it late, and of several things at once.
    const lateMs = performance.now() + (cuts % 3) * 50
    while (performance.now() < lateMs);
  }
  goesOn = false
  await Promise.all(workers)
  expect(wrong).toBe(0)
  await pool.end({ timeout: 1 })
})

test("what is said in a transaction after its connection was lost is not said within the next one's", async () => {
  const pool = openPool(1)
  const db = databaseOver(pool)
  const [isIdle, goesOn, hasTried] = [gate(), gate(), gate()]
  const first = db.transaction(async (tx) => {
    await tx.execute(sql`SELECT 1`)
    isIdle.open()
    await goesOn.passed
    const late = await tx.execute(sql`INSERT INTO said VALUES ('late')`).catch((error: Error) => error)
    const deeper = await tx.transaction(async () => "deeper").catch((error: Error) => error)
    expect([late instanceof Error, deeper instanceof Error]).toEqual([true, true])
    hasTried.open()
  })
  await isIdle.passed
  line.cut()
  await expect(first).rejects.toThrow("CONNECTION_CLOSED")
  const second = db.transaction(async (tx) => {
    await tx.execute(sql`INSERT INTO said VALUES ('second')`)
    goesOn.open()
    await hasTried.passed
    // Whatever the first might say when its work is done, it has said.
    await tx.execute(sql`SELECT 1`)
    throw new Error("taken back")
  })
  await expect(second).rejects.toThrow("taken back")
  expect(await wordsSaid()).toEqual([])
  expect(await db.execute(sql`SELECT 7 AS seven`)).toMatchObject([{ seven: 7 }])
  await pool.end({ timeout: 1 })
})

test("a statement that fails is taken back to its savepoint, or with its transaction, as ever", async () => {
  const pool = openPool(1)
  const db = databaseOver(pool)
  await db.transaction(async (tx) => {
    await tx.execute(sql`INSERT INTO said VALUES ('kept')`)
    const twice = tx.transaction(async (deeper) => {
      await deeper.execute(sql`INSERT INTO said VALUES ('gone')`)
      await deeper.execute(sql`INSERT INTO said VALUES ('kept')`)
    })
    await expect(twice).rejects.toThrow()
  })
  const failed = db.transaction(async (tx) => {
    await tx.execute(sql`INSERT INTO said VALUES ('gone')`)
    throw new Error("changed my mind")
  })
  await expect(failed).rejects.toThrow("changed my mind")
  expect(await wordsSaid()).toEqual(["kept"])
  await pool.end({ timeout: 1 })
})
