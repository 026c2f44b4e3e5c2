import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test"
import { recordWithoutUpload } from "@suyuan/api/jobs/sales"
import { records } from "@suyuan/drizzle/schema/ledger"
import { sales } from "@suyuan/drizzle/schema/sales"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer, payOnPlatform } from "../../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
})
beforeEach(async () => {
  stall = await sellingTerminal(gateway.ctx)
})
afterAll(() => gateway?.close())

const hours = (count: number) => gateway.clock.advance(count * 3_600_000)
const bringSnapshot = async () => stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
const saleOf = async (counter: number) => {
  const [sale] = await gateway.ctx.db
    .select()
    .from(sales)
    .where(and(eq(sales.terminalId, stall.terminalId), eq(sales.counter, counter)))
  return sale
}
async function flagsOf(recordId: string | null | undefined) {
  const [record] = await gateway.ctx.db
    .select()
    .from(records)
    .where(eq(records.recordId, recordId ?? ""))
  const opened = record && decodeRecord("sale", { public: record.publicBytes })
  return opened?.ok && opened.value.kind === "sale" ? (opened.value.public.flags ?? 0) : undefined
}
const outflows = (recordId: string | null | undefined) =>
  gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(eq(pileEvents.recordId, recordId ?? ""))

test("a paid sale waits a day for its upload, then its code alone is recorded, flagged", async () => {
  await bringSnapshot()
  await payOnPlatform(gateway.ctx, await stall.code(1, [gramsOf(1, 500)]), await newBuyer(gateway.ctx))
  hours(23)
  expect(await recordWithoutUpload(gateway.ctx)).toBe(0)
  expect((await saleOf(1))?.recordId).toBeNull()
  hours(2)
  expect(await recordWithoutUpload(gateway.ctx)).toBe(1)
  const sale = await saleOf(1)
  expect(await flagsOf(sale?.recordId)).toBe(SALE_FLAGS.uploadMissing)
  expect((await outflows(sale?.recordId)).map(({ gramsHigh }) => gramsHigh)).toEqual([500])
  expect(await recordWithoutUpload(gateway.ctx)).toBe(0)
})

test("the upload that comes after all changes neither record nor pile", async () => {
  await bringSnapshot()
  const code = await stall.code(1, [gramsOf(1, 500)])
  await payOnPlatform(gateway.ctx, code, await newBuyer(gateway.ctx))
  hours(25)
  await recordWithoutUpload(gateway.ctx)
  const before = await saleOf(1)
  await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
  expect(await saleOf(1)).toEqual({ ...before, uploadedAt: new Date(gateway.clock.nowMs()) } as typeof before)
  expect(await outflows(before?.recordId)).toHaveLength(1)
})

test("an unpaid sale is never recorded, however old", async () => {
  await bringSnapshot()
  await stall.deliver(await stall.envelope("sale", stall.saleBody(await stall.code(1, [gramsOf(1, 500)]))))
  hours(100)
  expect(await recordWithoutUpload(gateway.ctx)).toBe(0)
})

test("lines of more than eight that nobody brought are unknown, and the record says so", async () => {
  await bringSnapshot()
  const nine = Array.from({ length: 9 }, () => gramsOf(1, 100))
  await payOnPlatform(gateway.ctx, await stall.code(1, nine), await newBuyer(gateway.ctx))
  hours(25)
  expect(await recordWithoutUpload(gateway.ctx)).toBe(1)
  const sale = await saleOf(1)
  expect(await flagsOf(sale?.recordId)).toBe(SALE_FLAGS.uploadMissing | SALE_FLAGS.linesUnknown)
  expect(await outflows(sale?.recordId)).toHaveLength(0)
})

for (const settlement of ["cash", "code-only"] as const) {
  test(`a sale settled by ${settlement} whose snapshot never came is recorded too, its lines not used`, async () => {
    const code = await stall.code(1, [gramsOf(1, 500)])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code, settlement)))
    expect((await saleOf(1))?.recordId).toBeNull()
    hours(25)
    expect(await recordWithoutUpload(gateway.ctx)).toBe(1)
    const sale = await saleOf(1)
    expect(await flagsOf(sale?.recordId)).toBe(SALE_FLAGS.linesUnknown)
    expect(await outflows(sale?.recordId)).toHaveLength(0)
  })
}
