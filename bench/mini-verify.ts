// mini.verify: from the last answer that a check needs (root, key) to its first step on the page, in a browser on a
// processor slowed four times: reading the answers, the whole check and React's work; the median.
//
// Floor: one Ed25519 verification in pure JavaScript that runs for the first time, about 5 ms there; four times that here.
import type { Figure } from "./figure"
import { percentile, rounded } from "./measure/percentile"
import { buyOne, openSlowPhone, slowPage } from "./mini/slow-phone"

const CHECKS = 11

export const miniVerify: Figure = {
  name: "mini.verify",
  required: { atMost: 60 },
  measure: async (run) => {
    const slow = await openSlowPhone()
    const times: number[] = []
    try {
      const { phone, path } = await buyOne(slow)
      for (let check = 0; check < (run.quick ? 3 : CHECKS); check += 1) {
        const page = await slowPage(phone.context, "local")
        await page.addInitScript(watchForStep)
        await page.goto(`${slow.buyers.world.url}${path("verify")}`)
        const seen = await page.waitForFunction(() => (globalThis as { stepAtMs?: number }).stepAtMs)
        const stepAtMs = Number(await seen.jsonValue())
        // Origin statements are read once the sale's own steps stand there.
        const answeredAtMs = await page.evaluate(
          (untilMs) =>
            Math.max(
              ...(performance.getEntriesByType("resource") as PerformanceResourceTiming[])
                .filter(({ name, responseEnd }) => /\/ledger\/(roots|terminals)\//.test(name) && responseEnd <= untilMs)
                .map(({ responseEnd }) => responseEnd),
            ),
          stepAtMs,
        )
        times.push(stepAtMs - answeredAtMs)
        await page.close()
      }
    } finally {
      await slow.end()
    }
    return [{ name: "mini.verify", value: rounded(percentile(times, 0.5)), unit: "ms", n: times.length }]
  },
}

function watchForStep(): void {
  const noted = globalThis as { stepAtMs?: number }
  new MutationObserver(() => {
    if (document.querySelector(".step:not(.later)") !== null) noted.stepAtMs ??= performance.now()
  }).observe(document, { childList: true, subtree: true })
}
