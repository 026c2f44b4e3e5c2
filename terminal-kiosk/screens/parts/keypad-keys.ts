/** What a keyboard's key means to a keypad. */
type Pressed = Pick<KeyboardEvent, "key" | "repeat" | "ctrlKey" | "metaKey" | "altKey">

/** A key, Enter as `done`, `held` for one that is to do nothing more; `undefined` for what is none of the keypad's. */
export function keypadKey(pressed: Pressed, withPoint: boolean): string | undefined {
  const { key, repeat } = pressed
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return undefined
  if (key === "Backspace") return "⌫"
  const meant = key === "Enter" ? "done" : /^\d$/.test(key) || (key === "." && withPoint) ? key : undefined
  return meant !== undefined && repeat ? "held" : meant
}
