import { expect, test } from "bun:test"
import { keypadKey } from "../../../terminal-kiosk/screens/parts/keypad-keys"

const pressed = (key: string, more: object = {}) => ({
  ...{ key, repeat: false, ctrlKey: false, metaKey: false, altKey: false },
  ...more,
})

test("digits, point, Backspace and Enter are the keypad's; all else belongs to the page", () => {
  expect(["7", ".", "Backspace", "Enter"].map((key) => keypadKey(pressed(key), true))).toEqual(["7", ".", "⌫", "done"])
  expect(keypadKey(pressed("."), false)).toBeUndefined()
  expect(keypadKey(pressed("Tab"), true)).toBeUndefined()
  expect(keypadKey(pressed("7", { ctrlKey: true }), true)).toBeUndefined()
})

test("a key that is held down is pressed once: Enter confirms nothing twice, a digit stands once", () => {
  expect(keypadKey(pressed("Enter", { repeat: true }), true)).toBe("held")
  expect(keypadKey(pressed("7", { repeat: true }), true)).toBe("held")
  expect(keypadKey(pressed("Backspace", { repeat: true }), true)).toBe("⌫")
})
