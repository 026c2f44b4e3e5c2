import { type PropsWithChildren, useId, useLayoutEffect, useRef } from "react"
import { useWords } from "../session/use-kiosk"

type SheetProps = PropsWithChildren<{
  readonly title: string
  readonly onClose: () => void
  readonly wide?: boolean
}>

/** A slip of paper over the screen: the browser keeps the focus in it, and Escape puts it away. */
export function Sheet({ title, onClose, wide = false, children }: SheetProps) {
  const sheet = useRef<HTMLDialogElement>(null)
  const say = useWords()
  const heading = useId()
  // Before React takes it away: the browser gives the focus back only to who closes a dialog that is still there.
  useLayoutEffect(() => {
    const dialog = sheet.current
    dialog?.showModal()
    // Not the first button: digits and Enter belong to the keypad until somebody tabs away.
    const field = dialog?.querySelector<HTMLInputElement>("input:not([type=file])")
    ;(field ?? dialog)?.focus()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={sheet}
      tabIndex={-1}
      className={wide ? "sheet wide" : "sheet"}
      aria-labelledby={heading}
      onCancel={(event) => {
        // React lets a sheet hear of the sheet that lies on it.
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
    >
      <header className="sheet-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="quiet icon" aria-label={say("close")} onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  )
}
