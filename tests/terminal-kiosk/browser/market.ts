// A market as a process tree, and tablets in one headless browser: what the terminal's browser tests run against.
// The gateway serves the built pages, as it does at a stall.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, BrowserContext, Page } from "playwright-core"
import postgres from "postgres"
import { openDataDirectory } from "../../../scripts/data-directory"
import { type Gateway, granted, openGateway } from "../../../scripts/demo/gateway"
import { addMerchant, addOrganisations, addSite, publishCatalogue } from "../../../scripts/demo/open-world"
import { readKey } from "../../../scripts/engines/keys"
import { buildKiosk } from "../../../scripts/kiosk/build-kiosk"
import { startSupervisor } from "../../../scripts/supervisor"
import { freshDatabase, testChain } from "../../support/engines"
import { launchBrowser } from "../../support/launch-browser"

export const START_MS_MAX = 120_000
/** A tablet of ten inches, held across. */
const tabletViewport = { width: 1280, height: 800 }
const GOODS = [
  { code: 1036, nameZh: "大白菜", nameEn: "Napa cabbage", initials: "dbc", shelfLifeHours: 96 },
  { code: 1058, nameZh: "番茄", nameEn: "Tomato", initials: "fq", shelfLifeHours: 72 },
  { code: 1210, nameZh: "散鸡蛋", nameEn: "Eggs, loose", initials: "sjd", shelfLifeHours: 480 },
]

export type KioskMarket = {
  readonly gateway: Gateway
  /** For the office's pages. */
  readonly operatorToken: string
  readonly sandboxUrl: string
  readonly sql: postgres.Sql
  readonly browser: Browser
  readonly merchantId: string
  readonly siteId: string
  readonly newClaimCode: (merchantId?: string) => Promise<string>
  readonly end: () => Promise<void>
}

