// One market and one enrolled tablet for the terminal's figures; `slowDown` makes its processor a cheap tablet's.
import type { Page } from "playwright-core"
import {
  type KioskMarket,
  openKioskMarket,
  openStall,
  type Tablet,
  untilSent,
} from "../../tests/terminal-kiosk/browser/market"
import { putGoodsOnSale } from "../../tests/terminal-kiosk/browser/put-goods-on-sale"

const SLOWER = 6
const MARKET_NUMBER = 84
const GOODS = 40

export type BenchTablet = { readonly market: KioskMarket; readonly tablet: Tablet; readonly end: () => Promise<void> }

export async function openTablet(): Promise<BenchTablet> {
  const market = await openKioskMarket(MARKET_NUMBER)
  const tablet = await openStall(market, { hasTouch: true })
  await putGoodsOnSale(tablet.page, GOODS)
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

/** A finger's: a mouse would hover over what comes and goes beneath it, and a driver's click looks at the page first. */
export async function tap(page: Page, selector: string): Promise<void> {
  const target = page.locator(selector)
  await target.waitFor()
  const box = await target.boundingBox()
  if (box === null) throw new Error(`${selector} is not on the screen`)
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2)
}

export async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER })
}
