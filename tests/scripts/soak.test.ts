import { expect, test } from "bun:test"
import { runBun } from "../../scripts/testing/run-bun"

test("a soak run of some seconds with one seed comes to rest with every identity whole", async () => {
  const args = ["scripts/soak.ts", "--minutes", "0.15", "--seed", "3", "--json"]
  const { exitCode, text } = await runBun(args, { quiet: true })
  const figures = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "")
  expect(figures).toMatchObject({ seed: 3, isGood: true, paid: expect.any(Number) })
  expect(Object.values(figures.held)).toEqual(Array(7).fill(true))
  expect(exitCode).toBe(0)
}, 240_000)

test("a wrong option stops it with a sentence", async () => {
  const { exitCode, text } = await runBun(["scripts/soak.ts", "--minutes", "no"], { quiet: true })
  expect(exitCode).toBe(1)
  expect(text).toContain("Give minutes")
})
