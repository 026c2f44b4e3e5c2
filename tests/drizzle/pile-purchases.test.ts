// What was bought of a pile (`pile_purchases`) is what its events say, however they came to be so.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pileEvents, pilePurchases } from "@suyuan/drizzle/schema/trace"
import { eq } from "drizzle-orm"
import postgres from "postgres"
import { type TestGateway, testGateway } from "../support/context"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const dayMs = 86_400_000
const [pileId, upstreamPileId, otherPileId] = ["d1".repeat(16), "d2".repeat(16), "d3".repeat(16)]
const earlierPileId = "d5".repeat(16)

function purchase(line: number, daysAgo = 0) {
  const leftAt = new Date(gateway.clock.nowMs() - daysAgo * dayMs)
  return {
    ...{ siteId: gateway.ctx.random.uuid(), merchantId: gateway.ctx.random.uuid(), commodity: 1, direction: 0 },
    ...{ pileId, day: leftAt.toISOString().slice(0, 10), effectiveAt: leftAt, recordId: "d4".repeat(16), line },
    ...{ gramsLow: 1, gramsHigh: 1, source: "purchase" as const, upstreamPileId, upstreamRecordId: "d4".repeat(16) },
    ...{ upstreamLine: line, leftAt },
  }
}

async function boughtOf(upstream: string): Promise<string[]> {
  const rows = await gateway.ctx.db.select().from(pilePurchases).where(eq(pilePurchases.upstreamPileId, upstream))
  return rows.map(({ line, leftAt }) => `${line} ${leftAt.toISOString()}`).sort()
}

test("it follows a row of the events that is changed, or moves to another day, or is a purchase no longer", async () => {
  const { db } = gateway.ctx
  const [one, two, three] = [purchase(1), purchase(2), purchase(3)]
  await db.insert(pileEvents).values([one, two, three])
  const earlier = new Date(one.leftAt.getTime() - 60_000)
  const { day, effectiveAt } = purchase(2, 1)
  await db.update(pileEvents).set({ upstreamPileId: otherPileId, leftAt: earlier }).where(eq(pileEvents.line, 1))
  await db.update(pileEvents).set({ day, effectiveAt, leftAt: effectiveAt }).where(eq(pileEvents.line, 2))
  await db.update(pileEvents).set({ source: "unknown", leftAt: null }).where(eq(pileEvents.line, 3))
  expect(await boughtOf(otherPileId)).toEqual([`1 ${earlier.toISOString()}`])
  expect(await boughtOf(upstreamPileId)).toEqual([`2 ${effectiveAt.toISOString()}`])
  await db.update(pileEvents).set({ source: "purchase", leftAt: three.leftAt }).where(eq(pileEvents.line, 3))
  expect(await boughtOf(upstreamPileId)).toHaveLength(2)
  await db.delete(pileEvents).where(eq(pileEvents.pileId, pileId))
  expect([...(await boughtOf(upstreamPileId)), ...(await boughtOf(otherPileId))]).toEqual([])
})

test("it is made beside whoever reads goods and then writes some: neither waits for the other in a ring, and none is missed", async () => {
  const { sql, db, config } = gateway.ctx
  await db.insert(pileEvents).values({ ...purchase(11, 2), upstreamPileId: earlierPileId })
  // As it was before.
  await sql.unsafe(`DROP TABLE pile_purchases; DROP FUNCTION note_pile_purchase CASCADE;
    CREATE INDEX pile_events_bought_from ON pile_events (upstream_pile_id, left_at) WHERE source = 'purchase'`)
  const texts = ["0047_pile_purchases", "0048_changed_purchases"].map((name) =>
    readFileSync(join(import.meta.dir, `../../drizzle/migrations/${name}.sql`), "utf8"),
  )
  const before = postgres(config.DATABASE_URL, { max: 1, onnotice: () => {} })
  const { effectiveAt, day, ...rest } = purchase(12)
  let made: Promise<unknown> | undefined
  await before.begin(async (tx) => {
    // Whoever waits looks for a ring at once.
    await tx`SET LOCAL deadlock_timeout = '20ms'`
    await tx`SELECT FROM pile_events LIMIT 1`
    made = sql
      .begin(async (making) => {
        for (const statement of texts.flatMap((text) => text.split("--> statement-breakpoint")))
          await making.unsafe(statement)
      })
      .catch((error: unknown) => error)
    const isWaiting = async () => {
      const [lock] = await gateway.ctx.sql`
        SELECT count(*)::int AS waiting FROM pg_locks WHERE relation::regclass::text LIKE 'pile_events%' AND NOT granted`
      return lock?.waiting > 0
    }
    while (!(await isWaiting()));
    await tx`
      INSERT INTO pile_events (pile_id, day, effective_at, direction, record_id, line, site_id, merchant_id, commodity,
        grams_low, grams_high, source, upstream_pile_id, upstream_record_id, upstream_line, left_at)
      VALUES (decode(${pileId}, 'hex'), ${day}, ${effectiveAt}, 0, decode(${rest.recordId}, 'hex'), 12, ${rest.siteId},
        ${rest.merchantId}, 1, 1, 1, 'purchase', decode(${earlierPileId}, 'hex'), decode(${rest.recordId}, 'hex'), 12,
        ${rest.leftAt})`
  })
  await before.end()
  expect(await made).not.toBeInstanceOf(Error)
  expect((await boughtOf(earlierPileId)).map((row) => row.slice(0, 2))).toEqual(["11", "12"])
})
