import { expect, test } from "bun:test"
import { runBun } from "../../scripts/testing/run-bun"

async function soak(minutes: string, seed: string) {
  const { exitCode, text } = await runBun(["scripts/soak.ts", "--minutes", minutes, "--seed", seed, "--json"], {
    quiet: true,
  })
  const figures = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "")
  expect(figures).toMatchObject({ seed: Number(seed), isGood: true })
  expect(Object.values(figures.held)).toEqual(Array(9).fill(true))
  for (const happened of [figures.paid, figures.cash, figures.refunds]) expect(happened).toBeGreaterThan(0)
  expect(Object.keys(figures.faults).length).toBeGreaterThan(0)
  expect(exitCode).toBe(0)
}

test(
  "a soak run of half a minute with one seed comes to rest with every identity whole",
  () => soak("0.5", "3"),
  240_000,
)

test("a wrong option stops it with a sentence", async () => {
  const { exitCode, text } = await runBun(["scripts/soak.ts", "--minutes", "no"], { quiet: true })
  expect(exitCode).toBe(1)
  expect(text).toContain("Give minutes")
})
