// One browser beside a market whose gateway serves the built pages, and phones in it: a context each, so a cookie each.
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Page } from "playwright-core"
import { buildMiniprogram } from "../../../scripts/miniprogram/build-miniprogram"
import { decide } from "../../api/payments/platforms"
import { launchBrowser } from "../../support/launch-browser"
import { olderBrowser } from "../../support/older-phone"
import { openBuyerWorld } from "./buyer-world"
import { blurred, type Ending } from "./phone"

export type Viewport = { readonly width: number; readonly height: number }
export const phoneSizes: readonly Viewport[] = [
  { width: 360, height: 640 },
  { width: 390, height: 844 },
  { width: 430, height: 932 },
]
const agents = {
  browser: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
  alipay: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 AlipayClient/10.5",
}

export type BuyerBrowser = Awaited<ReturnType<typeof openBuyerBrowser>>
export type BrowserPhone = Awaited<ReturnType<BuyerBrowser["openPhone"]>>
export const payPath = (code: PayCode) => `/p/${payCodeDigits(code)}`

export async function openBuyerBrowser() {
  const built = await buildMiniprogram("h5", () => {})
  const browser = await launchBrowser()
  const world = await openBuyerWorld({ GATEWAY_BUYER_DIR: built })
  const { sandbox } = world.market

  /** Where `app` is Alipay the page stands in its browser: the wallet's sheet is the sandbox, which ends as it is told. */
  async function openPhone(viewport: Viewport, app: keyof typeof agents = "browser") {
    const context = await browser.newContext({ viewport, userAgent: agents[app], reducedMotion: "reduce" })
    context.setDefaultTimeout(20_000)
    await context.addInitScript(olderBrowser)
    const person = sandbox.world.buyers.add(`买家 ${sandbox.world.buyers.list().length + 1}`)
    const wallet: { ending: Ending; moves: boolean } = { ending: "pays", moves: true }
    const troubles: string[] = []
    if (app === "alipay") {
      await context.exposeFunction("walletOfSandbox", async (tradeNo: string) => {
        const decision = wallet.moves ? "pay" : wallet.ending === "fails" ? "refuse" : "cancel"
        const answer = await decide(sandbox, person, { kind: "alipay", tradeNo } as never, decision)
        return { ...answer, ...blurred[wallet.ending] }
      })
      await context.addInitScript(giveBridge)
    }
    async function open(path: string): Promise<Page> {
      const page = await context.newPage()
      page.on("pageerror", (error) => troubles.push(error.message))
      page.on("console", (message) => {
        // That the network is away, or that nobody is logged in, is said by the browser, too.
        const isExpected = /net::ERR_|status of 401/.test(message.text())
        if (message.type() === "error" && !isExpected) troubles.push(message.text())
      })
      await page.goto(`${world.url}${path}`)
      return page
    }
    /** In Alipay: pays by its sheet, after its own login where there was none. */
    async function pay(page: Page, ending: Ending = "pays", moves = ending === "pays"): Promise<void> {
      Object.assign(wallet, { ending, moves })
      await page.locator("#pay-alipay").click()
    }
    async function login(page: Page): Promise<void> {
      await page.locator("#pay-alipay").click()
      await page.locator("a", { hasText: person.name }).first().click()
      await page.waitForSelector(".buyer #pay-alipay")
    }
    return { context, person, troubles, open, pay, login }
  }

  return {
    ...{ browser, world, openPhone },
    async end() {
      await browser.close()
      await world.end()
    },
  }
}

function giveBridge(): void {
  type Wallet = { readonly walletOfSandbox: (tradeNo: string) => Promise<object> }
  const { walletOfSandbox } = globalThis as unknown as Wallet
  Object.assign(globalThis, {
    AlipayJSBridge: {
      call: (_name: string, { tradeNO }: { readonly tradeNO: string }, done: (answer: object) => void) =>
        void walletOfSandbox(tradeNO).then(done),
    },
  })
}
