// `npm run screenshots`: every screen of the terminal at the three sizes, as files to look at.
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { openKioskMarket } from "../tests/terminal-kiosk/browser/market"
import { walkScreens } from "../tests/terminal-kiosk/browser/screens"

const folder = resolve(process.argv[2] ?? ".cache/screenshots")
const viewports = [
  { width: 1024, height: 600 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]

const market = await openKioskMarket(83)
try {
  for (const viewport of viewports) {
    const size = `${viewport.width}x${viewport.height}`
    mkdirSync(join(folder, size), { recursive: true })
    let count = 0
    await walkScreens(market, viewport, async (name, page) => {
      count += 1
      const number = String(count).padStart(2, "0")
      await page.screenshot({ path: join(folder, size, `${number}-${name}.png`), animations: "disabled" })
    })
    process.stdout.write(`${size}: ${count} screens\n`)
  }
} finally {
  await market.end()
}
process.stdout.write(`They are in ${folder}\n`)
process.exit(0)
