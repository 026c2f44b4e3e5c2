// kiosk.coldStart: from opening the page to the first goods that can be tapped, out of the cache, without a network, on a
// processor slowed six times; the median.
//
// Floor: reading and compiling the scripts of kiosk.saleJsGzip, about 2 MB/s of source on such a processor.
import type { Figure } from "./figure"
import { openTablet, slowDown } from "./kiosk/slow-tablet"
import { percentile, rounded } from "./measure/percentile"

const STARTS = 7
const MS_PER_SECOND = 1000

export const kioskColdStart: Figure = {
  name: "kiosk.coldStart",
  required: { atMost: 2.5 },
  measure: async (run) => {
    const { market, tablet, end } = await openTablet()
    const { context } = tablet
    const startsMs: number[] = []
    try {
      await context.setOffline(true)
      await context.addInitScript(watchForTiles)
      await tablet.page.close()
      for (let start = 0; start < (run.quick ? 3 : STARTS); start += 1) {
        const page = await context.newPage()
        await slowDown(page)
        await page.goto(`${market.gateway.url}/kiosk/`)
        const seen = await page.waitForFunction(() => (globalThis as { tilesAtMs?: number }).tilesAtMs)
        startsMs.push(Number(await seen.jsonValue()))
        await page.close()
      }
    } finally {
      await end()
    }
    const value = rounded(percentile(startsMs, 0.5) / MS_PER_SECOND)
    return [{ name: "kiosk.coldStart", value, unit: "s", n: startsMs.length }]
  },
}

function watchForTiles(): void {
  const look = () => {
    if (document.querySelector(".tile") === null) requestAnimationFrame(look)
    else Object.assign(globalThis, { tilesAtMs: performance.now() })
  }
  requestAnimationFrame(look)
}
