// The market as it stands before the day begins: everybody enrolled, every wallet bound, every stall on its line.
import { join } from "node:path"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import type { Dice } from "./dice"
import type { Gateway } from "./gateway"
import { type HeadlessStall, openStall } from "./headless-stall"
import { type Losses, lossyBroker } from "./lossy-broker"
import { addMerchant, addOrganisations, addSite, bindWallet, publishCatalogue } from "./open-world"
import type { DayPlan } from "./plan-day"
import { inPool } from "./pool"
import type { Commodity } from "./price-list"
import { openWallet, type Platform, type Wallet } from "./wallet"

export type Market = {
  readonly bases: readonly HeadlessStall[]
  readonly wholesalers: readonly Trader[]
  readonly stalls: readonly Trader[]
  readonly consumers: readonly Wallet[]
  readonly losses: Losses
  close(): Promise<void>
}

/** Whose wallet buys what the stall sells. */
export type Trader = { readonly stall: HeadlessStall; readonly wallet: Wallet }

export type MarketOptions = {
  readonly gateway: Gateway
  readonly sandboxUrl: string
  readonly directory: string
  readonly catalogue: readonly Commodity[]
  readonly plan: DayPlan
  readonly dice: Dice
}

const AT_ONCE = 6
/** Of the messages between terminals and gateway. */
const LOSS_SHARE = 0.04

const wetMarkets = [
  { number: 901, name: "东桥菜市场", nameEn: "East Bridge wet market", regionCode: "110105" },
  { number: 902, name: "西坊菜市场", nameEn: "West Lane wet market", regionCode: "110102" },
] as const
const wholesaleMarket = {
  number: 900,
  name: "南郊批发市场",
  nameEn: "South Gate wholesale market",
  regionCode: "110106",
}

export async function openMarket(options: MarketOptions): Promise<Market> {
  const { gateway, directory, plan, catalogue } = options
  await addOrganisations(gateway, directory)
  await publishCatalogue(gateway, catalogue)
  const losses: Losses = { uploads: 0, acknowledgements: 0 }
  const opened: HeadlessStall[] = []

  async function enter(number: number, siteId: string, stallNumber: string, name: string): Promise<HeadlessStall> {
    const merchantId = await addMerchant(gateway, { number, siteId, stallNumber, name })
    const connect = lossyBroker(connectBroker, options.dice.fork(`line ${number}`), LOSS_SHARE, losses)
    const stall = await openStall({
      gateway,
      merchantId,
      directory: join(directory, "terminals", `${number}`),
      connect,
    })
    opened.push(stall)
    stall.goOnline()
    // From its first connection on, what is said to it waits for it.
    await stall.until("a first connection", stall.isOnline)
    return stall
  }

  const bases = await inPool(plan.bases, AT_ONCE, async ({ province }, index) => {
    const name = `${province.name}${province.county}基地`
    const nameEn = `${province.countyEn} base`
    const siteId = await addSite(gateway, {
      ...{ kind: "base", number: 800 + index, name, nameEn, regionCode: province.regionCode },
    })
    return enter(100 + index, siteId, `${index + 1}`, `${province.county}合作社`)
  })
  const wholesaleId = await addSite(gateway, { kind: "wholesale", ...wholesaleMarket })
  const wetMarketIds = await Promise.all(wetMarkets.map((site) => addSite(gateway, { kind: "market", ...site })))
  const wholesalers = await inPool(plan.wholesalers, AT_ONCE, async (_, index) => {
    const stallNumber = `批${index + 1}`
    return bindTrader(options, await enter(200 + index, wholesaleId, stallNumber, `${stallNumber}号批发`), index)
  })
  const stalls = await inPool(plan.stalls, AT_ONCE, async (_, index) => {
    const siteId = wetMarketIds[index % wetMarketIds.length] ?? ""
    const stallNumber = `${"AB"[index % 2]}-${Math.floor(index / 2) + 1}`
    return bindTrader(options, await enter(300 + index, siteId, stallNumber, `${stallNumber} 摊`), index)
  })
  const consumers = await inPool(Array.from({ length: plan.consumers }), AT_ONCE, (_, index) =>
    openWallet(gateway, options.sandboxUrl, `顾客 ${index + 1}`, platformOf(index)),
  )
  const close = async () => void (await Promise.all(opened.map((stall) => stall.close())))
  return { bases, wholesalers, stalls, consumers, losses, close }
}

async function bindTrader(options: MarketOptions, stall: HeadlessStall, index: number): Promise<Trader> {
  const { name } = stall.terminal.identity.stall
  const wallet = await openWallet(options.gateway, options.sandboxUrl, `${name}店主`, platformOf(index))
  await bindWallet(options.gateway, stall, wallet)
  return { stall, wallet }
}

function platformOf(index: number): Platform {
  return index % 2 === 0 ? "wechat-pay" : "alipay"
}
