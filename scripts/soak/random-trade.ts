// One stall's day in a soak run: sales of every kind, one after the other, whatever fails meanwhile.
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import type { Dice } from "../demo/dice"
import { granted } from "../demo/gateway"
import type { Wallet } from "../demo/wallet"
import type { SoakMarket, SoakStall } from "./market"
import { buyerTold, giveBack, payAtWallet, payByPhone, payInCash, persistently, type SoakSale, sell } from "./trade"

export type TradeTally = {
  paid: number
  cash: number
  paidTwice: number
  cancelled: number
  refunds: number
  /** A buyer or seller who waited in vain: nobody's money is lost by it, but somebody was kept waiting for a minute. */
  keptWaiting: number
}

export function newTally(): TradeTally {
  return { paid: 0, cash: 0, paidTwice: 0, cancelled: 0, refunds: 0, keptWaiting: 0 }
}

/** What a run must have seen before its identities say anything. */
export function neverHappened(tally: TradeTally, faults: ReadonlyMap<string, number>): string[] {
  const happened = { payment: tally.paid, "cash sale": tally.cash, refund: tally.refunds, fault: faults.size }
  return Object.entries(happened).flatMap(([name, count]) => (count === 0 ? name : []))
}

export type Trading = {
  readonly market: SoakMarket
  readonly stall: SoakStall
  readonly wallets: readonly Wallet[]
  readonly dice: Dice
  readonly tally: TradeTally
  readonly signal: AbortSignal
  readonly onTrouble: (sentence: string) => void
}

export async function tradeAtRandom(trading: Trading): Promise<void> {
  while (!trading.signal.aborted) {
    try {
      await sellOnce(trading)
    } catch (error) {
      trading.tally.keptWaiting += 1
      trading.onTrouble((error as Error).message)
    }
  }
}

async function sellOnce(trading: Trading): Promise<void> {
  const { market, stall, dice, tally } = trading
  const sale = await sell(stall, dice.between(100, 5_000))
  const roll = dice.roll()
  if (roll < 0.25) {
    await payInCash(market, sale)
    tally.cash += 1
  } else if (roll < 0.35) {
    await leaveUnpaid(trading, sale)
    tally.cancelled += 1
  } else if (roll < 0.42) {
    const [one, other] = dice.several(trading.wallets, 2)
    await Promise.all([one, other].map((wallet) => wallet && payAtWallet(market, wallet, sale)))
    await buyerTold(market, sale)
    tally.paidTwice += 1
  } else {
    await payByPhone(market, dice.pick(trading.wallets), sale)
    tally.paid += 1
    if (!dice.isLucky(0.15)) return
    await giveBack(market, sale, dice.between(1, sale.amountFen))
    tally.refunds += 1
  }
}

/** The sheet is open, perhaps; then the buyer goes, and the seller cancels. */
async function leaveUnpaid({ market, wallets, dice }: Trading, sale: SoakSale): Promise<void> {
  if (dice.isLucky(0.5)) {
    const { token, platform } = dice.pick(wallets)
    const asked = { path: { digits: sale.digits }, body: { platform } }
    await persistently("a sheet to leave", async () =>
      granted("opening", await market.gateway.as(token).post("/p/{digits}/pay", asked)),
    )
  }
  const cancelled = await cancelSale(sale.stall.terminal, sale.counter)
  // With the fault notification-first the platform takes the money while the sheet opens.
  if (!cancelled.ok && cancelled.error === "sale/paid-already") return market.expectSale(sale)
  if (!cancelled.ok) throw new Error(`a sale was not cancelled: ${cancelled.error}`)
  sale.stall.wake()
}
