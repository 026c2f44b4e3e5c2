// kiosk.interaction10k: the slowest tap or key of a sale and a look at the day, with 10,000 sales in the tablet's memory
// from before, on a processor slowed six times: from the event to the next paint (Event Timing API).
//
// Floor: one frame of 16.7 ms; the browser rounds to 8 ms.
import type { Page } from "playwright-core"
import { weigh } from "../tests/terminal-kiosk/browser/market"
import type { Figure } from "./figure"
import { openTablet, slowDown, tap } from "./kiosk/slow-tablet"
import { machinePauses } from "./measure/machine-pauses"
import { percentile } from "./measure/percentile"

const STORED = 10_000
const ROUNDS = 5
const MONTH_SECONDS = 30 * 86_400
const SLOWEST_SAID = 5

type Seen = { readonly what: string; readonly durationMs: number; readonly handledMs: number }

export const kioskInteraction: Figure = {
  name: "kiosk.interaction10k",
  required: { atMost: 100 },
  measure: async (run) => {
    const { tablet, end } = await openTablet()
    const { page } = tablet
    try {
      await weigh(page, "dbc", "1")
      await page.click("button:has-text('收现金')")
      await page.waitForSelector(".tone-paid")
      await page.keyboard.press("Enter")
      await storeSales(page, STORED)
      await page.reload()
      await page.waitForSelector(".tile")
      await slowDown(page)
      await page.evaluate(recordEvents)
      for (let round = 0; round < (run.quick ? 2 : ROUNDS); round += 1) {
        await weigh(page, "dbc", "2.5")
        await tap(page, "button.settle")
        await tap(page, ".settle-screen button:has-text('收现金')")
        await page.waitForSelector(".tone-paid")
        await page.keyboard.press("Enter")
        await tap(page, ".places button:has-text('今日')")
        await page.waitForSelector(".list-row")
        await tap(page, ".places button:has-text('卖货')")
      }
      const seen = await page.evaluate(() => (globalThis as unknown as { seen: Seen[] }).seen)
      const slowest = seen.toSorted((one, other) => other.durationMs - one.durationMs).slice(0, SLOWEST_SAID)
      for (const { what, durationMs, handledMs } of slowest)
        run.say(`${durationMs} ms, handled in ${handledMs}: ${what}`)
      const durations = seen.map(({ durationMs }) => durationMs)
      const reading = { unit: "ms", n: durations.length }
      return [
        { name: "kiosk.interaction10k", value: Math.max(...durations), ...reading },
        { name: "kiosk.interaction10k.p50", value: percentile(durations, 0.5), ...reading },
        await machinePauses(),
      ]
    } finally {
      await end()
    }
  },
}

/** As many sales of the last weeks: the same row under other numbers. */
function storeSales(page: Page, count: number): Promise<void> {
  return page.evaluate(
    ([sales, monthSeconds]) =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open("suyuan-terminal")
        opening.onsuccess = () => {
          const store = opening.result.transaction("rows", "readwrite").objectStore("rows")
          const reading = store.get(["sales", "0000000001"])
          reading.onsuccess = () => {
            const row = reading.result
            for (let counter = 2; counter <= sales; counter += 1) {
              const issuedAtSeconds = row.issuedAtSeconds - monthSeconds
              store.put({ ...row, counter, issuedAtSeconds }, ["sales", String(counter).padStart(10, "0")])
            }
          }
          store.transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
      }),
    [count, MONTH_SECONDS] as const,
  )
}

function recordEvents(): void {
  const seen: Seen[] = []
  Object.assign(globalThis, { seen })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[]) {
      const { className = "", textContent = "" } = (entry.target ?? {}) as Partial<HTMLElement>
      const handledMs = Math.round(entry.processingEnd - entry.processingStart)
      const what = `${entry.name} ${className} ${textContent?.slice(0, 20) ?? ""}`
      seen.push({ what, durationMs: entry.duration, handledMs })
    }
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit)
}
