// kiosk.settleToCode: from the tap on settle to the painted code, on a processor slowed six times; the 95th percentile.
// The finger comes HAND_MS after the last line, as long as a quick hand takes from the keypad to the button: by then the sale
// is signed ahead (docs/decisions/signed-ahead.md). `atOnce` is told beside it: a tap in the instant that the line stands,
// while its sale is still being signed.
//
// Floor: the commit's flush (2-10 ms of flash) and one frame of 16.7 ms.
//
// Where it goes: the commit (about 20 ms), while which the pressed button is painted; then the screens' change from tiles to
// code, their style, layout and paint, the largest part on a slowed thread. A busy machine shows first in the last. At once:
// reads of basket, stock and recalls (one journey, one transaction), two signatures and an HMAC outside of the page's thread
// (each under 10 ms) and the code's picture, too.
import type { Page } from "playwright-core"
import { weigh } from "../tests/terminal-kiosk/browser/market"
import type { Figure } from "./figure"
import { openTablet, slowDown, tap } from "./kiosk/slow-tablet"
import { percentile, rounded } from "./measure/percentile"

const SALES = 20
const WARM_UP = 2
const HAND_MS = 400

export const kioskSettleToCode: Figure = {
  name: "kiosk.settleToCode",
  required: { atMost: 100 },
  measure: async (run) => {
    const { tablet, end } = await openTablet()
    const { page } = tablet
    const [rested, atOnce]: [number[], number[]] = [[], []]
    try {
      await slowDown(page)
      for (let sale = 0; sale < (run.quick ? 5 : SALES) + WARM_UP; sale += 1) {
        rested.push(await settled(page, HAND_MS))
        atOnce.push(await settled(page, 0))
      }
    } finally {
      await end()
    }
    return [
      ["kiosk.settleToCode", rested, 0.95] as const,
      ["kiosk.settleToCode.p50", rested, 0.5] as const,
      ["kiosk.settleToCode.atOnce", atOnce, 0.95] as const,
      ["kiosk.settleToCode.atOnce.p50", atOnce, 0.5] as const,
    ].map(([name, durations, part]) => {
      const counted = durations.slice(WARM_UP)
      return { name, value: rounded(percentile(counted, part), 1), unit: "ms", n: counted.length }
    })
  },
}

async function settled(page: Page, handMs: number): Promise<number> {
  await weigh(page, "dbc", "2.5")
  await weigh(page, "fq", "1")
  const painted = page.evaluate(nextSettleToCode)
  await page.waitForTimeout(handMs)
  await tap(page, "button.settle")
  const durationMs = await painted
  await page.click("button:has-text('先接下一位')")
  return durationMs
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