export async function openKioskMarket(number: number): Promise<KioskMarket> {
  const directory = mkdtempSync(join(tmpdir(), "suyuan-kiosk-"))
  const [database, kioskDirectory, chainUrl] = await Promise.all([freshDatabase(), buildKiosk(() => {}), testChain()])
  const environment = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: database.url, CHAIN_RPC_URLS: chainUrl },
    ...{ REQUESTS_PER_MINUTE: "100000", LEDGER_BATCH_AGE_MS: "500", GATEWAY_LOG_LEVEL: "warn" },
    DATABASE_POOL: "6",
  }
  const opened = openDataDirectory(directory)
  const options = { directory: opened, environment, throwaway: true, kioskDirectory, report: () => {} }
  const supervisor = await startSupervisor(options)
  const operatorToken = readKey(supervisor.gatewaySettings.ADMIN_TOKEN_FILE ?? "")
  const gateway = openGateway(supervisor.gatewayUrl, operatorToken)
  await addOrganisations(gateway, directory)
  await publishCatalogue(gateway, GOODS)
  const siteId = await addSite(gateway, {
    ...{ kind: "market" as const, number, name: "东桥菜市场", nameEn: "East Bridge market", regionCode: "110105" },
  })
  const merchantId = await addMerchant(gateway, { number, siteId, stallNumber: "A-12", name: "A-12 摊" })
  const sql = postgres(database.url, { max: 1 })
  const browser = await launchBrowser()
  const newClaimCode = async (ofMerchant = merchantId) => {
    const order = { path: { id: ofMerchant }, body: { confirmed: true } }
    return granted("a claim code", await gateway.operator.post("/merchants/{id}/claim-codes", order)).claimCode
  }
  return {
    ...{
      gateway,
      operatorToken,
      sql,
      browser,
      siteId,
      merchantId,
      newClaimCode,
      sandboxUrl: supervisor.sandboxUrl ?? "",
    },
    end: async () => {
      await browser.close()
      await supervisor.stop()
      await sql.end()
      await database.drop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** One tablet: a context of its own, so a memory, keys and a service worker of its own. */
export type Tablet = {
  readonly context: BrowserContext
  readonly page: Page
  /** What went wrong in the pages, policy violations among it. */
  readonly troubles: string[]
  /** Another page of this tablet, the terminal opened in it. */
  readonly open: () => Promise<Page>
}

type TabletOptions = {
  readonly viewport?: { readonly width: number; readonly height: number }
  /** Of which stall; the market's first one without. */
  readonly merchantId?: string
  /** For taps of a finger; a mouse hovers, too. */
  readonly hasTouch?: boolean
  /** A script that runs in each page before its own. */
  readonly before?: string
}

export async function unpackTablet(market: KioskMarket, options: TabletOptions = {}): Promise<Tablet> {
  const { viewport = tabletViewport, hasTouch = false } = options
  const context = await market.browser.newContext({ viewport, hasTouch })
  await context.addInitScript(recordSpeech)
  if (options.before !== undefined) await context.addInitScript(options.before)
  context.setDefaultTimeout(45_000)
  const troubles: string[] = []
  const open = async () => {
    const page = await context.newPage()
    page.on("pageerror", (error) => troubles.push(error.message))
    page.on("console", (message) => {
      // That the network is away is said by the browser, too.
      if (message.type() === "error" && !message.text().includes("net::ERR_")) troubles.push(message.text())
    })
    await page.goto(`${market.gateway.url}/kiosk/`)
    return page
  }
  return { context, page: await open(), troubles, open }
}

/** A tablet that is a terminal, with cabbage at ¥3.60/kg, tomatoes at ¥9.00/kg and eggs at ¥1.20 apiece on sale. */
export async function openStall(market: KioskMarket, options: TabletOptions = {}): Promise<Tablet> {
  const tablet = await unpackTablet(market, options)
  const { page } = tablet
  await enrolAs(page, await market.newClaimCode(options.merchantId))
  await putOnSale(page, "dbc", { price: "1.80", origin: "河北张北" })
  await putOnSale(page, "fq", { price: "4.50", origin: "" })
  await putOnSale(page, "sjd", { price: "1.20", origin: "", byPiece: true })
  await goTo(page, "卖货")
  return tablet
}

/** The tablet becomes the terminal that the code stands for, and goes online. */
export async function enrolAs(page: Page, claimCode: string): Promise<void> {
  await claim(page, claimCode)
  await page.click(".enrol .primary")
  await page.getByText("✓ 在线").waitFor()
}

export const OWNER_PIN = "2468"

/** The code, and the owner's PIN, which is chosen with it. */
export async function claim(page: Page, claimCode: string): Promise<void> {
  await page.fill("#claim-code", claimCode)
  await page.getByLabel("店主密码").fill(OWNER_PIN)
  await page.getByLabel("再输一次密码").fill(OWNER_PIN)
  await page.click("button[type=submit]")
}

/** What is asked before money goes back, a sale is voided, a wallet bound or a certificate signed. */
export async function typePin(page: Page, pin = OWNER_PIN): Promise<void> {
  await page.getByText("请输入店主密码").waitFor()
  await page.keyboard.type(pin)
  await page.keyboard.press("Enter")
}

type Offer = { readonly price: string; readonly origin: string; readonly byPiece?: boolean }

export async function putOnSale(
  page: Page,
  initials: string,
  { price, origin, byPiece = false }: Offer,
): Promise<void> {
  await goTo(page, "进货")
  await page.click(".page-head .primary")
  await page.fill("dialog input[type=search]", initials)
  await page.click("dialog .pick button")
  if (byPiece) await page.click("dialog >> text=按件")
  await page.getByLabel("单价").fill(price)
  await page.getByLabel("产地").fill(origin)
  await page.click("dialog button[type=submit]")
  await page.waitForSelector("dialog", { state: "detached" })
}

export async function goTo(page: Page, place: "卖货" | "进货" | "今日" | "本机"): Promise<void> {
  await page.click(`.places button:has-text("${place}")`)
}

/** By keyboard alone: `/`, what it is, Enter, how much, Enter. */
export async function weigh(page: Page, initials: string, jin: string): Promise<void> {
  // A page that was just loaded again hears no key before its goods are there.
  await page.waitForSelector(".tiles .tile")
  const lines = await page.locator(".slip-line").count()
  await page.keyboard.press("/")
  await page.waitForSelector("input.search:focus")
  await page.keyboard.type(initials)
  await page.keyboard.press("Enter")
  await page.waitForSelector("dialog .keypad")
  await page.keyboard.type(jin)
  await page.keyboard.press("Enter")
  await page.waitForSelector(`.slip-line >> nth=${lines}`)
}

/** Taps settle, and reads the code as the customer's screen gets it. */
export async function settle(page: Page): Promise<string> {
  await page.click("button.settle")
  return shownCode(page)
}

/** The code that stands on the screens, as the customer's gets it. */
export async function shownCode(page: Page): Promise<string> {
  await page.waitForSelector(".settle-screen .qr")
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const channel = new BroadcastChannel("suyuan-customer-display")
        channel.onmessage = ({ data }) => {
          if (data.kind === "show" && data.url !== "") resolve(data.url)
        }
        channel.postMessage({ v: 1, kind: "hello" })
      }),
  )
}

