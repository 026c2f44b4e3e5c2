import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import type { BillLine } from "@suyuan/api/payments/daily-bill"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { dayStartMs } from "@suyuan/sandbox/bills/day-books"
import { operator } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { payees, platformsOf } from "./platforms"

const chinaDay = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
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

/** Its lines, once it is there. */
async function bill(platform: (typeof platformsOf)[number]) {
  const answer = await market.deps.providers[platform].dailyBill({ day, payee: payees[platform] })
  if (answer.kind !== "succeeded" || answer.value.state !== "ready") return answer
  const lines: BillLine[] = []
  for await (const page of answer.value.bill.pages()) lines.push(...page)
  await answer.value.bill.close()
  return { kind: "ready", lines } as const
}

/** The next file comes out otherwise than the platform made it. */
function spoilFiles(spoil: (bytes: Uint8Array) => Uint8Array): () => void {
  const { billFiles } = market.sandbox.world
  const find = billFiles.find.bind(billFiles)
  billFiles.find = (...asked) => {
    const bytes = find(...asked)
    return bytes && spoil(bytes)
  }
  return () => {
    billFiles.find = find
  }
}

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
        kind: "ready",
        lines: [
          { about: "payment", payeeAccount, amountFen: saleFen, feeFen: 7 },
          { about: "refund", payeeAccount, amountFen: 34, feeFen: 0, state: "succeeded" },
        ],
      })
    })

    test("[PY-18] a file that was cut or changed on its way is unknown, and the next one is read", async () => {
      const cause = platform === "wechat-pay" ? "unverified" : "malformed"
      for (const spoil of [
        (bytes: Uint8Array) => bytes.slice(0, -9),
        (bytes: Uint8Array) => bytes.map((byte, place) => (place === 300 ? byte ^ 1 : byte)),
      ]) {
        const mend = spoilFiles(spoil)
        expect(await bill(platform)).toEqual({ kind: "unknown", cause })
        mend()
      }
      expect(await bill(platform)).toMatchObject({ kind: "ready" })
    })
  })
}
