import { afterAll, beforeAll, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import axe from "axe-core"
import type { Page } from "playwright-core"
import { buildKiosk } from "../../../scripts/kiosk/build-kiosk"
import { atSizes } from "../../support/at-sizes"
import { type KioskMarket, openKioskMarket, START_MS_MAX } from "./market"
import { walkScreens } from "./screens"

/** Of the terminal: wet hands (design: look). */
const TARGET_PX_MIN = 56
const WALK_MS_MAX = 400_000

let market: KioskMarket
beforeAll(async () => {
  market = await openKioskMarket(82)
}, START_MS_MAX)
afterAll(async () => {
  await market?.end()
}, START_MS_MAX)

type Axe = {
  run: (on: Document, options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

const EVERY_RULE = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }

async function violationsOf(page: Page, rules: object = EVERY_RULE): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (wanted) => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run(document, wanted)
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  }, rules)
}

/** The same words on the other ground: nothing but colours changes with it. */
async function faintInTheDark(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "dark" })
  const faint = await violationsOf(page, { runOnly: { type: "rule", values: ["color-contrast"] } })
  await page.emulateMedia({ colorScheme: "light" })
  return faint
}

/** Parts that are wider than there is room: of the page, or of what scrolls in it. */
const overflows = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("html, .page, dialog[open], .state-bar, .card, .list-row, .settle-screen, .enrol")]
      .filter((part) => part.scrollWidth > part.clientWidth + 1)
      .map((part) => part.className || part.tagName),
  )

/** Of the sheet on top, or of the page: head and button, wherever the middle was scrolled to. */
const outOfSight = (page: Page) =>
  page.evaluate(() => {
    const sheet = [...document.querySelectorAll("dialog[open]")].at(-1)
    const frame = sheet ?? document.querySelector(".page")
    if (!frame) return []
    const parts = [...frame.querySelectorAll(sheet ? ".sheet-head, .sheet-foot, .line-actions" : ".page-head")]
    const before = frame.scrollTop
    const lost = [0, frame.scrollHeight].flatMap((scrollTop) => {
      frame.scrollTop = scrollTop
      const { top, bottom } = frame.getBoundingClientRect()
      return parts.filter((part) => {
        const box = part.getBoundingClientRect()
        return box.top < Math.max(0, top) - 1 || box.bottom > Math.min(innerHeight, bottom) + 1
      })
    })
    frame.scrollTop = before
    return lost.map((part) => part.className)
  })

const smallTargets = (page: Page) =>
  page.evaluate(
    (least) =>
      [...document.querySelectorAll("button, input, select")]
        .map((one) => ({ text: one.textContent, box: (one.closest("label.tick") ?? one).getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
        .map(({ text, box }) => `${text} ${Math.round(box.width)}×${Math.round(box.height)}`),
    TARGET_PX_MIN,
  )

test("the customer's screen loads nothing that signs or keeps a sale", async () => {
  const folder = await buildKiosk(() => {})
  const scriptsOf = (page: string) =>
    [...readFileSync(join(folder, page), "utf8").matchAll(/"\/kiosk\/(assets\/[^"]+\.js)"/g)]
      .map(([, path = ""]) => readFileSync(join(folder, path), "utf8"))
      .join("\n")
  for (const secret of ["SYP1", "suyuan-terminal", "indexedDB"]) {
    expect(scriptsOf("index.html")).toContain(secret)
    expect(scriptsOf("display.html")).not.toContain(secret)
  }
})

/** What axe knows does not depend on the size. */
const [readAt, ...alsoAt] = [
  { width: 390, height: 844 },
  { width: 1024, height: 600 },
] as const

async function misfitsOf(page: Page): Promise<string[]> {
  return [
    ...(await smallTargets(page)).map((target) => `small target ${target}`),
    ...(await overflows(page)).map((part) => `${part} overflows`),
    ...(await outOfSight(page)).map((part) => `${part} out of sight`),
  ]
}

test(
  "every screen: no violation that axe finds, and at every size nothing overflows, no small target",
  async () => {
    const found: string[] = []
    const seen = new Set<string>()
    await walkScreens(market, readAt, async (name, page) => {
      seen.add(name)
      for (const violation of await violationsOf(page)) found.push(`${name}: ${violation}`)
      for (const violation of await faintInTheDark(page)) found.push(`${name} in the dark: ${violation}`)
      for (const misfit of await misfitsOf(page)) found.push(`${name}: ${misfit}`)
      await atSizes(page, alsoAt, async ({ width, height }) => {
        for (const misfit of await misfitsOf(page)) found.push(`${name} at ${width}×${height}: ${misfit}`)
      })
    })
    expect(found).toEqual([])
    expect(seen.size).toBeGreaterThan(25)
  },
  WALK_MS_MAX,
)
