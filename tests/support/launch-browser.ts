import chromium from "@sparticuz/chromium"
import { type Browser, chromium as playwright } from "playwright-core"

/**
 * Not the package's own: tabs are closed and killed here, which a browser in one process does not survive, and the
 * policies of the web are to hold.
 */
const browserArguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]

const UNPACKING_MS_MAX = 60_000

/** The browser is unpacked by whichever test file comes first; the others wait until its file is written. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath())
  const endMs = Date.now() + UNPACKING_MS_MAX
  for (;;) {
    try {
      return await playwright.launch({ executablePath, args: browserArguments })
    } catch (error) {
      const isBeingWritten = error instanceof Error && error.message.includes("ETXTBSY")
      if (!isBeingWritten || Date.now() > endMs) throw error
      await Bun.sleep(100)
    }
  }
}
