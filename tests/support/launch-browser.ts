import chromium from "@sparticuz/chromium"
import { type Browser, chromium as playwright } from "playwright-core"

/**
 * Not the package's own: tabs are closed and killed here, which a browser in one process does not survive, and the
 * policies of the web are to hold.
 */
const browserArguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]

/** A run of many files has unpacked it for all of them. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath())
  return playwright.launch({ executablePath, args: browserArguments })
}
