import { type PropsWithChildren, useEffect, useId, useLayoutEffect, useRef } from "react"
import { createPortal } from "react-dom"
import { afterPaint } from "../session/after-paint"
import { useKioskPart, useWords } from "../session/use-kiosk"
import { onCloseRequest } from "./close-request"
import { focusedBefore, layOver } from "./layers"

/** Unless it is gone, lies under another one, or something in it was chosen meanwhile. */
function takeFocus(dialog: HTMLDialogElement): void {
  if (!dialog.isConnected || dialog.hasAttribute("data-under") || dialog.contains(document.activeElement)) return
  dialog.focus({ preventScroll: true })
}

type SheetProps = PropsWithChildren<{
  readonly title: string
  readonly onClose: () => void
  readonly wide?: boolean
}>

/** A slip of paper over the screen: the focus stays in it, and Escape, or a tablet's way back, puts it away. */
export function Sheet({ title, onClose, wide = false, children }: SheetProps) {
  const sheet = useRef<HTMLDialogElement>(null)
  const say = useWords()
  const problem = useKioskPart((state) => state.problem)
  const heading = useId()
  useLayoutEffect(() => {
    const dialog = sheet.current
    if (dialog === null) return undefined
    const before = focusedBefore()
    const takeAway = layOver(dialog)
    // Not the first button: digits and Enter belong to the keypad until somebody tabs away.
    const field = dialog.querySelector<HTMLInputElement>("input:not([type=file])")
    if (field !== null) field.focus()
    // Once it is seen: a browser that is asked for the focus earlier styles it and lays it out twice. Keys are heard anyhow.
    else afterPaint(() => takeFocus(dialog))
    return () => {
      takeAway()
      // Once it is gone: who looks for the focus earlier lays out both.
      queueMicrotask(() => {
        if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
      })
    }
  }, [])
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => onCloseRequest(() => close.current()), [])
  return createPortal(
    <dialog
      ref={sheet}
      open
      tabIndex={-1}
      className={wide ? "sheet wide" : "sheet"}
      aria-modal="true"
      aria-labelledby={heading}
    >
      <header className="sheet-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="quiet icon" aria-label={say("close")} onClick={onClose}>
          ✕
        </button>
      </header>
      {/* What the page says of it lies under this. */}
      {problem !== undefined && problem !== "newVersion" && (
        <p className="notice bad" role="alert">
          ? {say(problem)}
        </p>
      )}
      {children}
    </dialog>,
    document.body,
  )
}
