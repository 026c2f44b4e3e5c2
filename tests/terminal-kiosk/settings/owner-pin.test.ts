import { expect, test } from "bun:test"
import { systemRandom } from "@suyuan/terminal-kiosk/clock"
import { checkPin, pinLockedUntilMs, pinOf } from "@suyuan/terminal-kiosk/settings/owner-pin"
import { changeSettings, readSettings } from "@suyuan/terminal-kiosk/settings/settings"
import { openStall, type Stall, stallClock } from "../headless-terminal"

const MINUTE_MS = 60_000
const right = { verdict: "right" } as const
const pin = await pinOf(systemRandom, "2468")

async function openOwned(): Promise<Stall> {
  const stall = await openStall()
  await changeSettings(stall.terminal, { pin })
  return stall
}

async function guess({ terminal }: Pick<Stall, "terminal">, times: number) {
  const verdicts = []
  for (let i = 0; i < times; i += 1) verdicts.push(await checkPin(terminal, `${1000 + i}`))
  return verdicts
}

test("the owner's PIN is known again, another is not, and what is kept does not show it", async () => {
  const { terminal } = await openStall()
  expect(await checkPin(terminal, "2468")).toEqual({ verdict: "none" })
  await changeSettings(terminal, { pin })
  expect(await checkPin(terminal, "2468")).toEqual(right)
  expect(await checkPin(terminal, "2469")).toEqual({ verdict: "wrong", triesLeft: 4 })
  expect(JSON.stringify(await readSettings(terminal))).not.toContain("2468")
  expect(pinOf(systemRandom, "12")).rejects.toBeInstanceOf(RangeError)
})

test("five tries, then the right one waits too, longer after each that is wrong; a right one begins anew", async () => {
  const stall = await openOwned()
  const { terminal, clock } = stall
  expect((await guess(stall, 4)).at(-1)).toEqual({ verdict: "wrong", triesLeft: 1 })
  expect(await guess(stall, 1)).toEqual([{ verdict: "locked", untilMs: clock.steadyMs() + 15 * MINUTE_MS }])
  clock.advance(15 * MINUTE_MS - 1)
  expect(await checkPin(terminal, "2468")).toMatchObject({ verdict: "locked" })
  clock.advance(1)
  expect(await guess(stall, 1)).toEqual([{ verdict: "locked", untilMs: clock.steadyMs() + 30 * MINUTE_MS }])
  clock.advance(30 * MINUTE_MS)
  expect(await checkPin(terminal, "2468")).toEqual(right)
  expect(await guess(stall, 1)).toEqual([{ verdict: "wrong", triesLeft: 4 }])
})

test("a clock that is set forward and a restart shorten no wait; tries outlive the restart", async () => {
  const stall = await openOwned()
  await guess(stall, 5)
  stall.clock.set(stall.clock.nowMs() + 365 * 24 * 60 * MINUTE_MS)
  expect(await checkPin(stall.terminal, "2468")).toMatchObject({ verdict: "locked" })
  const again = await openStall(stall.store, stallClock(stall.clock.nowMs()))
  expect(await pinLockedUntilMs(again.terminal)).toBe(15 * MINUTE_MS)
  expect(await checkPin(again.terminal, "2468")).toMatchObject({ verdict: "locked" })
  again.clock.advance(15 * MINUTE_MS)
  expect(await checkPin(again.terminal, "2468")).toEqual(right)
})

test("a try counts before it is looked at: many at once are no more than five", async () => {
  const { terminal } = await openOwned()
  const verdicts = await Promise.all(Array.from({ length: 8 }, (_, i) => checkPin(terminal, `${1000 + i}`)))
  expect(verdicts.filter(({ verdict }) => verdict === "wrong")).toHaveLength(4)
  expect(verdicts.filter(({ verdict }) => verdict === "locked")).toHaveLength(4)
})

test("a PIN as an earlier version kept it is still the owner's, and is kept as argon2id from then on", async () => {
  const { terminal } = await openStall()
  // PBKDF2-HMAC-SHA-256 of "2468", 200,000 iterations, the salt 00…00: by Python's hashlib.
  const digest = "1ec7fda46ab32091d08e19f0765610baca6b3867085eb272c02c8b2ca94d4ccb"
  await changeSettings(terminal, { pin: { salt: "00".repeat(16), digest } })
  expect(await checkPin(terminal, "2469")).toMatchObject({ verdict: "wrong" })
  expect(await checkPin(terminal, "2468")).toEqual(right)
  expect((await readSettings(terminal)).pin?.kind).toBe("argon2id")
  expect(await checkPin(terminal, "2468")).toEqual(right)
})
