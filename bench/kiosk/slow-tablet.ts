// One market and one enrolled tablet for the terminal's figures; `slowDown` makes its processor a cheap tablet's.
import type { Page } from "playwright-core"
import {
  type KioskMarket,
  openKioskMarket,
  openStall,
  type Tablet,
  untilSent,
} from "../../tests/terminal-kiosk/browser/market"

const SLOWER = 6
const MARKET_NUMBER = 84

export type BenchTablet = { readonly market: KioskMarket; readonly tablet: Tablet; readonly end: () => Promise<void> }

export async function openTablet(): Promise<BenchTablet> {
  const market = await openKioskMarket(MARKET_NUMBER)
  const tablet = await openStall(market)
  await untilSent(tablet.page)
  await tablet.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  return {
    ...{ market, tablet },
    end: async () => {
      await tablet.context.close()
      await market.end()
    },
  }
}

export async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER })
}
