import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { listPurchases } from "@suyuan/api/buyers/purchases"
import type { OutsideWallet } from "@suyuan/api/payments/open-payment"
import type { Platform } from "@suyuan/api/payments/payment-provider"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { readState } from "@suyuan/api/sales/read-state"
import { requireReader } from "@suyuan/api/trace/share-trace"
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { payerIn } from "@suyuan/sandbox/buyers/buyers"
import { eq } from "drizzle-orm"
import { operator, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"
import { payerOf, platformsOf } from "./platforms"

const clientIp = "203.0.113.9"
const methods = ["native", "h5"] as const
const collectors = ["service-provider", "direct"] as const

function outsideOf(platform: Platform, method: (typeof methods)[number]): OutsideWallet {
  return method === "native" ? { platform, method } : { platform, method, clientIp }
}

for (const collector of collectors) {
  describe(collector, () => {
    let market: Market
    beforeAll(async () => {
      market = await openMarket({ collector })
    }, 60_000)
    afterAll(() => market.end())

    const orderAt = (platform: Platform, outTradeNo: string) => {
      const order = market.sandbox.world.store.order(platform, outTradeNo)
      if (order === undefined) throw new Error("the platform has no such order")
      return order
    }

    const stateFor = (sale: TestSale, buyerId: string | undefined) =>
      readState(market.ctx, market.ctx.db, sale, sale.amountFen, buyerId)

    for (const platform of platformsOf) {
      for (const method of methods) {
        const outside = outsideOf(platform, method)
        const kind = method === "native" ? "native" : "redirect"
        const isAddress = platform === "alipay" && method === "h5"

        describe(`${platform}, ${method}`, () => {
          test("[PY-21] is paid by whoever comes to it: the record's payer is the wallet that the platform names", async () => {
            const sale = await market.newSale()
            const browser = await market.newBrowser()
            const opened = await market.openOutside(sale, browser, outside)
            expect(opened).toMatchObject({ attempt: "open", platform, bridge: { kind } })
            await market.upload(sale.code)
            await market.decideOn(opened, browser)
            await market.settled(sale)
            const [attempt] = await market.attempts(sale)
            const [wallet] = await market.ctx.db.select().from(buyers).where(eq(buyers.id, attempt!.walletBuyerId!))
            const identity =
              platform === "alipay" && collector === "direct"
                ? { appId: orderAt(platform, opened.outTradeNo).collector }
                : payerOf(market.ctx.config, platform, browser.person)
            expect(wallet).toMatchObject({ platform, ...identity, openId: payerIn(identity.appId, browser.person) })
            const pseudonym = market.ctx.keys.payerPseudonym(platform, wallet!.appId, wallet!.openId)
            const { recordId } = await market.saleRow(sale)
            const [record] = await market.ctx.db.select().from(records).where(eq(records.recordId, recordId!))
            const read = decodeRecord("sale", {
              public: record!.publicBytes,
              commercial: record!.commercialBytes!,
              personal: record!.personalBytes!,
            })
            if (!read.ok || read.value.kind !== "sale") throw new Error("no trade record")
            expect(read.value.personal).toMatchObject({ platform, payerPseudonym: pseudonym })
          })

          test("[PY-21] the browser's session and the wallet see it as theirs, and nobody else", async () => {
            const sale = await market.newSale()
            const browser = await market.newBrowser()
            await market.decideOn(await market.openOutside(sale, browser, outside), browser)
            await market.settled(sale)
            const [attempt] = await market.attempts(sale)
            const stranger = await market.newBrowser()
            for (const id of [browser.actor.id, attempt!.walletBuyerId!]) {
              expect(await stateFor(sale, id)).toMatchObject({ paidByMe: true, receiptDigits: expect.any(String) })
            }
            await market.upload(sale.code)
            const { recordId } = await market.saleRow(sale)
            for (const id of [browser.actor.id, attempt!.walletBuyerId!]) {
              expect(await stateFor(sale, id)).toMatchObject({ recordId: recordId! })
              const payer = { ...browser.actor, id }
              await requireReader(market.ctx, payer, recordId!)
              const purchases = await listPurchases(market.ctx, payer, { limit: 10 })
              expect(purchases.map((purchase) => purchase.recordId)).toContain(recordId!)
            }
            const refusal = requireReader(market.ctx, stranger.actor, recordId!)
            expect(await refusal.catch((error: unknown) => error)).toMatchObject({ code: "trace/unknown" })
            expect(await listPurchases(market.ctx, stranger.actor, { limit: 10 })).toEqual([])
            for (const id of [stranger.actor.id, undefined]) {
              expect(await stateFor(sale, id)).toMatchObject({ state: "paid", paidByMe: false, receiptDigits: null })
            }
          })

          test("[PY-21] a browser is one payer: again is the same attempt, and another browser has its own", async () => {
            const sale = await market.newSale()
            const [one, other] = [await market.newBrowser(), await market.newBrowser()]
            const first = await market.openOutside(sale, one, outside)
            expect(await market.openOutside(sale, one, outside)).toMatchObject({
              outTradeNo: first.outTradeNo,
              bridge: first.bridge!,
            })
            const second = await market.openOutside(sale, other, outside)
            expect(second.outTradeNo).not.toBe(first.outTradeNo)
            await market.decideOn(first, one)
            await market.settled(sale)
            await market.eventually(
              async () =>
                (await market.attempts(sale)).every(({ state }) => state === "succeeded" || state === "closed"),
              "the other attempt is over",
            )
            expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen })
          })

          test("[PY-6] two payers of one code: one settles, the other goes back by itself", async () => {
            const sale = await market.newSale()
            const [one, other] = [await market.newBrowser(), await market.newBrowser()]
            const [first, second] = [
              await market.openOutside(sale, one, outside),
              await market.openOutside(sale, other, outside),
            ]
            const results = await Promise.all([market.decideOn(first, one), market.decideOn(second, other)])
            expect(results.map(({ result }) => result)).toEqual(["paid", "paid"])
            await market.refundsDone(sale)
            expect(await market.saleRow(sale)).toMatchObject({ paidFen: 2 * saleFen, refundedFen: saleFen })
            // The same code again: the platform itself takes its order's money once.
            expect(await market.decideOn(first, other)).toMatchObject({ result: "failed" })
            const { atPlatformsFen, inBooksFen } = await market.money()
            expect(atPlatformsFen).toBe(inBooksFen)
          })

          test("[PY-7] a payment that nobody tells of is found by query, with its payer", async () => {
            const sale = await market.newSale()
            const browser = await market.newBrowser()
            const opened = await market.openOutside(sale, browser, outside)
            market.breakThings({ kind: "no-notification", orderNo: opened.outTradeNo })
            await market.decideOn(opened, browser)
            await market.passUntil(async () => (await market.saleRow(sale)).state === "paid", "found", 2000)
            expect((await market.attempts(sale))[0]?.walletBuyerId).not.toBeNull()
          })

          const ofCalls = isAddress ? undefined : test
          ofCalls?.(
            "[PY-4] a create whose request or answer was lost is unknown, and sent again under its number",
            async () => {
              for (const lost of ["lost-request", "lost-response"] as const) {
                // Alipay's client tries once more by itself.
                market.breakThings({ kind: lost, operation: "create", times: platform === "alipay" ? 2 : 1 })
                const sale = await market.newSale()
                const browser = await market.newBrowser()
                const first = await market.openOutside(sale, browser, outside)
                expect(first).toMatchObject({ attempt: "unknown", bridge: undefined })
                const again = await market.openOutside(sale, browser, outside)
                expect(again).toMatchObject({ attempt: "open", outTradeNo: first.outTradeNo, bridge: { kind } })
                await market.decideOn(again, browser)
                await market.settled(sale)
                expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen })
              }
            },
          )

          test("[PY-8] what nobody comes to is over at expiry, and can be paid no more", async () => {
            const sale = await market.newSale()
            const browser = await market.newBrowser()
            const opened = await market.openOutside(sale, browser, outside)
            expect((await market.attempts(sale))[0]).toMatchObject({ clientIp: method === "h5" ? clientIp : null })
            await market.pass(310_000)
            await market.eventually(async () => (await market.saleRow(sale)).state === "closed", "closed")
            expect((await market.attempts(sale))[0]).toMatchObject({ state: "closed", clientIp: null })
            expect(await market.decideOn(opened, browser)).toMatchObject({ result: "failed" })
          })

          test("[PY-6] money for a sale that was cancelled meanwhile goes back", async () => {
            const sale = await market.newSale()
            const browser = await market.newBrowser()
            const opened = await market.openOutside(sale, browser, outside)
            market.breakThings({ kind: "payment-after-close", orderNo: opened.outTradeNo })
            await market.ctx.sql`UPDATE sales SET state = 'closed' WHERE counter = ${sale.counter}`
            await market.decideOn(opened, browser)
            const [refund] = await market.refundsDone(sale)
            expect(refund).toMatchObject({ reason: "after-close", amountFen: saleFen })
          })

          const beforeItIsATrade = platform === "alipay" ? test : undefined
          beforeItIsATrade?.(
            "[PY-21] a code that Alipay has no trade of yet is closed here; paid after all, it goes back",
            async () => {
              const sale = await market.newSale()
              const [late, wallet] = [await market.newBrowser(), await market.newPayer("wechat-pay")]
              const opened = await market.openOutside(sale, late, outside)
              await market.decideOn(await market.open(sale, wallet), wallet)
              await market.settled(sale)
              await market.eventually(async () => (await market.attempts(sale))[0]?.state === "closed", "closed")
              expect(await market.decideOn(opened, late)).toMatchObject({ result: "paid" })
              const [refund] = await market.refundsDone(sale)
              expect(refund).toMatchObject({ reason: "second-payment", outTradeNo: opened.outTradeNo })
              expect(await market.saleRow(sale)).toMatchObject({ paidBy: "wechat-pay", refundedFen: saleFen })
            },
          )

          test("[PY-12] goes back in parts and whole", async () => {
            const sale = await market.newSale()
            const browser = await market.newBrowser()
            await market.decideOn(await market.openOutside(sale, browser, outside), browser)
            await market.settled(sale)
            for (const amountFen of [34, saleFen - 34]) {
              const { terminalId, counter, day } = sale
              await requestRefund(market.ctx, market.deps, operator, {
                sale: { terminalId, counter, day },
                ...{ id: market.ctx.random.uuid(), amountFen, goods: "money-only", lines: [] },
              })
              await market.refundsDone(sale, 1000)
            }
            expect(await market.saleRow(sale)).toMatchObject({ refundedFen: saleFen })
          })
        })
      }
    }

    test("[PY-21] a code beside a wallet's own attempt: both may pay, one settles", async () => {
      const sale = await market.newSale()
      const wallet = await market.newPayer("wechat-pay")
      const browser = await market.newBrowser()
      const inWallet = await market.open(sale, wallet)
      const byCode = await market.openOutside(sale, browser, { platform: "alipay", method: "native" })
      await market.decideOn(byCode, browser)
      await market.settled(sale)
      await market.eventually(
        async () => (await market.attempts(sale)).some(({ state }) => state === "closed"),
        "the wallet's attempt is closed",
      )
      expect(await market.decideOn(inWallet, wallet)).toMatchObject({ result: "failed" })
    })

    test("[PY-21] payers of whom nothing is known cannot use up what wallets need", async () => {
      const sale = await market.newSale()
      const outside = { platform: "wechat-pay", method: "native" } as const
      for (let i = 0; i < 20; i++) await market.openOutside(sale, await market.newBrowser(), outside)
      const refused = market.openOutside(sale, await market.newBrowser(), outside)
      expect(await refusalOf(refused)).toBe("payment/too-many-attempts")
      expect(await market.open(sale, await market.newPayer("wechat-pay"))).toMatchObject({ attempt: "open" })
    })

    test("[PY-21] a browser's session is no wallet: it pays nothing inside one", async () => {
      const sale = await market.newSale()
      const browser = await market.newBrowser()
      const { terminalId, counter, day } = sale
      const inWallet = market.open({ terminalId, counter, day }, { ...browser, platform: "wechat-pay" })
      expect(await refusalOf(inWallet)).toBe("request/unauthenticated")
      expect(await market.attempts(sale)).toHaveLength(0)
    })

    test("[PY-21] leads a browser back to the page of its code", async () => {
      const sale = await market.newSale()
      for (const platform of platformsOf) {
        const browser = await market.newBrowser()
        const { bridge } = await market.openOutside(sale, browser, { platform, method: "h5", clientIp })
        if (bridge?.kind !== "redirect") throw new Error("an address is what a browser gets")
        const { searchParams } = new URL(bridge.url)
        const back = searchParams.get(platform === "alipay" ? "return_url" : "redirect_url")
        expect(back).toBe(`${market.ctx.config.GATEWAY_PUBLIC_URL}/p/${payCodeDigits(sale.code)}`)
      }
    })
  })
}
