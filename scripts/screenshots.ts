// `npm run screenshots [folder] [terminal|buyer]`: every screen of the terminal and every page of the buyer at their three
// sizes, the buyer's by day, by night and in large text, as files to look at.
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Page } from "playwright-core"
import { openBuyerBrowser, phoneSizes } from "../tests/miniprogram/built/browser"
import { walkBuyerScreens } from "../tests/miniprogram/built/screens"
import { openKioskMarket } from "../tests/terminal-kiosk/browser/market"
import { walkScreens } from "../tests/terminal-kiosk/browser/screens"

const folder = resolve(process.argv[2] ?? ".cache/screenshots")
const viewports = [
  { width: 1024, height: 600 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]

const whose = process.argv[3]
if (whose !== "buyer") await photographTerminal()
if (whose !== "terminal") await photographBuyer()
process.stdout.write(`They are in ${folder}\n`)
process.exit(0)

async function photographTerminal(): Promise<void> {
  const market = await openKioskMarket(83)
  try {
    for (const viewport of viewports) {
      const album = openAlbum("terminal", viewport)
      await walkScreens(market, viewport, album.add)
      album.close()
    }
  } finally {
    await market.end()
  }
}

async function photographBuyer(): Promise<void> {
  const buyers = await openBuyerBrowser()
  try {
    for (const viewport of phoneSizes) {
      const [day, night] = [openAlbum("buyer", viewport), openAlbum("buyer-night", viewport)]
      const large = openAlbum("buyer-large", viewport)
      await walkBuyerScreens(buyers, viewport, async (name, page) => {
        const showAll = async () => {
          await page.setViewportSize(viewport)
          await page.setViewportSize({ ...viewport, height: Math.max(viewport.height, await heightOf(page)) })
        }
        await showAll()
        await day.add(name, page)
        await page.emulateMedia({ colorScheme: "dark" })
        await night.add(name, page)
        await page.emulateMedia({ colorScheme: "light" })
        const own = await page.evaluate(() => document.documentElement.dataset.text)
        await writeText(page, "large")
        await showAll()
        await large.add(name, page)
        await writeText(page, own)
        await page.setViewportSize(viewport)
      })
      for (const album of [day, night, large]) album.close()
    }
  } finally {
    await buyers.end()
  }
}

/** As the page's own switch does, without its keeping that. */
function writeText(page: Page, size: string | undefined): Promise<void> {
  return page.evaluate((given) => {
    const { dataset } = document.documentElement
    if (given === undefined) delete dataset.text
    else dataset.text = given
  }, size)
}

/** A phone scrolls, so its pages are taken whole; the router's page scrolls by itself, inside a document that never does. */
function heightOf(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(...[...document.querySelectorAll(".taro_page")].map((one) => one.scrollHeight)))
}

/** A folder of pictures in the order in which they were taken. */
function openAlbum(name: string, viewport: { readonly width: number; readonly height: number }) {
  const album = join(name, `${viewport.width}x${viewport.height}`)
  mkdirSync(join(folder, album), { recursive: true })
  let count = 0
  return {
    async add(screen: string, page: Page): Promise<void> {
      count += 1
      const path = join(folder, album, `${String(count).padStart(2, "0")}-${screen}.png`)
      await page.screenshot({ path, animations: "disabled" })
    },
    close: () => void process.stdout.write(`${album}: ${count} screens\n`),
  }
}
