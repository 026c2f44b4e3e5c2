import { expect, test } from "bun:test"
import { readDisplayMessage } from "@suyuan/terminal-kiosk/display/read-display-message"

const line = { name: "大白菜", quantity: "2.5 斤", price: "¥1.80/斤", amount: "¥4.50", origin: "河北张北", tests: "" }
const message = {
  ...{
    v: 1,
    kind: "show",
    state: "code",
    recalled: false,
    cancelled: false,
    language: "zh",
    development: true,
    stall: "A-12 摊",
    site: "东桥菜市场",
    photo: "",
  },
  ...{ lines: [line], total: "¥4.50", url: "http://localhost:1/p/0123" },
} as const

test("[DS-4] takes a message of finished text", () => {
  expect(readDisplayMessage(JSON.stringify(message))).toEqual(message as never)
})

test("[DS-4] a seller's tablet of before names no photo, and says nothing of recalls", () => {
  const { photo: _photo, recalled: _recalled, cancelled: _cancelled, ...before } = message
  expect(readDisplayMessage(JSON.stringify(before))).toEqual(message as never)
})

test("[DS-4] drops what is not of this form: a code that leads elsewhere, too much, another version, no JSON", () => {
  for (const bad of [
    { ...message, url: "javascript:alert(1)" },
    { ...message, url: "https://elsewhere.example/q/1" },
    { ...message, lines: Array.from({ length: 256 }, () => line) },
    { ...message, photo: "https://elsewhere.example/stall-photos/1" },
    { ...message, stall: "摊".repeat(201) },
    { ...message, state: "free" },
    { ...message, v: 2 },
  ]) {
    expect(readDisplayMessage(JSON.stringify(bad))).toBeUndefined()
  }
  expect(readDisplayMessage("{")).toBeUndefined()
})
