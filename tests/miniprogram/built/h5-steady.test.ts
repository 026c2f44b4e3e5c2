// Nothing on a page moves while it is read: what the browser itself counts as a shift of what is seen, page by page, each
// opened anew by a phone that has bought something, and by one of which nothing is known.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Page } from "playwright-core"
import { type BrowserPhone, type BuyerBrowser, openBuyerBrowser, payPath, phoneSizes } from "./browser"
import { showBindCode } from "./market-steps"

/** Web Vitals calls 0.1 good; a line that moves by itself in the middle of a phone is about 0.02. */
const SHIFT_MAX = 0.01

let buyers: BuyerBrowser
let phone: BrowserPhone
let record: string
let paidPath: string
let problem: string
beforeAll(async () => {
  buyers = await openBuyerBrowser()
  phone = await buyers.openPhone(phoneSizes[1]!, "alipay")
  await watchShifts(phone)
  const code = await buyers.world.newCode()
  paidPath = payPath(code)
  const page = await phone.open(paidPath)
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.login(page)
  await phone.pay(page)
  await page.waitForSelector(".buyer .shape.good")
  await buyers.world.uploadAndAnchor(code)
  await page.locator("#trace").click()
  await page.waitForSelector("#verify")
  record = /record=([0-9a-f]{32})/.exec(page.url())?.[1] ?? ""
  problem = `terminal=${code.body.terminal.toString(16).padStart(10, "0")}&counter=${code.body.counter}`
  await page.close()
}, 300_000)
afterAll(() => buyers?.end())

async function watchShifts({ context }: BrowserPhone): Promise<void> {
  await context.addInitScript(() => {
    const shifts: string[] = []
    Object.assign(globalThis, { shifts, shifted: 0 })
    type Shift = PerformanceEntry & {
      readonly value: number
      readonly sources?: readonly { readonly node: Element | null }[]
    }
    const seen = globalThis as unknown as { shifted: number }
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        seen.shifted += entry.value
        const moved = (entry.sources ?? []).map(({ node }) => node?.textContent?.slice(0, 30) ?? "gone")
        shifts.push(`${entry.value.toFixed(3)} ${moved.join(" | ")}`)
      }
    }).observe({ type: "layout-shift", buffered: true })
  })
}

async function shiftsOf(page: Page): Promise<string[]> {
  await page.waitForLoadState("networkidle")
  // A frame more: what came last has been drawn.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  const seen = await page.evaluate(() => {
    const { shifted, shifts } = globalThis as unknown as { shifted: number; shifts: string[] }
    return { shifted, shifts }
  })
  return seen.shifted <= SHIFT_MAX ? [] : seen.shifts
}

async function jumpsOf(own: BrowserPhone, path: string, selector: string): Promise<string[]> {
  const page = await own.open(path)
  await page.locator(selector).first().waitFor()
  const jumps = await shiftsOf(page)
  await page.close()
  return jumps.map((jump) => `${path.slice(0, 40)}: ${jump}`)
}

test("of somebody who has bought something no page jumps", async () => {
  const { digits } = await showBindCode(buyers.world)
  const jumps: string[] = []
  for (const [path, selector] of [
    [`/p/${payCodeDigits(await buyers.world.newCode())}`, ".buyer #pay-alipay"],
    [paidPath, ".buyer .shape.good"],
    ["/m/", ".buyer .line"],
    [`/m/#/pages/trace/index?record=${record}`, ".buyer #verify"],
    [`/m/#/pages/verify/index?record=${record}`, ".buyer .step"],
    [`/m/#/pages/problem/index?${problem}`, ".buyer #send-report"],
    ["/m/#/pages/recall/index", ".buyer .mark"],
    ["/m/#/pages/join/index", ".buyer #show-code"],
    ["/m/#/pages/data/index", ".buyer #delete-first"],
    ["/m/#/pages/stall/index", ".buyer .notice"],
    [`/b/${digits}`, ".buyer #bind-agree"],
  ] as const) {
    jumps.push(...(await jumpsOf(phone, path, selector)))
  }
  expect(jumps).toEqual([])
}, 300_000)

test("nothing jumps either where something was reported and a step of the check comes after the other", async () => {
  const page = await phone.open(`/m/#/pages/problem/index?${problem}`)
  await page.locator("#kind-spoiled").click()
  await page.locator("#send-report").click()
  await page.getByText("等待答复").waitFor()
  await page.close()
  const jumps: string[] = []
  for (const [path, selector] of [
    ["/m/", ".buyer .line"],
    [`/m/#/pages/problem/index?${problem}`, ".buyer #send-report"],
    [`/m/#/pages/verify/index?record=${record}`, ".buyer .check-seal.done"],
  ] as const) {
    jumps.push(...(await jumpsOf(phone, path, selector)))
  }
  expect(jumps).toEqual([])
}, 120_000)

test("the page of a stall does not jump while its books, what it bought and its recalls are read", async () => {
  const { digits, confirm } = await showBindCode(buyers.world)
  const bind = await phone.open(`/b/${digits}`)
  await bind.locator("#bind-agree").click()
  await bind.waitForSelector(".digits")
  await confirm()
  await bind.locator("#stall").waitFor()
  const code = await buyers.world.newCode()
  const pay = await phone.open(payPath(code))
  await pay.waitForSelector(".buyer #pay-alipay")
  await phone.pay(pay)
  await pay.waitForSelector(".buyer .shape.good")
  await buyers.world.uploadAndAnchor(code)
  expect(await jumpsOf(phone, "/m/#/pages/stall/index", ".buyer [id^=accept-]")).toEqual([])
}, 120_000)

test("of a stranger no page jumps either", async () => {
  const stranger = await buyers.openPhone(phoneSizes[1]!)
  await watchShifts(stranger)
  const jumps: string[] = []
  for (const [path, selector] of [
    ["/m/", ".buyer .notice"],
    ["/m/#/pages/recall/index", ".buyer .notice"],
    ["/m/#/pages/data/index", ".buyer .notice"],
    ["/m/#/pages/pay/index", ".buyer .notice"],
  ] as const) {
    jumps.push(...(await jumpsOf(stranger, path, selector)))
  }
  expect(jumps).toEqual([])
}, 180_000)
