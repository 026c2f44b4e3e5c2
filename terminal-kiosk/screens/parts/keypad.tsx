import { useEffect } from "react"
import { useWords } from "../session/use-kiosk"

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
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (/^\d$/.test(event.key) || (event.key === "." && withPoint)) onKey(event.key)
      else if (event.key === "Backspace") onKey("⌫")
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) onDone?.()
      else return
      event.preventDefault()
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
