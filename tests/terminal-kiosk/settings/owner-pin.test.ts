import { expect, test } from "bun:test"
import { checkPin, setPin } from "@suyuan/terminal-kiosk/settings/owner-pin"
import { readSettings } from "@suyuan/terminal-kiosk/settings/settings"
import { openStall } from "../headless-terminal"

test("the owner's PIN is known again, another is not, and what is kept does not show it", async () => {
  const { terminal } = await openStall()
  expect(await checkPin(terminal, "2468")).toBeUndefined()
  await setPin(terminal, "2468")
  expect(await checkPin(terminal, "2468")).toBe(true)
  expect(await checkPin(terminal, "2469")).toBe(false)
  expect(JSON.stringify(await readSettings(terminal))).not.toContain("2468")
  expect(setPin(terminal, "12")).rejects.toBeInstanceOf(RangeError)
})
