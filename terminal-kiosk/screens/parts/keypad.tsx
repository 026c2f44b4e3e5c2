import { useEffect } from "react"
import { useWords } from "../session/use-kiosk"
import { keypadKey } from "./keypad-keys"

const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "⌫"]

type KeypadProps = {
  readonly onKey: (key: string) => void
  /** Enter on a keyboard. */
  readonly onDone?: () => void
  readonly withPoint?: boolean
}

/** Ten big keys; a keyboard's digits do the same. */
export function Keypad({ onKey, onDone, withPoint = true }: KeypadProps) {
  const say = useWords()
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const key = isTyping(event.target) ? undefined : keypadKey(event, withPoint)
      // Enter presses the button that has the focus.
      if (key === undefined || (key === "done" && event.target instanceof HTMLButtonElement)) return
      event.preventDefault()
      if (key === "done") onDone?.()
      else if (key !== "held") onKey(key)
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would announce a form, and this is a keypad
    <div className="keypad" role="group" aria-label={say("keypad")}>
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          disabled={key === "." && !withPoint}
          aria-label={key === "⌫" ? say("backspace") : key === "." ? say("point") : key}
          // A finger's key keeps no focus: Enter on a keyboard would type it again.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onKey(key)}
        >
          {key}
        </button>
      ))}
    </div>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
}
