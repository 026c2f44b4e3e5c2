import { expect, test } from "bun:test"
import { groupedBars } from "../../../bench/trace/draw-bars"
import { lines } from "../../../bench/trace/draw-lines"

const labels = { title: "a < b", xLabel: "x & y", yLabel: "%" }

/** Every `<` begins a tag that we draw with. */
function isWellFormed(svg: string): boolean {
  return !/<(?!\/?(?:svg|style|text|rect|line|title|polyline|circle)\b)/.test(svg) && !/&(?!amp;|lt;|gt;)/.test(svg)
}

test("bars keep their values, and what is next to nothing is told from nothing", () => {
  const svg = groupedBars({ ...labels, groups: ["one", "two"], series: [{ name: "s", values: [0, 0.01] }], yMax: 100 })
  expect(svg).toContain("one, s: 0<")
  expect(svg).toContain("two, s: &lt;0.1<")
  expect(isWellFormed(svg)).toBe(true)
})

test("the axis of a line plot ends at a round number above everything", () => {
  const points = [
    { x: 0, y: 12 },
    { x: 1, y: 104 },
  ]
  const svg = lines({ ...labels, series: [{ name: "s", points }] })
  expect(svg).toContain(">125</text>")
  expect(isWellFormed(svg)).toBe(true)
})

test("the check sees a letter that would end the drawing", () => {
  expect(isWellFormed("<svg><text><0.1</text></svg>")).toBe(false)
})
