// One trading day for recalls: a base's lot goes over a wholesaler to a stall and to consumers.
import type { TestGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { newBuyer, payOnPlatform, type TestBuyer } from "../../support/paying"
import { gramsOf, type SellingTerminal } from "../../support/selling"

let counter = 0

/** A sale that is paid on the platform and uploaded. */
export async function sell({ ctx, clock }: TestGateway, seller: SellingTerminal, grams: number, buyer: TestBuyer) {
  nextMoment(clock)
  counter += 1
  const code = await seller.code(counter, [gramsOf(1, grams)])
  await seller.deliver(await seller.envelope("sale", seller.saleBody(code)))
  const sale = await payOnPlatform(ctx, code, buyer)
  if (!sale.recordId) throw new Error("the sale has no record")
  return { ...sale, recordId: sale.recordId }
}

async function harvest({ ctx, clock }: TestGateway, base: SellingTerminal, grams: number): Promise<string> {
  nextMoment(clock)
  const lot = ctx.random.uuid()
  await base.deliver(await base.envelope("harvest", harvestBody(ctx, lot, grams)))
  return lot
}

export type Day = {
  readonly trade: Trade
  readonly lot: string
  readonly otherLot: string
  readonly buyers: readonly TestBuyer[]
  readonly bags: readonly Awaited<ReturnType<typeof sell>>[]
  readonly bystander: TestBuyer
}

/** A bystander buys before the lot comes; three others after it. 3 kg of the stall's 8 kg stay. */
export async function playDay(gateway: TestGateway): Promise<Day> {
  const { ctx } = gateway
  const trade = await openTrade(ctx)
  const [bystander, ...buyers] = await Promise.all([1, 2, 3, 4].map(() => newBuyer(ctx)))
  if (!bystander) throw new Error("no buyer")
  const otherLot = await harvest(gateway, trade.baseB, 20_000)
  await sell(gateway, trade.baseB, 5000, trade.wholesalerWallet)
  await sell(gateway, trade.wholesaler, 4000, trade.stallWallet)
  await sell(gateway, trade.stall, 1000, bystander)
  const lot = await harvest(gateway, trade.baseA, 10_000)
  await sell(gateway, trade.baseA, 6000, trade.wholesalerWallet)
  await sell(gateway, trade.wholesaler, 5000, trade.stallWallet)
  const bags = []
  for (const buyer of buyers) bags.push(await sell(gateway, trade.stall, 1500, buyer))
  return { trade, lot, otherLot, buyers, bags, bystander }
}
