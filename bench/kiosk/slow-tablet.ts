// One market and one enrolled tablet for the terminal's figures; `slowDown` makes its processor a cheap tablet's.
import type { Page } from "playwright-core"
import {
  goTo,
  type KioskMarket,
  openKioskMarket,
  openStall,
  type Tablet,
  untilSent,
} from "../../tests/terminal-kiosk/browser/market"

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

/**
 * As many goods on sale as a vegetable stall has: tiles beside those that were put on sale by hand, and one of them taken
 * off and put back by hand, so that what all of them mean is signed.
 */
async function putGoodsOnSale(page: Page, count: number): Promise<void> {
  await page.evaluate(
    (goods) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("suyuan-terminal")
        opening.onsuccess = () => {
          const store = opening.result.transaction("rows", "readwrite").objectStore("rows")
          const reading = store.get(["tiles", "00001"])
          const catalogue = store.get(["catalogue", "the"])
          catalogue.onsuccess = () => {
            const codes = (catalogue.result?.entries ?? []).map(([code]: [number]) => code)
            for (let slot = 4; slot <= goods; slot += 1) {
              const commodity = codes[(slot * 3) % codes.length] ?? reading.result.commodity
              store.put({ ...reading.result, slot, place: slot, commodity }, ["tiles", String(slot).padStart(5, "0")])
            }
          }
          store.transaction.onerror = () => reject(store.transaction.error)
          store.transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
      }),
    count,
  )
  await page.reload()
  await page.waitForSelector(`.tiles .tile >> nth=${count - 1}`)
  await goTo(page, "进货")
  const last = page.locator(".tile-row >> nth=-1").locator("button[aria-pressed]")
  for (const isOnSale of [false, true]) {
    await last.click()
    await page.waitForFunction(
      (wanted) => document.querySelector(".tile-row:last-child [aria-pressed]")?.ariaPressed === String(wanted),
      isOnSale,
    )
  }
  await goTo(page, "卖货")
  await page.waitForSelector(`.tiles .tile >> nth=${count - 1}`)
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
