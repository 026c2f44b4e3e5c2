import type { Page } from "playwright-core"
import { goTo } from "./market"

/**
 * As many goods on sale as a vegetable stall has: tiles beside those that were put on sale by hand, and one of them taken
 * off and put back by hand, so that what all of them mean is signed.
 */
export async function putGoodsOnSale(page: Page, count: number): Promise<void> {
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
