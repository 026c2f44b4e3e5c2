import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { ensurePartitions } from "@suyuan/api/jobs/partitions"
import { makePartitions, PartitionsInUse } from "@suyuan/drizzle/make-partitions"
import { migrate } from "@suyuan/drizzle/migrate"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { pileEvents, pilePurchases } from "@suyuan/drizzle/schema/trace"
import { and, eq, is } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import postgres from "postgres"
import { type TestGateway, testGateway } from "../support/context"

setDefaultTimeout(60_000)

let gateway: TestGateway
let tables: ReturnType<typeof getTableConfig>[]
beforeAll(async () => {
  gateway = await testGateway()
  const folder = join(import.meta.dir, "../../drizzle/schema")
  const modules = await Promise.all(
    readdirSync(folder).map((file) => import(join(folder, file)) as Promise<Record<string, unknown>>),
  )
  const exported = modules.flatMap((module) => Object.values(module))
  tables = exported.filter((value) => is(value, PgTable)).map((table) => getTableConfig(table as PgTable))
})
afterAll(() => gateway?.close())

type Column = { readonly column: string; readonly type: string; readonly required: boolean }

/** Tables and parents of partitions; a partition has its parent's columns by definition. */
async function databaseColumns(): Promise<Map<string, Column[]>> {
  const rows = await gateway.ctx.sql`
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attname`
  const byTable = Map.groupBy(rows, ({ table }) => String(table))
  return new Map(
    [...byTable].map(([table, own]) => [table, own.map(({ column, type, required }) => ({ column, type, required }))]),
  )
}

/** Columns of each primary key or unique constraint, by table. */
async function databaseKeys(kind: "p" | "u"): Promise<Map<string, string[]>> {
  const rows = await gateway.ctx.sql`
    SELECT c.relname AS table,
      (SELECT string_agg(a.attname, ',' ORDER BY k.position) FROM unnest(o.conkey) WITH ORDINALITY AS k(attnum, position)
        JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum) AS columns
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE o.contype = ${kind} AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
    ORDER BY 1, 2`
  const byTable = Map.groupBy(rows, ({ table }) => String(table))
  return new Map([...byTable].map(([table, own]) => [table, own.map(({ columns }) => String(columns))]))
}

describe("the database and the schema in the code", () => {
  test("have the same tables", async () => {
    expect([...(await databaseColumns()).keys()]).toEqual(tables.map(({ name }) => name).toSorted())
  })

  test("agree on every column: its name, its type, whether it may be null", async () => {
    const found = await databaseColumns()
    for (const { name, columns } of tables) {
      const described = columns.map((column) => ({
        column: column.name,
        type: column.getSQLType().replace(" (", "("),
        required: column.notNull,
      }))
      const sorted = described.toSorted((a, b) => (a.column < b.column ? -1 : 1))
      expect({ name, columns: found.get(name) }).toEqual({ name, columns: sorted })
    }
  })

  test("agree on primary keys, in their order", async () => {
    const found = await databaseKeys("p")
    for (const { name, columns, primaryKeys } of tables) {
      const single = columns.filter(({ primary }) => primary).map((column) => column.name)
      const composed = primaryKeys.map((key) => key.columns.map((column) => column.name).join(","))
      expect({ name, keys: found.get(name) ?? [] }).toEqual({ name, keys: [...single, ...composed] })
    }
  })

  test("agree on what is unique", async () => {
    const found = await databaseKeys("u")
    for (const { name, columns, uniqueConstraints } of tables) {
      const single = columns.filter(({ isUnique }) => isUnique).map((column) => column.name)
      const composed = uniqueConstraints.map((key) => key.columns.map((column) => column.name).join(","))
      expect({ name, keys: found.get(name) ?? [] }).toEqual({ name, keys: [...single, ...composed].toSorted() })
    }
  })

  test("agree on what a column is when nothing is said", async () => {
    const rows = await gateway.ctx.sql`
      SELECT c.relname || '.' || a.attname AS column FROM pg_attrdef d
      JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
      WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND a.attgenerated = '' ORDER BY 1`
    const described = tables.flatMap(({ name, columns }) =>
      columns
        .filter(({ hasDefault, generated }) => hasDefault && generated === undefined)
        .map((column) => `${name}.${column.name}`),
    )
    expect(rows.map(({ column }) => column)).toEqual(described.toSorted())
  })

  test("no foreign key crosses tables that are partitioned", async () => {
    expect(await gateway.ctx.sql`SELECT conname FROM pg_constraint WHERE contype = 'f'`).toHaveLength(0)
  })

  test("migrating again changes nothing, also from several gateways at once", async () => {
    const before = await databaseColumns()
    await Promise.all([1, 2, 3].map(() => migrate(gateway.ctx.config.DATABASE_URL)))
    expect(await databaseColumns()).toEqual(before)
  })
})

