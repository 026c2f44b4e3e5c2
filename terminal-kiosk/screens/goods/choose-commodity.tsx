import { useState } from "react"
import { matchesGoods } from "../../src/catalogue/find-goods"
import { useKioskState, useWords } from "../session/use-kiosk"

const SHOWN_MAX = 24
const NAME_CHARACTERS_MAX = 32

type ChooseProps = {
  readonly onChoose: (commodity: number) => void
  /** What was typed, for goods that the catalogue does not have. */
  readonly onName?: ((name: string) => void) | undefined
}

/** From the gateway's catalogue, by code, pinyin initials or name. */
export function ChooseCommodity({ onChoose, onName }: ChooseProps) {
  const { catalogue, settings } = useKioskState()
  const say = useWords()
  const [typed, setTyped] = useState("")
  if (catalogue === undefined) return <p className="notice waiting">◔ {say("catalogueNeedsNetwork")}</p>
  const found = catalogue.entries
    .filter(([number, nameZh, nameEn, synonyms, initials = ""]) =>
      matchesGoods(typed, { number, nameZh, nameEn, synonyms, initials }),
    )
    .slice(0, SHOWN_MAX)
  return (
    <>
      <input
        className="search"
        type="search"
        value={typed}
        maxLength={NAME_CHARACTERS_MAX}
        placeholder={say("searchGoods")}
        aria-label={say("searchGoods")}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found[0] !== undefined) onChoose(found[0][0])
        }}
      />
      <ul className="pick">
        {found.map(([code, nameZh, nameEn]) => (
          <li key={code}>
            <button type="button" onClick={() => onChoose(code)}>
              {settings.language === "zh" ? nameZh : nameEn} <small>{code}</small>
            </button>
          </li>
        ))}
        {found.length === 0 && <li className="soft">{say("noSuchGoods")}</li>}
      </ul>
      {onName !== undefined && typed.trim() !== "" && (
        <button type="button" className="secondary wide" onClick={() => onName(typed.trim())}>
          {say("byName")} “{typed.trim()}”
        </button>
      )}
    </>
  )
}
