// How long a buyer waits, from the tap on a scanned address, until stall, goods and amount can be read, and until the
// button to pay is awake. Read is what the gateway wrote into the page; the built page takes it over with the same words.
import { payPath } from "../../tests/miniprogram/built/browser"
import type { Reading, Run } from "../figure"
import { percentile, rounded } from "../measure/percentile"
import { openSlowPhone, slowPage } from "./slow-phone"

const OPENINGS = 9
const MS_PER_SECOND = 1000

type Seen = { readonly readableAtMs?: number; readonly payableAtMs?: number }

/** @param isWarm whether this phone has opened a code before: what does not change is in its memory */
export async function measureReadable(name: string, isWarm: boolean, run: Run): Promise<readonly Reading[]> {
  const slow = await openSlowPhone()
  const readableMs: number[] = []
  const payableMs: number[] = []
  try {
    const opened = async (phone: Awaited<ReturnType<typeof slow.newPhone>>): Promise<Seen> => {
      const page = await slowPage(phone.context, "slow")
      await page.addInitScript(watchForSale)
      await page.goto(`${slow.buyers.world.url}${payPath(await slow.buyers.world.newCode())}`)
      const seen = await page.waitForFunction(() => {
        const noted = globalThis as Seen
        return noted.payableAtMs === undefined ? undefined : { ...noted }
      })
      const { readableAtMs, payableAtMs } = (await seen.jsonValue()) as Seen
      await page.close()
      return { readableAtMs, payableAtMs } as Seen
    }
    for (let opening = 0; opening < (run.quick ? 3 : OPENINGS); opening += 1) {
      const phone = await slow.newPhone()
      if (isWarm) await opened(phone)
      const { readableAtMs = 0, payableAtMs = 0 } = await opened(phone)
      readableMs.push(readableAtMs)
      payableMs.push(payableAtMs)
      await phone.context.close()
    }
  } finally {
    await slow.end()
  }
  const reading = (what: string, times: readonly number[]) => ({
    ...{ name: what, unit: "s", n: times.length },
    value: rounded(percentile(times, 0.5) / MS_PER_SECOND),
  })
  return [reading(name, readableMs), reading(`${name}.payable`, payableMs)]
}

function watchForSale(): void {
  const noted = globalThis as { readableAtMs?: number; payableAtMs?: number }
  const isShown = (selector: string) => (document.querySelector(selector)?.getBoundingClientRect().height ?? 0) > 0
  const look = () => {
    // A frame is on the screen when the next one is asked for.
    if (noted.readableAtMs === undefined && isShown("h1") && document.body.textContent?.includes("¥")) {
      requestAnimationFrame(() => {
        noted.readableAtMs ??= performance.now()
      })
    }
    if (isShown(".buyer button[id^=pay-]:not([disabled])")) {
      requestAnimationFrame(() => {
        noted.payableAtMs = performance.now()
      })
    } else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
