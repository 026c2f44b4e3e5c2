import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readIncoming } from "@suyuan/api/stock/read-incoming"
import { incomingGoodsMessage } from "@suyuan/protocol/terminal/enrolment"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { enrolTerminal, newTablet, refusalOf } from "../../support/stall"
import { tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const { sell, enterOutside } = tradingAt(() => gateway)

/** By another terminal of the stall, whose key the test holds. */
async function ownTablet() {
  const { terminalId, tablet } = await enrolTerminal(gateway.ctx, trade.stall.merchantId)
  return async (signer = tablet, issuedAtMs = gateway.clock.nowMs()) => {
    const signature = signer.sign(incomingGoodsMessage(gateway.ctx.config.NETWORK_ID, terminalId, issuedAtMs))
    return readIncoming(gateway.ctx, { terminalId, issuedAtMs, signature })
  }
}

test("[UP-23] a stall reads from whom and from where its incoming goods are, and which certificates go with them", async () => {
  const { baseA, wholesaler, stall, stallWallet } = trade
  nextMoment(gateway.clock)
  const harvest = harvestBody(gateway.ctx, gateway.ctx.random.uuid(), 6000)
  const certificate = { weightGrams: 6000, promiseBasis: "自行检测合格" }
  await baseA.deliver(await baseA.envelope("harvest", { ...harvest, certificate }))
  const known = await sell(baseA, 5000, stallWallet)
  await enterOutside(wholesaler, 9000)
  const bare = await sell(wholesaler, 3000, stallWallet)
  nextMoment(gateway.clock)

  const ask = await ownTablet()
  const [last, before] = await ask()
  expect(last).toMatchObject({
    ...{ saleRecordId: bare.recordId, line: 0, certificates: [] },
    origin: { kind: "unknown" },
  })
  expect(before).toMatchObject({
    ...{ saleRecordId: known.recordId, line: 0 },
    origin: { kind: "all-from", unknownHighPercent: 0 },
    certificates: [{ origin: "河北张家口", mayGrams: 5000 }],
  })
  expect(before?.origin.places).toHaveLength(1)
  expect(before?.seller.name).toBe("甲摊")

  // What is answered waits no more.
  await stall.deliver(await stall.envelope("arrival", arrivalBody(gateway.ctx, bare.recordId, "refused")))
  nextMoment(gateway.clock)
  expect((await ask()).map(({ saleRecordId }) => saleRecordId)).toEqual([known.recordId])
})

test("[EN-11] refuses another key, another stall's word, and a request that was heard before", async () => {
  const ask = await ownTablet()
  expect(await refusalOf(ask(newTablet()))).toBe("terminal/bad-signature")
  nextMoment(gateway.clock)
  const nowMs = gateway.clock.nowMs()
  await ask(undefined, nowMs)
  expect(await refusalOf(ask(undefined, nowMs))).toBe("terminal/request-repeated")
  expect(await refusalOf(ask(undefined, nowMs + 3_600_000))).toBe("terminal/clock-off")
})
