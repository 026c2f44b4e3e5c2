import { expect, test } from "bun:test"
import { withDigit } from "../../../terminal-kiosk/screens/settle/digit-entry"

test("[OR-7] six digits are one try: a key that bounces on the sixth is no second one", () => {
  const tries: string[] = []
  let typed = ""
  for (const key of ["1", "2", "9", "⌫", "3", "4", "5", "6", "6", "7", "⌫"]) {
    const entry = withDigit(typed, key)
    typed = entry.typed
    if (entry.isWhole) tries.push(typed)
  }
  expect(tries).toEqual(["123456"])
  expect(typed).toBe("123456")
})
