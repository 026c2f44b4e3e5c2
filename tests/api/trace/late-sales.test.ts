// A record that comes late is an everyday thing: a second terminal was offline. What it cannot have changed stays known.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { utcDay } from "@suyuan/api/day"
import { noteEvents, type StoredEvent } from "@suyuan/api/trace/note-events"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import { readStartsOfNow, readWalkStarts } from "@suyuan/api/trace/pile-days"
import { walkPile } from "@suyuan/api/trace/walk-pile"
import { pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { type TestGateway, testGateway } from "../../support/context"
import { skipToAfternoon } from "../../support/trading"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
  skipToAfternoon(gateway)
})
afterAll(() => gateway?.close())

const [hourMs, dayMs] = [3_600_000, 86_400_000]
const nowMs = () => gateway.clock.nowMs()
const hex = (bytes: number) => Buffer.from(gateway.ctx.random.bytes(bytes)).toString("hex")

async function openPile(): Promise<string> {
  const [id, siteId] = [hex(16), gateway.ctx.random.uuid()]
  const place = { siteId, merchantId: siteId, commodity: 1, lotId: null, createdAt: new Date(nowMs()) }
  await gateway.ctx.db.insert(piles).values({ id, ...place, alias: hex(8) })
  return id
}

async function store(pileId: string, agoMs: number, source: "outflow" | "unknown" | "lot" | "count", grams: number) {
  const effectiveAt = new Date(nowMs() - agoMs)
  const direction = { outflow: 1, unknown: 0, lot: 0, count: 2 }[source]
  const row = { pileId, effectiveAt, direction, source, gramsLow: grams, gramsHigh: grams } satisfies StoredEvent
  const lotId = source === "lot" ? gateway.ctx.random.uuid() : null
  await gateway.ctx.db.transaction(async (tx) => {
    await noteEvents(tx, [row])
    const place = { siteId: gateway.ctx.random.uuid(), merchantId: gateway.ctx.random.uuid(), commodity: 1 }
    await tx
      .insert(pileEvents)
      .values({ ...row, ...place, day: utcDay(effectiveAt), recordId: hex(16), line: 0, lotId })
  })
  return lotId
}

/** Two days of trade, each remembered in its evening. */
async function twoDays(goods: number) {
  const pileId = await openPile()
  const lot = await store(pileId, 2 * dayMs, "lot", goods)
  await walkPile(gateway.ctx, pileId)
  await store(pileId, 4 * hourMs, "outflow", 1000)
  await walkPile(gateway.ctx, pileId)
  return { pileId, lot }
}

const asked = (pileId: string) => [{ pileId, before: new Date(nowMs()) }]

/** The day at which a walk begins that asks what is there now. */
async function startOfNow(pileId: string) {
  const { starts } = await readStartsOfNow(gateway.ctx.db, asked(pileId))
  const atMs = starts.get(pileId)?.atMs
  return atMs === undefined ? undefined : utcDay(new Date(atMs))
}

test("a sale that comes late leaves what was there the days before", async () => {
  const { pileId, lot } = await twoDays(5000)
  await store(pileId, 5 * hourMs, "outflow", 700)
  expect(await startOfNow(pileId)).toBe(utcDay(new Date(nowMs() - 2 * dayMs)))
  const { contents } = await readPileContents(gateway.ctx, [pileId])
  expect(contents[0]?.live).toEqual([{ sourceId: lot ?? "", mustGrams: 3300, mayGrams: 3300 }])
  expect(await startOfNow(pileId)).toBe(utcDay(new Date(nowMs())))
})

test("whose ranges of then are looked at again, since it may have been beyond the book", async () => {
  const { pileId } = await twoDays(5000)
  const before = [{ pileId, before: new Date(nowMs() - dayMs) }]
  expect((await readWalkStarts(gateway.ctx.db, before)).has(pileId)).toBe(true)
  await store(pileId, 5 * hourMs, "outflow", 700)
  expect((await readWalkStarts(gateway.ctx.db, before)).has(pileId)).toBe(false)
})

test("a late sale of more than was there leaves nothing of it there now", async () => {
  const { pileId } = await twoDays(1500)
  await store(pileId, 5 * hourMs, "outflow", 700)
  await store(pileId, hourMs, "unknown", 400)
  const { contents } = await readPileContents(gateway.ctx, [pileId])
  expect(contents[0]?.live).toEqual([{ sourceId: "unknown", mustGrams: 400, mayGrams: 400 }])
})

test("goods that come late, or a sale of before a stock-take, may change all that was there", async () => {
  const { pileId: late } = await twoDays(5000)
  await store(late, 5 * hourMs, "unknown", 700)
  expect(await startOfNow(late)).toBeUndefined()

  const { pileId: counted } = await twoDays(5000)
  await store(counted, 2 * hourMs, "count", 4000)
  await store(counted, 5 * hourMs, "outflow", 700)
  expect(await startOfNow(counted)).toBeUndefined()
})
