import { describe, expect, test } from "bun:test"
import { type Colour, colours, css, largeTextFactor, miniCss, stateShapes, typeScalePx } from "@suyuan/look/tokens"

/** WCAG 2.2 contrast of two sRGB hex colours. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    const [r = 0, g = 0, blue = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue
  }
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

describe.each(["light", "dark"] as const)("%s", (scheme) => {
  const colour = (name: Colour) => colours[name][scheme]

  test.each(["paper", "card"] as const)("amounts reach 7:1 and other text 4.5:1 on %s", (ground) => {
    expect(contrast(colour("ink"), colour(ground))).toBeGreaterThanOrEqual(7)
    for (const name of ["ink-soft", "leaf", "grain-ink", "chilli", "sky"] as const) {
      expect([name, contrast(colour(name), colour(ground)) >= 4.5]).toEqual([name, true])
    }
  })

  test("the label of the primary action and the demonstration's banner reach 4.5:1", () => {
    expect(contrast(colour("on-grain"), colour("grain"))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colour("on-leaf"), colour("leaf"))).toBeGreaterThanOrEqual(4.5)
  })
})

test("every colour is a custom property in both schemes, and each state has a shape", () => {
  const sheet = css()
  for (const [name, value] of Object.entries(colours)) {
    expect(sheet).toContain(`--${name}: ${value.light};`)
    expect(sheet).toContain(`--${name}: ${value.dark};`)
  }
  expect(sheet).toContain("prefers-reduced-motion")
  expect(new Set(Object.values(stateShapes)).size).toBe(4)
})

test("a mini-program's pages are dark or large by the phone, or by what their outermost element is marked with", () => {
  const sheet = miniCss()
  const block = (start: string) => sheet.slice(sheet.indexOf(start), sheet.indexOf("}", sheet.indexOf(start)))
  expect(sheet.indexOf("@media (prefers-color-scheme: dark) { page")).toBeLessThan(sheet.indexOf(".look-light"))
  for (const [name, { light, dark }] of Object.entries(colours)) {
    expect(block(".look-dark")).toContain(`--${name}: ${dark};`)
    expect(block(".look-light")).toContain(`--${name}: ${light};`)
  }
  for (const px of typeScalePx) {
    expect(block(".look-large")).toContain(`--text-${px}: ${Math.round(px * largeTextFactor)}px;`)
  }
})
