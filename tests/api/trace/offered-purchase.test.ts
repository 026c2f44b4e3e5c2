import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { type AppliedSale, applySales } from "@suyuan/api/trace/apply-sales"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { enrolTerminal, makeStall } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway

beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway.close())

test("goods that a bound wallet bought are offered to its stall's terminals, once", async () => {
  const { ctx } = gateway
  const [seller, buyer] = [await makeStall(ctx, "wholesale"), await makeStall(ctx)]
  const { terminalId } = await enrolTerminal(ctx, buyer.merchantId)
  const [commodity, saleRecordId] = [1001, "50aa".repeat(8)]
  const pileId = pileIdOf(seller.merchantId, commodity, null)
  const sale: AppliedSale = {
    recordId: saleRecordId,
    siteId: seller.siteId,
    merchantId: seller.merchantId,
    buyerMerchantId: buyer.merchantId,
    buyerSiteId: buyer.siteId,
    effectiveAt: new Date(ctx.clock.nowMs()),
    lines: [{ line: 0, commodity, lotId: null, pileId, gramsLow: 5000, gramsHigh: 5000 }],
  }
  for (let times = 0; times < 2; times++) await ctx.db.transaction((tx) => applySales(ctx, tx, [sale]))
  const told = await ctx.db
    .select()
    .from(outbox)
    .where(eq(outbox.recipient, terminalToHex(terminalId)))
  expect(told.map(({ topic, payload }) => parseDownMessage(topic, JSON.stringify(payload)))).toEqual([
    {
      topic: "notice",
      message: { v: 1, kind: "purchase-offered", saleRecordId, lineIndex: 0, commodity, grams: 5000 },
    },
  ])
})

test("a consumer's purchase is nobody's stock", async () => {
  const { ctx } = gateway
  const seller = await makeStall(ctx)
  const before = await ctx.db.select().from(outbox)
  const pileId = pileIdOf(seller.merchantId, 1001, null)
  await ctx.db.transaction((tx) =>
    applySales(ctx, tx, [
      {
        ...{ recordId: "50bb".repeat(8), siteId: seller.siteId, merchantId: seller.merchantId },
        ...{ buyerMerchantId: null, buyerSiteId: null, effectiveAt: new Date(ctx.clock.nowMs()) },
        lines: [{ line: 0, commodity: 1001, lotId: null, pileId, gramsLow: 500, gramsHigh: 500 }],
      },
    ]),
  )
  expect(await ctx.db.select().from(outbox)).toHaveLength(before.length)
})
