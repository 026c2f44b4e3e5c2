// A rejected configuration ends with exit code 0 and builds nothing, so what came out is looked at.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  buildMiniprogram,
  missingIn,
  pagesInSources,
  type Target,
  targets,
} from "../../../scripts/miniprogram/build-miniprogram"
import { firstRouteScriptBytes, packageBytes, scriptsOf } from "../../../scripts/miniprogram/measure-build"

const folders = new Map<Target, string>()
const scratch = mkdtempSync(join(tmpdir(), "suyuan-outputs-"))
beforeAll(async () => {
  for (const target of targets) folders.set(target, await buildMiniprogram(target, () => {}))
}, 300_000)
afterAll(() => rmSync(scratch, { recursive: true }))

const textOf = (folder: string, path: string) => readFileSync(join(folder, path), "utf8")

for (const target of targets) {
  test(`${target}: every page that has sources is there; a build that left nothing, or one page less, is told`, () => {
    const folder = folders.get(target) as string
    expect(missingIn(folder, target)).toEqual([])
    const nothing = mkdtempSync(join(scratch, "nothing-"))
    expect(missingIn(nothing, target)).toEqual([target === "h5" ? "index.html" : "app.json"])
    const less = join(scratch, `less-${target}`)
    cpSync(folder, less, { recursive: true })
    for (const path of target === "h5" ? scriptsOf(less) : [join(less, "app.json")]) {
      writeFileSync(path, readFileSync(path, "utf8").replaceAll('"pages/verify/index"', '"pages/none/index"'))
    }
    expect(missingIn(less, target)).toEqual(["pages/verify/index"])
  })
}

/** Younger than Chrome 86 and iOS 14: such a browser leaves out the whole rule, or what it would place. */
const laterStyles = /:has\(|:is\(|:where\(|@container|@layer|color-mix\(|[{;\s]inset:|aspect-ratio|\d[dsl]v[hw]\b/g

for (const target of targets) {
  test(`${target}: no style asks for what the oldest phones have not`, () => {
    const folder = folders.get(target) as string
    const sheets = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
      /\.(css|wxss|acss)$/.test(path),
    )
    expect(sheets.length).toBeGreaterThan(0)
    expect(sheets.flatMap((path) => textOf(folder, path).match(laterStyles) ?? [])).toEqual([])
  })
}

for (const [target, template] of [
  ["weapp", "wxml"],
  ["alipay", "axml"],
] as const) {
  test(`${target}: a scan opens the pay page first, each page has a title and Taro's template, in at most 700 KB`, () => {
    const folder = folders.get(target) as string
    const { pages } = JSON.parse(textOf(folder, "app.json")) as { readonly pages: readonly string[] }
    expect(pages[0]).toBe("pages/pay/index")
    expect(pages.toSorted()).toEqual(pagesInSources())
    const title = target === "weapp" ? "navigationBarTitleText" : "defaultTitle"
    for (const page of pages) {
      expect([page, JSON.parse(textOf(folder, `${page}.json`))[title]]).toEqual([page, expect.stringMatching(/./)])
      expect([page, textOf(folder, `${page}.${template}`)]).toEqual([page, expect.stringContaining("taro_tmpl")])
    }
    expect(packageBytes(folder)).toBeLessThan(700_000)
    const templates = textOf(folder, `base.${template}`)
    for (const [element, attribute] of [
      ...["view", "button", "image", "input", "textarea"].map((element) => [element, "aria-label"] as const),
      ...([
        ["view", "aria-role"],
        ["view", "aria-live"],
        ["button", "aria-expanded"],
      ] as const),
    ]) {
      expect([element, templates]).toEqual([
        element,
        expect.stringMatching(new RegExp(`<${element} [^>]*${attribute}="{{i\\.p\\d+}}"`)),
      ])
    }
  })
}

test("weapp: WeChat's own sheet asks for consent before what its privacy notice names is used", () => {
  expect(JSON.parse(textOf(folders.get("weapp") as string, "app.json"))).toMatchObject({ __usePrivacyCheck__: true })
})

test("h5: what a scanned code opens needs at most 170 KB of script, and nothing stands inline", () => {
  const folder = folders.get("h5") as string
  expect(firstRouteScriptBytes(folder)).toBeLessThan(170_000)
  for (const path of scriptsOf(folder)) expect(readFileSync(path, "utf8")).not.toContain('"head")[0].appendChild')
  expect(textOf(folder, "index.html")).not.toMatch(/<script(?![^>]*\bsrc=)|<style| style=/)
})
