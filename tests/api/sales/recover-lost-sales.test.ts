import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { recoverLostSales } from "@suyuan/api/sales/recover-lost-sales"
import { changeTerminalState } from "@suyuan/api/terminals/change-terminal-state"
import { sales } from "@suyuan/drizzle/schema/sales"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { lostSalesMessage } from "@suyuan/protocol/terminal/enrolment"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer, openedSale, payOnPlatform } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { enrolTerminal, newTablet, operator, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

type Enrolled = Awaited<ReturnType<typeof enrolTerminal>>

function ask({ terminalId, tablet }: Enrolled, signer = tablet, issuedAtMs = gateway.clock.nowMs()) {
  const signature = signer.sign(lostSalesMessage(gateway.ctx.config.NETWORK_ID, terminalId, issuedAtMs))
  return recoverLostSales(gateway.ctx, { terminalId, issuedAtMs, signature })
}

const revoke = ({ terminalId }: { readonly terminalId: number }) =>
  changeTerminalState(gateway.ctx, operator, terminalId, "revoke", "the tablet's memory is gone")

/** A later terminal of the same stall. */
async function enrolAnew(lost: SellingTerminal): Promise<Enrolled> {
  gateway.clock.advance(1000)
  return enrolTerminal(gateway.ctx, lost.merchantId)
}

const outflows = (merchantId: string) =>
  gateway.ctx.db.select().from(pileEvents).where(eq(pileEvents.merchantId, merchantId))

test("[EN-14] what was scanned and paid is rebuilt from its code; what is left is listed; twice is once", async () => {
  const lost = await sellingTerminal(gateway.ctx)
  await lost.deliver(await lost.envelope("snapshot", lost.snapshotBody()))
  const buyer = await newBuyer(gateway.ctx)
  const sold = await lost.code(1, [gramsOf(1, 1000)])
  const uploaded = await lost.code(2, [gramsOf(1, 500)])
  const long = await lost.code(
    4,
    Array.from({ length: 9 }, () => gramsOf(1, 100)),
  )
  const waiting = await lost.code(7, [gramsOf(2, 2000)])
  await payOnPlatform(gateway.ctx, sold, buyer)
  await lost.deliver(await lost.envelope("sale", lost.saleBody(uploaded, "cash")))
  await payOnPlatform(gateway.ctx, long, buyer)
  await openedSale(gateway.ctx, waiting)
  const before = (await outflows(lost.merchantId)).length
  const next = await enrolAnew(lost)
  expect(await ask(next)).toEqual([])
  await revoke(lost)
  gateway.clock.advance(1)

  const [found] = await ask(next)
  expect(found).toMatchObject({
    terminalId: lost.terminalId,
    gaps: [
      { from: 3, to: 3 },
      { from: 5, to: 6 },
    ],
  })
  expect(found?.sales.map(({ counter, outcome, amountFen }) => [counter, outcome, amountFen])).toEqual([
    [1, "rebuilt", 400],
    [4, "lines-unknown", 360],
    [7, "not-paid", 800],
  ])
  expect(found?.sales[0]?.lines).toMatchObject([{ commodity: cabbage, unitPriceFen: 400 }])
  expect((await outflows(lost.merchantId)).length).toBe(before + 1)
  const rows = await gateway.ctx.db.select().from(sales).where(eq(sales.terminalId, lost.terminalId))
  const flags = new Map(rows.map((row) => [row.counter, row.recordId === null ? undefined : row.flags]))
  expect([...flags].sort(([one], [other]) => one - other)).toEqual([
    [1, 4],
    [2, 0],
    [4, 6],
    [7, undefined],
  ])

  gateway.clock.advance(1)
  expect(await ask(next)).toEqual([found!])
  expect((await outflows(lost.merchantId)).length).toBe(before + 1)
})

test("[EN-14] tells nobody but a later terminal of the same stall, by its own signature and never twice by the same", async () => {
  const lost = await sellingTerminal(gateway.ctx)
  await openedSale(gateway.ctx, await lost.code(1, [gramsOf(1, 1000)]))
  const next = await enrolAnew(lost)
  const stranger = await sellingTerminal(gateway.ctx)
  const other = await enrolAnew(stranger)
  await revoke(lost)
  expect(await ask(other)).toEqual([])
  expect(await refusalOf(ask(next, newTablet()))).toBe("terminal/bad-signature")
  expect(await ask(next)).toHaveLength(1)
  expect(await refusalOf(ask(next))).toBe("terminal/request-repeated")
  expect(await refusalOf(ask(next, next.tablet, gateway.clock.nowMs() + 600_001))).toBe("terminal/clock-off")
  await revoke(next)
  expect(await refusalOf(ask(next, next.tablet, gateway.clock.nowMs() + 1))).toBe("terminal/revoked")
})