describe("partitions", () => {
  const partitionsOf = async () => {
    const rows = await gateway.ctx.sql`
      SELECT parent.relname AS parent, child.relname AS child FROM pg_inherits i
      JOIN pg_class parent ON parent.oid = i.inhparent JOIN pg_class child ON child.oid = i.inhrelid
      WHERE parent.relkind = 'p'`
    return Map.groupBy(
      rows.map(({ parent, child }) => ({ parent: String(parent), child: String(child) })),
      ({ parent }) => parent,
    )
  }
  const dayName = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const dayMs = 86_400_000

  const grownByTrade =
    "attempts audit bought_origins outbox payment_events pile_events records refunds sale_lines sales".split(" ")

  test("every table that grows with trade has one for each of the next fourteen days, and a default", async () => {
    const found = await partitionsOf()
    const daily = [...found.keys()].filter((name) => name !== "sale_keys").toSorted()
    expect(daily).toEqual(grownByTrade)
    for (const name of daily) {
      const children = new Set(found.get(name)?.map(({ child }) => child))
      const wanted = Array.from({ length: 15 }, (_, days) => {
        return `${name}_${dayName(gateway.clock.nowMs() + days * dayMs).replaceAll("-", "")}`
      })
      expect([...wanted, `${name}_default`].filter((child) => !children.has(child))).toEqual([])
    }
  })

  test("sale keys lie in sixteen, without a day: a number names one sale for ever", async () => {
    expect((await partitionsOf()).get("sale_keys")).toHaveLength(16)
  })

  const ensure = async () => {
    const told: unknown[] = []
    const log = new Proxy(gateway.ctx.log, {
      get: (target, name) =>
        name === "error" ? (...line: unknown[]) => told.push(line[0]) : Reflect.get(target, name),
    })
    const made = await ensurePartitions({ ...gateway.ctx, log })
    return { made, told }
  }
  const strayMessage = (day: string) =>
    gateway.ctx.db.insert(outbox).values({
      ...{ id: gateway.ctx.random.uuid(), day, channel: "buyer", recipient: "nobody", topic: "state", version: 1 },
      ...{ payload: {}, nextTryAt: new Date(0), createdAt: new Date(0) },
    })

  test("are made ahead as days go by, once", async () => {
    expect(await ensure()).toEqual({ made: 0, told: [] })
    gateway.clock.advance(2 * dayMs)
    const { made } = await ensure()
    expect(made).toBeGreaterThan(0)
    expect(await ensure()).toEqual({ made: 0, told: [] })
  })

  test("are made beside whoever reads several tables for long: neither waits for the other in a ring", async () => {
    const reading = postgres(gateway.ctx.config.DATABASE_URL, { max: 1, onnotice: () => {} })
    const days = { from: dayName(gateway.clock.nowMs() + 20 * dayMs), to: dayName(gateway.clock.nowMs() + 21 * dayMs) }
    let made: Promise<number> | undefined
    await reading.begin(async (tx) => {
      await tx`SELECT FROM sales LIMIT 1`
      made = makePartitions(gateway.ctx.sql, { ...days, tries: 40 })
      const isWaiting = async () => {
        const [lock] = await gateway.ctx.sql`
          SELECT count(*)::int AS waiting FROM pg_locks WHERE relation = 'sales'::regclass AND NOT granted`
        return lock?.waiting > 0
      }
      while (!(await isWaiting()));
      // What the maker was at before, and what it waits for: also for others than its first reader.
      await tx`SELECT FROM attempts LIMIT 1`
      await gateway.ctx.sql`SELECT FROM sales LIMIT 1`
    })
    await reading.end()
    expect(await made).toBe(2 * grownByTrade.length)
  })

  test("are made around whoever changes a row that is moved into one: neither waits for the other in a ring", async () => {
    const changing = postgres(gateway.ctx.config.DATABASE_URL, { max: 1, onnotice: () => {} })
    const late = dayName(gateway.clock.nowMs() - 80 * dayMs)
    await strayMessage(late)
    let made: Promise<unknown> | undefined
    await changing.begin(async (tx) => {
      // Whoever waits looks for a ring at once.
      await tx`SET LOCAL deadlock_timeout = '20ms'`
      await tx`SELECT FROM outbox WHERE day = ${late}`
      made = gateway.ctx.sql`SELECT ensure_day_partitions_of('outbox', ${late}, ${late})`.execute()
      const isWaiting = async () => {
        const [lock] = await gateway.ctx.sql`
          SELECT count(*)::int AS waiting FROM pg_locks
          WHERE relation IN ('outbox'::regclass, 'outbox_default'::regclass) AND NOT granted`
        return lock?.waiting > 0
      }
      while (!(await isWaiting()));
      expect(await tx`UPDATE outbox SET version = 2 WHERE day = ${late} RETURNING id`).toHaveLength(1)
    })
    await changing.end()
    await made
    const [moved] = await gateway.ctx.sql.unsafe(`SELECT version FROM outbox_${late.replaceAll("-", "")}`)
    expect(moved?.version).toBe(2)
  })

  test("of a table that stays in use are told apart from a failure", async () => {
    const reading = postgres(gateway.ctx.config.DATABASE_URL, { max: 1, onnotice: () => {} })
    const day = dayName(gateway.clock.nowMs() + 30 * dayMs)
    await reading.begin(async (tx) => {
      await tx`SELECT FROM sales LIMIT 1`
      const made = makePartitions(gateway.ctx.sql, { from: day, to: day, tries: 1 })
      expect(await made.catch((error: unknown) => error)).toBeInstanceOf(PartitionsInUse)
    })
    await reading.end()
    expect(await makePartitions(gateway.ctx.sql, { from: day, to: day, tries: 1 })).toBe(1)
  })

  test("a row in a default partition is reported, and moved to a partition of its day", async () => {
    const late = dayName(gateway.clock.nowMs() - 90 * dayMs)
    await strayMessage(late)
    await strayMessage(late)
    await gateway.ctx.db.insert(pileEvents).values({
      ...{ pileId: "aa".repeat(16), day: late, effectiveAt: new Date(0), direction: 0, recordId: "bb".repeat(16) },
      ...{ line: 0, siteId: gateway.ctx.random.uuid(), merchantId: gateway.ctx.random.uuid(), commodity: 1 },
      ...{ gramsLow: 1, gramsHigh: 1, source: "unknown" },
    })
    const { told } = await ensure()
    expect(told).toEqual([
      { table: "outbox_default", day: late, rows: 2 },
      { table: "pile_events_default", day: late, rows: 1 },
    ])
    expect(await ensure()).toEqual({ made: 0, told: [] })
    const [moved] = await gateway.ctx.sql.unsafe(`SELECT count(*)::int AS rows FROM outbox_${late.replaceAll("-", "")}`)
    expect(moved?.rows).toBe(2)
    expect(await gateway.ctx.db.select().from(pileEvents)).toHaveLength(1)
  })

  test("what was bought of a pile is known by the pile, in every partition, until it is taken back", async () => {
    const { ctx, clock } = gateway
    const days = [0, 1, 95].map((ago) => dayName(clock.nowMs() - ago * dayMs))
    const [pileId, upstreamPileId] = ["c1".repeat(16), "c2".repeat(16)]
    const place = { siteId: ctx.random.uuid(), merchantId: ctx.random.uuid(), commodity: 1 }
    const rowOf = (day: string, line: number, source: "purchase" | "unknown") => ({
      ...{ ...place, pileId, day, effectiveAt: new Date(`${day}T02:00:00Z`), direction: 0, recordId: "c3".repeat(16) },
      ...{ line, gramsLow: 1, gramsHigh: 1, source },
      ...(source === "purchase" && { upstreamPileId, upstreamRecordId: "c3".repeat(16), upstreamLine: line }),
      ...(source === "purchase" && { leftAt: new Date(`${day}T01:00:00Z`) }),
    })
    const bought = async () => {
      const rows = await ctx.db.select().from(pilePurchases).where(eq(pilePurchases.upstreamPileId, upstreamPileId))
      return rows.map(({ line, leftAt }) => `${leftAt.toISOString().slice(0, 10)} ${line}`).sort()
    }
    await ctx.db.insert(pileEvents).values(days.flatMap((day) => [rowOf(day, 1, "purchase"), rowOf(day, 2, "unknown")]))
    expect(await bought()).toEqual(days.map((day) => `${day} 1`).sort())
    // Those of the oldest day move out of the default partition.
    await ensure()
    expect(await bought()).toEqual(days.map((day) => `${day} 1`).sort())
    await ctx.db.delete(pileEvents).where(and(eq(pileEvents.pileId, pileId), eq(pileEvents.day, days[0] ?? "")))
    expect(await bought()).toEqual([`${days[2]} 1`, `${days[1]} 1`].sort())
    await ctx.db.delete(pileEvents).where(eq(pileEvents.pileId, pileId))
    expect(await bought()).toEqual([])
  })

  test("a row of a day that no working clock can name stays, and is reported every time", async () => {
    await strayMessage("2093-04-05")
    for (let round = 0; round < 2; round += 1) {
      expect((await ensure()).told).toEqual([{ table: "outbox_default", day: "2093-04-05", rows: 1 }])
    }
  })
})
