import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { parseAlipayBill } from "@suyuan/api/adapters/alipay-bill"
import { billFen } from "@suyuan/api/adapters/bill-text"
import { parseWechatPayBill } from "@suyuan/api/adapters/wechat-pay-bill"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { alipayBill } from "@suyuan/sandbox/bills/alipay-bill"
import { dayBooks, dayStartMs } from "@suyuan/sandbox/bills/day-books"
import { wechatBill } from "@suyuan/sandbox/bills/wechat-bill"
import { operator } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { payees, platformsOf } from "./platforms"

const chinaDay = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
const mchid = "1900000001"
let market: Market
let day: string
beforeAll(async () => {
  market = await openMarket()
  for (const platform of platformsOf) {
    const sale = await market.newSale()
    const payer = await market.newPayer(platform)
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    const wish = { id: market.ctx.random.uuid(), amountFen: 34, goods: "money-only", lines: [] } as const
    await requestRefund(market.ctx, market.deps, operator, { sale, ...wish })
    await market.refundsDone(sale, 1000)
  }
  day = chinaDay(market.clock.nowMs())
}, 60_000)
afterEach(() => market.sandbox.world.faults.clear())
afterAll(() => market.end())

const bill = (platform: (typeof platformsOf)[number]) =>
  market.deps.providers[platform].dailyBill({ day, payee: payees[platform] })

for (const platform of platformsOf) {
  describe(platform, () => {
    test("[PY-18] a bill that is not made yet is said so", async () => {
      market.clock.advance((dayStartMs(day) ?? 0) + 32 * 3_600_000 - market.clock.nowMs())
      const answer = await bill(platform)
      const state = platform === "alipay" ? "absent" : "not-ready"
      expect(answer).toEqual({ kind: "succeeded", value: { state } })
    })

    test("[PY-18] reads a day's payments, refunds and fees; a lost call or file is unknown and asked again", async () => {
      market.clock.advance((dayStartMs(day) ?? 0) + 34 * 3_600_000 - market.clock.nowMs())
      for (const kind of ["lost-request", "lost-response"] as const) {
        for (const operation of ["bill", "bill-file"] as const) {
          // The runtime itself asks again for a GET whose connection broke.
          market.breakThings({ kind, operation, times: 9 })
          expect(await bill(platform)).toMatchObject({ kind: "unknown", cause: "connection" })
          market.sandbox.world.faults.clear()
        }
      }
      market.breakThings({ kind: "signature-probe", operation: "bill" })
      expect(await bill(platform)).toMatchObject({ kind: "unknown", cause: "unverified" })
      market.sandbox.world.faults.clear()
      const answer = await bill(platform)
      const payeeAccount = payees[platform].account
      expect(answer).toMatchObject({
        kind: "succeeded",
        value: {
          state: "ready",
          lines: [
            { about: "payment", payeeAccount, amountFen: saleFen, feeFen: 7 },
            { about: "refund", payeeAccount, amountFen: 34, feeFen: 0, state: "succeeded" },
          ],
        },
      })
    })
  })
}

test("[PY-18] WeChat Pay's file: refuses another merchant's, a torn one, and sums that do not agree", () => {
  const text = wechatBill(dayBooks(market.sandbox.world, "wechat-pay", dayStartMs(day) ?? 0))
  const parse = (file: string, owner = mchid) => parseWechatPayBill(new TextEncoder().encode(file), owner)
  expect(parse(text)).toHaveLength(2)
  expect(parse(text, "1900000002")).toBeUndefined()
  expect(parse(text.replace("`12.34", "`12.35"))).toBeDefined()
  expect(parse(text.replaceAll("`0.60%,`12.34", "`0.60%,`12.35"))).toBeUndefined()
  const rows = text.split("\r\n")
  expect(parse([rows[0], ...rows.slice(2)].join("\r\n"))).toBeUndefined()
  expect(parse(rows.slice(0, 3).join("\r\n"))).toBeUndefined()
  expect(parse(text.replace("申请退款金额", "退款"))).toBeUndefined()
  expect(parseWechatPayBill(new Uint8Array([0xff, 0xfe]), mchid)).toBeUndefined()
})

test("[PY-18] Alipay's file: refuses another seller's, a broken archive, and a list without its end", () => {
  const seller = payees.alipay.account
  const books = dayBooks(market.sandbox.world, "alipay", dayStartMs(day) ?? 0, seller)
  const file = alipayBill(day, seller, books)
  expect(parseAlipayBill(file, seller)).toHaveLength(2)
  expect(parseAlipayBill(file, "2088000000000009")).toBeUndefined()
  expect(parseAlipayBill(file.slice(0, -30), seller)).toBeUndefined()
  expect(parseAlipayBill(new TextEncoder().encode("没有账单"), seller)).toBeUndefined()
})

test("[PY-18] amounts of bills are whole fen", () => {
  expect(["12.34", "-0.07", "0.07000", "0", "-0.00"].map(billFen)).toEqual([1234, -7, 7, 0, 0])
  expect(["0.071", "0.07001", "1,000.00", "", " 1.00", "1e3"].map(billFen)).toEqual(Array(6).fill(undefined))
})
