import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { gatewayActor } from "@suyuan/api/actor"
import { openSale } from "@suyuan/api/sales/open-sale"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal

beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
})
afterAll(() => gateway.close())

test("a scan that crosses with the snapshot's upload leaves no line without a meaning", async () => {
  const { ctx } = gateway
  // Seen a moment ago: the next upload does not touch the terminal's row, and so does not wait for the scan.
  await stall.deliver(await stall.envelope("sale", stall.saleBody(await stall.code(1, [gramsOf(2, 100)]), "cash")))
  const code = await stall.code(2, [gramsOf(1, 1500)])
  const stored = Promise.withResolvers<void>()
  const leave = Promise.withResolvers<void>()
  const scan = ctx.db.transaction(async (tx) => {
    await openSale(ctx, tx, gatewayActor, code)
    stored.resolve()
    await leave.promise
  })
  await stored.promise
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  leave.resolve()
  await scan
  const isLine = and(eq(saleLines.terminalId, stall.terminalId), eq(saleLines.counter, 2))
  const lineOf = () => ctx.db.select().from(saleLines).where(isLine)
  expect((await lineOf())[0]?.commodity).toBeNull()

  await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "cash")))
  const [sale] = await ctx.db
    .select()
    .from(sales)
    .where(and(eq(sales.terminalId, stall.terminalId), eq(sales.counter, 2)))
  expect(sale?.recordId).not.toBeNull()
  expect((await lineOf())[0]).toMatchObject({ commodity: 101, gramsLow: 1500, gramsHigh: 1500 })
})
