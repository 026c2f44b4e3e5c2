// kiosk.sync500: 500 sales that the terminal made without a network, in its own pages: from the network's return to the
// last of them in the gateway's database, each exactly once, and nothing left to send.
//
// Floor: a token, a connection and a hello (about 0.1 s); then the gateway's groups, each a commit, at their
// acknowledgement; 200 uploads are under way at once, so three journeys.
import { rowsOf } from "../tests/terminal-kiosk/browser/market"
import { sellMany } from "../tests/terminal-kiosk/browser/sell-many"
import type { Figure } from "./figure"
import { openTablet } from "./kiosk/slow-tablet"
import { rounded } from "./measure/percentile"

const SALES = 500
const LOOK_EVERY_MS = 50
const MS_PER_SECOND = 1000

export const kioskSync500: Figure = {
  name: "kiosk.sync500",
  required: { atMost: 20 },
  measure: async (run) => {
    const { market, tablet, end } = await openTablet()
    const { page, context } = tablet
    const sales = run.quick ? SALES / 10 : SALES
    try {
      await context.setOffline(true)
      await page.reload()
      await page.waitForSelector(".tile")
      await sellMany(page, sales)
      const [identity] = await rowsOf<{ terminal: number }>(page, "identity")
      const stored = () => market.sql<{ counter: number }[]>`
        SELECT counter::int FROM sales WHERE terminal_id = ${identity!.terminal} ORDER BY counter`
      const backAtMs = performance.now()
      await context.setOffline(false)
      while ((await stored()).length < sales) await Bun.sleep(LOOK_EVERY_MS)
      await page.locator(".state-chips", { hasNotText: "待上传" }).waitFor()
      const seconds = (performance.now() - backAtMs) / MS_PER_SECOND
      const kept = await rowsOf<{ counter: number }>(page, "sales")
      const there = (await stored()).map(({ counter }) => counter)
      if (String(there) !== String(kept.map(({ counter }) => counter))) throw new Error("not each sale exactly once")
      return [{ name: "kiosk.sync500", value: rounded(seconds), unit: "s", n: sales }]
    } finally {
      await end()
    }
  },
}
