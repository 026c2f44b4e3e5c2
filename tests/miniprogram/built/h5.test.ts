// The built pages in a real browser, served by the whole gateway beside both platforms' sandbox and a chain.
import { afterAll, beforeAll, expect, test } from "bun:test"
import axe from "axe-core"
import type { Page } from "playwright-core"
import { atSizes, type Size } from "../../support/at-sizes"
import { type BuyerBrowser, openBuyerBrowser, payPath, phoneSizes } from "./browser"
import { walkBuyerScreens } from "./screens"

/** Of a phone (design: look). */
const TARGET_PX_MIN = 44

let buyers: BuyerBrowser
beforeAll(async () => {
  buyers = await openBuyerBrowser()
}, 300_000)
afterAll(() => buyers?.end())

type Axe = {
  run: (on: Document, options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

/** The same words on the other ground: nothing but colours changes with it. */
const rulesIn = {
  light: { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  dark: { runOnly: { type: "rule", values: ["color-contrast"] } },
} as const
const schemes = ["dark", "light"] as const

/** What axe says of the page in one scheme. */
async function violationsIn(page: Page, scheme: keyof typeof rulesIn): Promise<string[]> {
  await page.emulateMedia({ colorScheme: scheme })
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source)
  return page.evaluate(
    async ([name, rules]) => {
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run(document, rules)
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${name}: ${id}: ${html.slice(0, 160)}`))
    },
    [scheme, rulesIn[scheme]] as const,
  )
}

/** The router's page scrolls by itself, inside a document that never does. */
const overflows = (page: Page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll(".taro_page")].some(
      ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
    ),
  )

const smallTargets = (page: Page) =>
  page.evaluate(
    (least) =>
      [...document.querySelectorAll(".buyer button, .buyer input, .buyer select, .buyer a")]
        .map((one) => ({ text: one.textContent, box: (one.closest("label") ?? one).getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
        .map(({ text, box }) => `${text} ${Math.round(box.width)}×${Math.round(box.height)}`),
    TARGET_PX_MIN,
  )

/** What axe knows does not depend on the size. */
const [smaller, readAt, larger] = phoneSizes as readonly [Size, Size, Size]

async function misfitsOf(page: Page): Promise<string[]> {
  const found = (await smallTargets(page)).map((target) => `small target ${target}`)
  if (await overflows(page)) found.push("overflows")
  await page.evaluate(() => document.documentElement.setAttribute("data-text", "large"))
  if (await overflows(page)) found.push("overflows in large text")
  await page.evaluate(() => document.documentElement.removeAttribute("data-text"))
  return found
}

test("every page: axe finds nothing, and on no phone anything overflows, no small target", async () => {
  const found: string[] = []
  const seen = new Set<string>()
  const troubles = await walkBuyerScreens(buyers, readAt, async (name, page) => {
    seen.add(name)
    await page.emulateMedia({ reducedMotion: "reduce" })
    // Before anything else is looked at: it may come with the page's own answer.
    const strip = page.locator(".buyer .demo:visible")
    if (
      await strip.waitFor().then(
        () => false,
        () => true,
      )
    )
      found.push(`${name}: says nowhere that it is a demonstration`)
    for (const scheme of schemes) {
      for (const violation of await violationsIn(page, scheme)) found.push(`${name}: ${violation}`)
    }
    for (const misfit of await misfitsOf(page)) found.push(`${name}: ${misfit}`)
    await atSizes(page, [smaller, larger], async ({ width }) => {
      for (const misfit of await misfitsOf(page)) found.push(`${name} on a phone ${width} wide: ${misfit}`)
    })
  })
  expect([...found, ...troubles]).toEqual([])
  expect(seen.size).toBeGreaterThan(32)
}, 300_000)

test("scan, know, pay, trace, check, share: one straight line in a browser outside the wallets", async () => {
  const phone = await buyers.openPhone(phoneSizes[1]!)
  const code = await buyers.world.newCode()
  const page = await phone.open(payPath(code))
  await page.waitForSelector(".buyer #pay-wechat-pay")
  expect(await page.locator("body > .slip").count()).toBe(0)
  const slip = await page.textContent(".buyer")
  for (const words of ["大白菜", "全部来自北京", "快检合格 GB/T 5009.199 12% < 50%"]) expect(slip).toContain(words)
  await page.locator("#origin-0").click()
  expect(await page.locator(".bar").count()).toBeGreaterThan(1)

  await page.locator("#pay-wechat-pay").click()
  await page.waitForSelector("form.sheet")
  await page.locator("button", { hasText: "付款" }).press("Enter")
  await page.waitForURL(/\/p\/\d+/)
  await page.waitForSelector(".buyer .shape.good")
  expect(await page.textContent(".digits")).toMatch(/^\d{3} \d{3}$/)

  await buyers.world.uploadAndAnchor(code)
  await page.locator("#trace").click()
  await page.waitForSelector("#verify")
  expect(await page.locator(".stop").count()).toBe(5)
  await page.locator("#share").click()
  const address = (await page.textContent(".address")) ?? ""
  await page.locator("#verify").click()
  await page.getByText("没有发现问题").waitFor()

  const friend = await buyers.openPhone(phoneSizes[0]!)
  const shown = await friend.open(new URL(address).pathname)
  await shown.waitForSelector(".buyer #verify")
  const shared = (await shown.textContent(".buyer")) ?? ""
  expect(shared).not.toMatch(/¥|斤|克|kg|\d:\d\d/)
  // Who runs no scripts is told the same of where it is from.
  const reader = await buyers.openPhone(phoneSizes[0]!, "browser", { javaScriptEnabled: false })
  const plain = await reader.open(new URL(address).pathname)
  const barsOf = (on: Page) => on.locator(".bar > :last-child").allTextContents()
  const bars = await barsOf(shown)
  expect(bars.length).toBeGreaterThan(1)
  expect(await barsOf(plain)).toEqual(bars)
  expect(await overflows(plain)).toBe(false)
  await shown.locator("#verify").click()
  await shown.getByText("没有发现问题").waitFor()

  const mine = await phone.open("/m/")
  await mine.waitForSelector(".line")
  expect(await mine.textContent(".line")).toContain("大白菜")
  expect([...phone.troubles, ...friend.troubles]).toEqual([])
  for (const { context } of [phone, friend, reader]) await context.close()
})

test("what is one file for everybody is in the phone's language, and in the one that was chosen when it is opened again", async () => {
  const phone = await buyers.openPhone(phoneSizes[1]!, "browser", { locale: "en-GB" })
  const page = await phone.open("/m/")
  await page.getByText("Nothing was paid from this phone yet").waitFor()
  expect(await page.getAttribute("html", "lang")).toBe("en")
  await page.locator("#language").click()
  await page.getByText("还没有付过款").waitFor()
  await page.reload()
  await page.getByText("还没有付过款").waitFor()
  expect(await page.getAttribute("html", "lang")).toBe("zh-CN")
  await phone.context.close()
})
