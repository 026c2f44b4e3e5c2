import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { colours } from "@suyuan/look/tokens"
import { appearanceText, nextScheme, readAppearance, schemes } from "@suyuan/miniprogram/appearance"

const source = join(import.meta.dir, "../../miniprogram/src")

test("what was kept comes back, and what nobody can have kept is the system's", () => {
  for (const scheme of schemes) {
    for (const isLarge of [true, false]) {
      expect(readAppearance(appearanceText({ scheme, isLarge }))).toEqual({ scheme, isLarge })
    }
  }
  for (const kept of [null, undefined, "", 7, {}, "purple huge", "<script>"]) {
    expect(readAppearance(kept)).toEqual({ scheme: "system", isLarge: false })
  }
})

test("one switch goes through all three, and ends where it began", () => {
  expect(nextScheme(nextScheme(nextScheme("system")))).toBe("system")
  expect(new Set([nextScheme("system"), nextScheme("light"), nextScheme("dark")]).size).toBe(3)
})

test("pages have no colour of their own: all are the look's", () => {
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const entry of files.filter(({ name }) => /\.(css|tsx)$/.test(name))) {
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8")
    expect([entry.name, text.match(/#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(/g)]).toEqual([entry.name, null])
  }
})

test("the bar above WeChat's pages has the paper's colour, by day and by night", () => {
  const theme = JSON.parse(readFileSync(join(source, "theme.json"), "utf8"))
  for (const scheme of ["light", "dark"] as const) {
    expect([theme[scheme].barGround, theme[scheme].ground]).toEqual([colours.paper[scheme], colours.paper[scheme]])
  }
  expect([theme.light.barText, theme.dark.barText]).toEqual(["black", "white"])
})

test("every picture has a size before it is there", () => {
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter(({ name }) =>
    name.endsWith(".tsx"),
  )
  const pictures = files.flatMap((entry) => [
    ...readFileSync(join(entry.parentPath, entry.name), "utf8").matchAll(/<(?:Picture|img|Image|svg)\s[^>]*>/gs),
  ])
  expect(pictures.length).toBeGreaterThan(3)
  for (const [picture] of pictures) expect(picture).toMatch(/width=|\{\.\.\.size\}|style=\{style\}/)
})
