import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { errorWords } from "@suyuan/look/errors"
import { errorPage } from "../../scripts/error-page"

test("the page of errors says what the gateway says", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")
  expect(page).toBe(errorPage())
})

test("every code has a status and a sentence in both languages", () => {
  for (const [code, { status, zh, en }] of Object.entries(errorWords)) {
    expect(code).toMatch(/^[a-z-]+\/[a-z0-9-]+$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(zh).toMatch(/\p{Script=Han}/u)
    expect(en).toMatch(/^[A-Z].*[.?]$/)
  }
})
