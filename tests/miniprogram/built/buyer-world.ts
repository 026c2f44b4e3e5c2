// A stall whose cabbage came over a wholesaler from two bases, both platforms, a chain, and the whole gateway over a
// socket: what a buyer's built pages meet.
import { alipayLoginFromConfig } from "@suyuan/api/adapters/alipay-login"
import { alipayMiniCodeFromConfig } from "@suyuan/api/adapters/alipay-mini-code"
import { wechatLoginFromConfig } from "@suyuan/api/adapters/wechat-login"
import { wechatMiniCodeFromConfig } from "@suyuan/api/adapters/wechat-mini-code"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { storePhoto } from "@suyuan/api/inspections/store-photo"
import { inspectionJobs } from "@suyuan/api/jobs/inspections"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { placeSite } from "@suyuan/api/participants/place-site"
import { drawShareCard } from "../../../api/src/http/pages/share-card"
import { openMarket } from "../../api/payments/market"
import { payees, platformsOf } from "../../api/payments/platforms"
import { testApp } from "../../support/app"
import { testChain } from "../../support/engines"
import { harvestBody, nextMoment, openTrade, secondsOf } from "../../support/goods"
import { testLedger } from "../../support/ledger"
import { payOnPlatform, type TestBuyer } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal } from "../../support/selling"
import { operator } from "../../support/stall"

export type BuyerWorld = Awaited<ReturnType<typeof openBuyerWorld>>

export async function openBuyerWorld(settings: Record<string, string>) {
  const market = await openMarket({
    // Minutes do not pass by themselves here, and every page asks from one address.
    settings: { REQUESTS_PER_MINUTE: "100000", ...settings },
  })
  const { ctx, clock } = market
  const openedMs = clock.nowMs()
  const trade = await openTrade(ctx)
  for (const [index, { siteId }] of [trade.stall, trade.wholesaler, trade.baseA, trade.baseB].entries()) {
    const place = { latitudeMicrodegrees: 39_900_000 + index * 400_000, longitudeMicrodegrees: 116_400_000 }
    await placeSite(ctx, operator, { siteId, ...place })
  }
  for (const platform of platformsOf) {
    await setPayee(ctx, operator, trade.stall.merchantId, { platform, ...payees[platform] })
  }
  const ledger = await testLedger(ctx, await testChain(), clock.advance)
  await ledger.enterTerminals()
  const logins = { "wechat-pay": wechatLoginFromConfig(ctx.config), alipay: alipayLoginFromConfig(ctx.config, clock) }
  const miniCodes = {
    "wechat-pay": wechatMiniCodeFromConfig(ctx.config, clock),
    alipay: alipayMiniCodeFromConfig(ctx.config, clock),
  }
  const app = testApp(ctx, { payments: market.deps, chain: ledger.chain, logins, miniCodes })
  market.serveWith((request, address) => app.fetch(request, address === undefined ? {} : { address }))
  market.sandbox.world.gateway.url = ctx.config.GATEWAY_PUBLIC_URL
  market.sandbox.world.buyers.add("赵大爷")

  let counter = 0
  async function codeOf(seller: SellingTerminal, grams: number) {
    nextMoment(clock)
    counter += 1
    return seller.code(counter, [gramsOf(1, grams)])
  }
  const upload = async (seller: SellingTerminal, code: Awaited<ReturnType<typeof codeOf>>) =>
    seller.deliver(await seller.envelope("sale", seller.saleBody(code)))
  /** The stall's own word of a sale arrives, and there is a record of it. */
  async function uploadOne(code: Awaited<ReturnType<typeof codeOf>>) {
    await upload(trade.stall, code)
    await market.work()
  }
  async function sell(seller: SellingTerminal, grams: number, buyer: TestBuyer) {
    const code = await codeOf(seller, grams)
    await upload(seller, code)
    await payOnPlatform(ctx, code, buyer)
  }

  /** A day's goods, on their whole way to the stall. */
  async function restock() {
    for (const base of [trade.baseA, trade.baseB]) {
      nextMoment(clock)
      const certificate = { weightGrams: 10_000, promiseBasis: "自行检测合格" }
      await base.deliver(
        await base.envelope("harvest", { ...harvestBody(ctx, ctx.random.uuid(), 10_000), certificate }),
      )
    }
    await sell(trade.baseA, 6000, trade.wholesalerWallet)
    await sell(trade.baseB, 4000, trade.wholesalerWallet)
    await sell(trade.wholesaler, 7000, trade.stallWallet)
  }
  await restock()
  nextMoment(clock)
  const at = secondsOf(ctx)
  const inspector = { ...operator, kind: "inspector" } as const
  const photo = await storePhoto(ctx, inspector, drawShareCard({ lines: [], levels: 0 } as never))
  await enterInspection(ctx, inspector, {
    ...{ id: ctx.random.uuid(), merchantId: trade.stall.merchantId, photo: photo.hash },
    body: {
      ...{ commodity: cabbage, lot: undefined, sampleNumber: "1", sampledAtSeconds: at, testedAtSeconds: at },
      ...{ method: "胶体金", standard: "GB/T 5009.199", limitPermille: 500, inhibitionPermille: 120 },
      ...{ conclusion: "passed", instrument: "快检仪", testerRole: "market inspector" },
    },
  })

  return {
    ...{ market, ctx, trade, ledger, restock },
    url: ctx.config.GATEWAY_PUBLIC_URL,
    /** How far the market's clock was moved on: near midnight it may be another day there than here. */
    aheadMs: () => clock.nowMs() - openedMs,
    newCode: (grams = 500) => codeOf(trade.stall, grams),
    uploadOne,
    /** The stall's terminal takes its code back. */
    async cancel(code: Awaited<ReturnType<typeof codeOf>>) {
      await upload(trade.stall, code)
      await trade.stall.deliver(await trade.stall.envelope("cancel", { counter: code.body.counter }))
    },
    /** The stall's own word arrives, and everything is anchored. */
    async uploadAndAnchor(code: Awaited<ReturnType<typeof codeOf>>) {
      await uploadOne(code)
      for (const job of inspectionJobs) await job.run(ctx)
      await ledger.anchorAll()
    },
    async end() {
      ledger.close()
      await market.end()
    },
  }
}
