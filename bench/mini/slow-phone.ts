// One market and one phone's browser for the figures of the buyer's pages: a processor slowed four times, and where a
// figure asks for it a line of 1.6 Mbit/s that answers after 150 ms.
import type { BrowserContext, Page } from "playwright-core"
import { openBuyerBrowser, payPath } from "../../tests/miniprogram/built/browser"

const SLOWER = 4
const BITS_PER_BYTE = 8
const LINE = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / BITS_PER_BYTE,
  uploadThroughput: 750_000 / BITS_PER_BYTE,
}
const viewport = { width: 390, height: 844 }

export type SlowPhone = Awaited<ReturnType<typeof openSlowPhone>>

export async function openSlowPhone() {
  const buyers = await openBuyerBrowser()
  return {
    buyers,
    newPhone: (app?: "alipay") => buyers.openPhone(viewport, app),
    end: () => buyers.end(),
  }
}

/** An empty page of this phone, slowed before anything is loaded. */
export async function slowPage(context: BrowserContext, line: "slow" | "local"): Promise<Page> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER })
  if (line === "slow") {
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", LINE)
  }
  return page
}

/** Bought in Alipay's browser and anchored. Returns the record and the phone whose cookie may read it. */
export async function buyOne({ buyers, newPhone }: Pick<SlowPhone, "buyers" | "newPhone">) {
  const phone = await newPhone("alipay")
  const code = await buyers.world.newCode()
  const page = await phone.open(payPath(code))
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.login(page)
  await phone.pay(page)
  await page.waitForSelector(".buyer .shape.good")
  await buyers.world.uploadAndAnchor(code)
  await page.locator("#trace").click()
  await page.waitForSelector("#verify")
  const [, record = ""] = /record=([0-9a-f]{32})/.exec(page.url()) ?? []
  await page.close()
  return { phone, record, path: (name: "trace" | "verify") => `/m/#/pages/${name}/index?record=${record}` }
}
