// A wet market as a city has two hundred of: its stalls on their lines, with goods in their slots, and the phones of those
// who buy there. All of it through the gateway's own HTTP API and broker; nothing is laid into its tables.
import { join } from "node:path"
import type { Transport } from "@suyuan/client/transport"
import type { ConnectBroker } from "@suyuan/terminal-kiosk/link/broker-link"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import { writeSnapshot } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { type Gateway, openGateway } from "../../scripts/demo/gateway"
import { type HeadlessStall, openStall } from "../../scripts/demo/headless-stall"
import { addMerchant, addOrganisations, addSite, publishCatalogue } from "../../scripts/demo/open-world"
import { inPool } from "../../scripts/demo/pool"
import { openWallet, type Wallet } from "../../scripts/demo/wallet"
import type { Installation } from "../installation"

const AT_ONCE = 6
const SITE_NUMBER = 901
const FIRST_STALL_NUMBER = 1_000

export const GOODS = [
  { code: 1036, nameZh: "大白菜", nameEn: "Napa cabbage", shelfLifeHours: 96 },
  { code: 1037, nameZh: "菠菜", nameEn: "Spinach", shelfLifeHours: 48 },
  { code: 1038, nameZh: "土豆", nameEn: "Potato", shelfLifeHours: 480 },
] as const

/** What went over each line, counted at its far end. */
export type Traffic = { requests: number; uploads: number; messagesDown: number }

export type CityMarket = {
  readonly gateway: Gateway
  readonly stalls: readonly HeadlessStall[]
  readonly wallets: readonly Wallet[]
  readonly traffic: Traffic
  close(): Promise<void>
}

export type CityMarketOptions = { readonly stalls: number; readonly wallets: number }

export async function openCityMarket(line: Installation, options: CityMarketOptions): Promise<CityMarket> {
  const traffic: Traffic = { requests: 0, uploads: 0, messagesDown: 0 }
  const direct = openGateway(line.gatewayUrl, line.operatorToken)
  const gateway = openGateway(line.gatewayUrl, line.operatorToken, counted(direct.transport, traffic))
  await addOrganisations(gateway, line.directory)
  await publishCatalogue(gateway, GOODS)
  const siteId = await addSite(gateway, {
    ...{
      kind: "market",
      number: SITE_NUMBER,
      name: "东桥菜市场",
      nameEn: "East Bridge wet market",
      regionCode: "110105",
    },
  })
  const numbers = Array.from({ length: options.stalls }, (_, index) => FIRST_STALL_NUMBER + index)
  const stalls = await inPool(numbers, AT_ONCE, async (number) => {
    const stallNumber = `A-${number}`
    const merchantId = await addMerchant(gateway, { number, siteId, stallNumber, name: `${stallNumber} 摊` })
    const directory = join(line.directory, "terminals", `${number}`)
    const stall = await openStall({ gateway, merchantId, directory, connect: heard(connectBroker, traffic) })
    stall.goOnline()
    await stall.until("a first connection", stall.isOnline)
    await writeSnapshot(
      stall.terminal,
      GOODS.map(({ code }, slot) => ({
        ...{ slot: slot + 1, commodity: code, lot: undefined, declaredOrigin: "河北" },
        ...{ packLowGrams: 0, packHighGrams: 0, pile: "merged" as const },
      })),
    )
    stall.wake()
    await stall.until("an empty outbox", () => isSent(stall))
    return stall
  })
  const people = Array.from({ length: options.wallets }, (_, index) => index)
  const wallets = await inPool(people, AT_ONCE, (index) =>
    openWallet(gateway, line.sandboxUrl, `顾客 ${index + 1}`, index % 2 === 0 ? "wechat-pay" : "alipay"),
  )
  const close = async () => void (await Promise.all(stalls.map((stall) => stall.close())))
  return { gateway, stalls, wallets, traffic, close }
}

export async function isSent({ terminal }: HeadlessStall): Promise<boolean> {
  return (await terminal.store.list("outbox")).length === 0
}

function counted(transport: Transport, traffic: Traffic): Transport {
  return (request) => {
    traffic.requests += 1
    return transport(request)
  }
}

function heard(connect: ConnectBroker, traffic: Traffic): ConnectBroker {
  return async (address, events) => {
    const link = await connect(address, {
      onMessage: (topic, text) => {
        traffic.messagesDown += 1
        return events.onMessage(topic, text)
      },
    })
    return {
      ...link,
      publish: (topic, payload) => {
        traffic.uploads += 1
        return link.publish(topic, payload)
      },
    }
  }
}
