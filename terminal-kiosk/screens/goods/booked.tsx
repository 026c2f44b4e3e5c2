import type { TerminalWord } from "@suyuan/look/terminal-words"
import { type PropsWithChildren, useCallback, useState } from "react"
import { readBook } from "../../src/stock/book"
import { nameOf, weightText } from "../session/goods-names"
import { useHeard } from "../session/use-heard"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

export interface BookedGoods {
  readonly uploadId: string
  readonly word: TerminalWord
  readonly commodity: number
  /** Nothing where nothing came in. */
  readonly grams: number | undefined
  /** What could not be done beside it. */
  readonly trouble?: TerminalWord | undefined
}

type BookedProps = PropsWithChildren<{
  readonly booked: BookedGoods
  /** Of goods that the catalogue does not have: no book has them before somebody has said what they are. */
  readonly name?: string | undefined
  readonly onClose: () => void
}>

/** What was just written down, and what the stall has of it by now: the gateway's word, when it comes. */
export function Booked({ booked, name, onClose, children }: BookedProps) {
  const { terminal } = useKiosk()
  const { catalogue, settings, line } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const { uploadId, word, commodity, grams, trouble } = booked
  const [bookGrams, setBookGrams] = useState<number | undefined>(undefined)

  // The gateway's answer comes as a notice.
  useHeard(
    useCallback(() => {
      void readBook(terminal, commodity, uploadId).then((heard) => heard !== undefined && setBookGrams(heard))
    }, [terminal, commodity, uploadId]),
  )

  return (
    <>
      <p className="notice good" role="status">
        ✓ {say(word)} · {name ?? nameOf(commodity, catalogue, language)}
        {grams !== undefined && ` ${weightText(grams, weightUnit, language)}`}
      </p>
      {trouble !== undefined && <p className="notice bad">✕ {say(trouble)}</p>}
      {name === undefined ? (
        <p className="row book-now" aria-live="polite">
          {bookGrams === undefined ? (
            <span className="waiting">◔ {say(line.isOnline ? "bookComing" : "bookLater")}</span>
          ) : (
            <>
              <span>{say("bookNow")}</span>
              <strong className="sheet-amount">{weightText(Math.max(0, bookGrams), weightUnit, language)}</strong>
            </>
          )}
        </p>
      ) : (
        <p className="notice waiting">◔ {say("byNameHint")}</p>
      )}
      {children}
      <div className="sheet-foot">
        <button type="button" className="primary wide" onClick={onClose}>
          {say("understood")}
        </button>
      </div>
    </>
  )
}
