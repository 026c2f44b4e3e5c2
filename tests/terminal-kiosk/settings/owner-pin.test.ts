import { expect, test } from "bun:test"
import { systemRandom } from "@suyuan/terminal-kiosk/clock"
import { checkPin, pinOf } from "@suyuan/terminal-kiosk/settings/owner-pin"
import { changeSettings, readSettings } from "@suyuan/terminal-kiosk/settings/settings"
import { openStall } from "../headless-terminal"

test("the owner's PIN is known again, another is not, and what is kept does not show it", async () => {
  const { terminal } = await openStall()
  expect(await checkPin(terminal, "2468")).toBeUndefined()
  await changeSettings(terminal, { pin: await pinOf(systemRandom, "2468") })
  expect(await checkPin(terminal, "2468")).toBe(true)
  expect(await checkPin(terminal, "2469")).toBe(false)
  expect(JSON.stringify(await readSettings(terminal))).not.toContain("2468")
  expect(pinOf(systemRandom, "12")).rejects.toBeInstanceOf(RangeError)
})