export const standing = (page: Page, word: string) => page.locator(".standing", { hasText: word }).waitFor()

/** What the page that is read out over the phone says of one thing. */
export const factOf = (page: Page, term: string) =>
  page
    .locator(".state-page .facts")
    .first()
    .locator("div")
    .filter({ has: page.getByText(term, { exact: true }) })
    .locator("dd")

/** Rows of one table of the tablet's memory. */
export function rowsOf<Row>(page: Page, table: string): Promise<Row[]> {
  return page.evaluate(
    (name) =>
      new Promise<Row[]>((resolve, reject) => {
        const opening = indexedDB.open("suyuan-terminal")
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const database = opening.result
          const range = IDBKeyRange.bound([name], [name, []])
          const reading = database.transaction("rows").objectStore("rows").getAll(range)
          reading.onsuccess = () => {
            database.close()
            resolve(reading.result)
          }
        }
      }),
    table,
  )
}

/** Puts a row into the tablet's memory behind the terminal's back; it is seen after a reload. */
export function putRow(page: Page, table: string, key: string, row: object): Promise<void> {
  return page.evaluate(
    ([name, ownKey, value]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("suyuan-terminal")
        opening.onsuccess = () => {
          const database = opening.result
          const transaction = database.transaction("rows", "readwrite")
          transaction.objectStore("rows").put(value, [name, ownKey])
          transaction.onerror = () => reject(transaction.error)
          transaction.oncomplete = () => {
            database.close()
            resolve()
          }
        }
      }),
    [table, key, row] as const,
  )
}

/** Ten hex digits. */
export async function terminalOf(page: Page): Promise<string> {
  const [identity] = await rowsOf<{ terminal: number }>(page, "identity")
  return identity!.terminal.toString(16).padStart(10, "0")
}

/** Waits until the gateway has acknowledged all that this tablet had to say. */
export async function untilSent(page: Page): Promise<void> {
  for (let left = 1; left > 0; left = (await rowsOf(page, "outbox")).length) {
    await page.locator(".state-chips", { hasNotText: "待上传" }).waitFor()
  }
}

export const spoken = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { spoken: string[] }).spoken)

/** A headless browser has no voices: what would be said is written down. */
function recordSpeech(): void {
  const heard: string[] = []
  Object.assign(globalThis, { spoken: heard })
  Object.defineProperty(globalThis, "speechSynthesis", {
    value: {
      getVoices: () => [{ lang: "zh-CN" }],
      cancel: () => {},
      speak: ({ text }: { text: string }) => heard.push(text),
    },
  })
}
