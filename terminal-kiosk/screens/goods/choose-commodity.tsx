import { useState } from "react"
import { matchesGoods } from "../../src/catalogue/find-goods"
import { useKioskState, useWords } from "../session/use-kiosk"

const SHOWN_MAX = 24

/** From the gateway's catalogue, by code, pinyin initials or name. */
export function ChooseCommodity({ onChoose }: { readonly onChoose: (commodity: number) => void }) {
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
    </>
  )
}
