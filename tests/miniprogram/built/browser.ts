// One browser beside a market whose gateway serves the built pages, and phones in it: a context each, so a cookie each.
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { BrowserContextOptions, Page } from "playwright-core"
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
const chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
/** Where a page stands: in a phone's own browser, in a wallet's, or on a computer. */
const agents = {
  browser: chrome,
  wechat: `${chrome} MicroMessenger/8.0.50`,
  alipay: `${chrome} AlipayClient/10.5`,
  computer: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
}
type BrowserKind = keyof typeof agents

export type BuyerBrowser = Awaited<ReturnType<typeof openBuyerBrowser>>
export type BrowserPhone = Awaited<ReturnType<BuyerBrowser["openPhone"]>>
export const payPath = (code: PayCode) => `/p/${payCodeDigits(code)}`

/**
 * For pages that are opened from now on: minutes of waiting pass in a moment, and what the gateway has said of a sale under
 * way it goes on saying until the waiting is over.
 */
export async function waitsInVain({
  context,
}: Pick<BrowserPhone, "context">): Promise<{ readonly end: () => Promise<void> }> {
  await context.addInitScript(() => {
    const own = globalThis.setTimeout
    // What is longer is no pause, but the limit of something that has to come.
    const pauseMsMax = 5_000
    const hastened = (work: () => void, ms = 0) => own(work, ms > pauseMsMax ? ms : ms / 1000)
    Object.assign(globalThis, { setTimeout: hastened })
  })
  let known: string | undefined
  await context.route("**/state", async (route) => {
    known ??= await (await route.fetch()).text()
    await route.fulfill({ contentType: "application/json", body: known })
  })
  return { end: () => context.unroute("**/state") }
}

export async function openBuyerBrowser() {
  const built = await buildMiniprogram("h5", () => {})
  const browser = await launchBrowser()
  const world = await openBuyerWorld({ GATEWAY_BUYER_DIR: built })
  const { sandbox } = world.market

  /** In a wallet's own browser its sheet is the sandbox, which ends as it is told. */
  async function openPhone(viewport: Viewport, app: BrowserKind = "browser", more: BrowserContextOptions = {}) {
    const look = { viewport, userAgent: agents[app], locale: "zh-CN", reducedMotion: "reduce" } as const
    const context = await browser.newContext({ ...look, ...more })
    context.setDefaultTimeout(20_000)
    await context.addInitScript(olderBrowser)
    const person = sandbox.world.buyers.add(`买家 ${sandbox.world.buyers.list().length + 1}`)
    const wallet: { ending: Ending; moves: boolean } = { ending: "pays", moves: true }
    const troubles: string[] = []
    const payButton = app === "wechat" ? "#pay-wechat-pay" : "#pay-alipay"
    const giveBridge = { wechat: giveWechatBridge, alipay: giveAlipayBridge, browser: undefined, computer: undefined }[
      app
    ]
    if (giveBridge !== undefined) {
      await context.exposeFunction("walletOfSandbox", async (bridge: Parameters<typeof decide>[2]) => {
        const decision = wallet.moves ? "pay" : wallet.ending === "fails" ? "refuse" : "cancel"
        return { ...(await decide(sandbox, person, bridge, decision)), ...blurred[wallet.ending] }
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
    /** In a wallet: pays by its sheet, after its own login where there was none. */
    async function pay(page: Page, ending: Ending = "pays", moves = ending === "pays"): Promise<void> {
      Object.assign(wallet, { ending, moves })
      await page.locator(payButton).click()
    }
    async function login(page: Page): Promise<void> {
      await page.locator(payButton).click()
      await page.locator("a", { hasText: person.name }).first().click()
      await page.waitForSelector(`.buyer ${payButton}`)
    }
    return { context, person, troubles, payButton, open, pay, login }
  }

  return {
    ...{ browser, world, openPhone },
    async end() {
      await browser.close()
      await world.end()
    },
  }
}

function giveAlipayBridge(): void {
  type Wallet = { readonly walletOfSandbox: (bridge: object) => Promise<object> }
  const { walletOfSandbox } = globalThis as unknown as Wallet
  Object.assign(globalThis, {
    AlipayJSBridge: {
      call: (_name: string, { tradeNO: tradeNo }: { readonly tradeNO: string }, done: (answer: object) => void) =>
        void walletOfSandbox({ kind: "alipay", tradeNo }).then(done),
    },
  })
}

/** WeChat's comes later than the page, and says so. */
function giveWechatBridge(): void {
  type Wallet = { readonly walletOfSandbox: (bridge: object) => Promise<{ readonly errMsg?: string }> }
  const { walletOfSandbox } = globalThis as unknown as Wallet
  const inItsWords = (errMsg = "") =>
    errMsg
      .replace("requestPayment:fail cancel", "requestPayment:cancel")
      .replace("requestPayment", "get_brand_wcpay_request")
  const invoke = (_name: string, order: object, done: (answer: object) => void) =>
    void walletOfSandbox({ kind: "wechat-jsapi", ...order }).then(({ errMsg }) => done({ err_msg: inItsWords(errMsg) }))
  document.addEventListener("DOMContentLoaded", () => {
    Object.assign(globalThis, { WeixinJSBridge: { invoke } })
    document.dispatchEvent(new Event("WeixinJSBridgeReady"))
  })
}
