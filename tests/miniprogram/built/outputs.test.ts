// A rejected configuration ends with exit code 0 and builds nothing, so what came out is looked at.
import { beforeAll, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { buildMiniprogram, type Target, targets } from "../../../scripts/miniprogram/build-miniprogram"
import { firstRouteScriptBytes, packageBytes, scriptsOf } from "../../../scripts/miniprogram/measure-build"

const folders = new Map<Target, string>()
beforeAll(async () => {
  for (const target of targets) folders.set(target, await buildMiniprogram(target, () => {}))
}, 300_000)

const pages = ["pages/pay/index", "pages/trace/index", "pages/verify/index", "pages/mine/index"]

for (const [target, template] of [
  ["weapp", "wxml"],
  ["alipay", "axml"],
] as const) {
  test(`${target}: every page is there, in at most 700 KB`, () => {
    const folder = folders.get(target)!
    expect(JSON.parse(readFileSync(join(folder, "app.json"), "utf8"))).toMatchObject({ pages })
    for (const page of pages) {
      for (const extension of ["js", "json", template])
        expect(existsSync(join(folder, `${page}.${extension}`))).toBe(true)
    }
    expect(packageBytes(folder)).toBeLessThan(700_000)
  })
}

test("h5: what a scanned code opens needs at most 170 KB of script, and nothing stands inline", () => {
  const folder = folders.get("h5")!
  expect(firstRouteScriptBytes(folder)).toBeLessThan(170_000)
  for (const path of scriptsOf(folder)) expect(readFileSync(path, "utf8")).not.toContain('"head")[0].appendChild')
  expect(readFileSync(join(folder, "index.html"), "utf8")).not.toMatch(/<script(?![^>]*\bsrc=)|<style| style=/)
})
