// kiosk.settleToCode: from the tap on settle to the painted code, on a processor slowed six times; the 95th percentile.
// In between: a signature, two HMACs, one commit with strict durability, a QR symbol of up to 57 modules.
//
// Floor: the commit's flush (2-10 ms of flash) and one frame of 16.7 ms.
//
// Where it goes: reads of basket, stock and recalls (one journey, one transaction); two signatures and an HMAC outside of the
// page's thread (each under 10 ms); the commit (about 20 ms), while which the code is drawn; then the screens' change from tiles
// to code, their style, layout and paint, the largest part on a slowed thread. A busy machine shows first in the last.
import { weigh } from "../tests/terminal-kiosk/browser/market"
import type { Figure } from "./figure"
import { openTablet, slowDown, tap } from "./kiosk/slow-tablet"
import { percentile, rounded } from "./measure/percentile"

const SALES = 20
const WARM_UP = 2

export const kioskSettleToCode: Figure = {
  name: "kiosk.settleToCode",
  required: { atMost: 100 },
  measure: async (run) => {
    const { tablet, end } = await openTablet()
    const { page } = tablet
    const durations: number[] = []
    try {
      await slowDown(page)
      for (let sale = 0; sale < (run.quick ? 5 : SALES) + WARM_UP; sale += 1) {
        await weigh(page, "dbc", "2.5")
        await weigh(page, "fq", "1")
        const painted = page.evaluate(nextSettleToCode)
        await tap(page, "button.settle")
        durations.push(await painted)
        await page.click("button:has-text('先接下一位')")
      }
    } finally {
      await end()
    }
    const counted = durations.slice(WARM_UP)
    const reading = { unit: "ms", n: counted.length }
    return [
      { name: "kiosk.settleToCode", value: rounded(percentile(counted, 0.95), 1), ...reading },
      { name: "kiosk.settleToCode.p50", value: rounded(percentile(counted, 0.5), 1), ...reading },
    ]
  },
}

/** Told by the page: whoever asked again and again would take the time that is measured. */
function nextSettleToCode(): Promise<number> {
  return new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
      const [measured] = list.getEntriesByName("settle to code")
      if (measured === undefined) return
      observer.disconnect()
      resolve(measured.duration)
    }).observe({ type: "measure" })
  })
}
