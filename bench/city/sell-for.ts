// Sales that begin when they are due, whether or not those before them have ended: at the stall, on a phone, in a wallet,
// and back at the phone that is told. Every second one is scanned by somebody else first, who only looks.
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { granted } from "../../scripts/demo/gateway"
import { payAt } from "../../scripts/demo/wallet"
import { type CityMarket, GOODS } from "./open-market"

export type Rate = { readonly perSecond: number; readonly seconds: number; readonly first: number }

/** Milliseconds from the code on the stall's screen to the word "paid" on the buyer's, one a sale. */
export async function sellFor(market: CityMarket, { perSecond, seconds, first }: Rate): Promise<number[]> {
  const beganAtMs = performance.now()
  const sales: Promise<number>[] = []
  for (let index = 0; index < perSecond * seconds; index += 1) {
    await Bun.sleep(Math.max(0, beganAtMs + (index * 1000) / perSecond - performance.now()))
    const sale = sellOne(market, first + index)
    sale.catch(() => {}) // It is thrown when all have ended.
    sales.push(sale)
  }
  return Promise.all(sales)
}

async function sellOne({ gateway, stalls, wallets }: CityMarket, index: number): Promise<number> {
  const stall = stalls[index % stalls.length]
  const wallet = wallets[index % wallets.length]
  if (stall === undefined || wallet === undefined) throw new Error("a market of nobody")
  const lines = GOODS.map((_, slot) => ({
    ...{ slot: slot + 1, unitPriceFen: 400 + 100 * slot },
    quantity: { unit: "gram", count: 500 + ((index * 37 + slot * 210) % 900) } as const,
  }))
  const closed = await closeSale(stall.terminal, { id: stall.terminal.newId(), lines, askedFen: undefined })
  if (!closed.ok) throw new Error(`a basket did not become a sale: ${closed.error}`)
  const { url } = closed.value
  const shownAtMs = performance.now()
  stall.wake()
  if (index % 2 === 0) {
    const digits = url.split("/p/")[1] ?? ""
    granted("a look at a sale", await gateway.anyone.get("/p/{digits}", { path: { digits } }))
  }
  await payAt(gateway, wallet, url)
  return performance.now() - shownAtMs
}
