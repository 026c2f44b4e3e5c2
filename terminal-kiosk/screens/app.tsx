import type { TerminalWord } from "@suyuan/look/terminal-words"
import { useDeferredValue, useEffect, useState } from "react"
import { DayScreen } from "./day/day-screen"
import { tellDisplay } from "./display/tell-display"
import { GoodsScreen } from "./goods/goods-screen"
import { keepFollowingRefunds } from "./refund/use-refunds"
import { SellScreen } from "./sell/sell-screen"
import { keepCurrentBasket } from "./session/keep-current-basket"
import { keepDrafted } from "./session/keep-drafted"
import { letNewVersionIn } from "./session/new-version"
import { useKiosk, useKioskState, useWords } from "./session/use-kiosk"
import { SettleScreen } from "./settle/settle-screen"
import { StateBar } from "./state/state-bar"
import { StateScreen } from "./state/state-screen"

const places = [
  { name: "sell", word: "sell", glyph: "秤" },
  { name: "goods", word: "goodsIn", glyph: "筐" },
  { name: "day", word: "today", glyph: "账" },
  { name: "state", word: "terminal", glyph: "机" },
] as const satisfies readonly { name: string; word: TerminalWord; glyph: string }[]

type Place = (typeof places)[number]["name"]

export function App() {
  const kiosk = useKiosk()
  const { shown, basket, settings, problem, purchases, standing, line } = useKioskState()
  const say = useWords()
  const [chosen, setPlace] = useState<Place>("sell")
  const [fromCode, setFromCode] = useState(false)
  // The tap is seen before its page is drawn; what comes in a code's place is there at once, not after the page of before.
  const followed = useDeferredValue(chosen)
  const place = fromCode ? chosen : followed
  const go = (name: Place) => {
    setPlace(name)
    setFromCode(false)
  }
  const incoming = purchases.filter(([, { answer }]) => answer === undefined).length

  const isSelling = shown !== undefined || basket.lines.length > 0

  useEffect(() => tellDisplay(kiosk), [kiosk])
  useEffect(() => keepCurrentBasket(kiosk), [kiosk])
  useEffect(() => keepDrafted(kiosk), [kiosk])
  useEffect(() => (line.isOnline ? keepFollowingRefunds(kiosk) : undefined), [kiosk, line.isOnline])
  useEffect(() => {
    document.documentElement.lang = settings.language === "zh" ? "zh-CN" : "en"
    document.documentElement.dataset.text = settings.largeText ? "large" : "normal"
  }, [settings.language, settings.largeText])

  return (
    <div className="kiosk">
      <StateBar
        onOpen={() => {
          setPlace("state")
          setFromCode(shown !== undefined)
          kiosk.state.set({ shown: undefined })
        }}
      />
      {problem !== undefined && (
        <div className="problem" role="alert">
          <p>? {say(problem)}</p>
          {problem === "newVersion" ? (
            <button type="button" disabled={isSelling} onClick={letNewVersionIn}>
              {say("updateNow")}
            </button>
          ) : (
            <button type="button" onClick={() => location.reload()}>
              {say("openAgain")}
            </button>
          )}
        </div>
      )}
      {standing === "claimed" && shown === undefined && <p className="problem">◔ {say("confirmFirst")}</p>}
      {standing === "revoked" && shown === undefined && <p className="problem bad">✕ {say("terminalRevoked")}</p>}
      {standing === "suspended" && shown === undefined && <p className="problem bad">✕ {say("terminalSuspended")}</p>}
      {shown !== undefined && <SettleScreen key={shown.sale.counter} shown={shown} />}
      {shown === undefined && place === "goods" && <GoodsScreen />}
      {shown === undefined && place === "day" && <DayScreen onSell={() => go("sell")} />}
      {shown === undefined && place === "state" && <StateScreen />}
      {/* It stays: most taps lead to it or away from it, and to make or remove forty tiles takes longer than the rest of one. */}
      <SellScreen isSeen={shown === undefined && place === "sell"} onStock={() => go("goods")} />
      <nav className={shown === undefined ? "places" : "places behind"} aria-label={say("places")}>
        {places.map(({ name, word, glyph }) => (
          <button key={name} type="button" aria-current={name === chosen ? "page" : undefined} onClick={() => go(name)}>
            <span className="place-glyph" aria-hidden="true">
              {glyph}
            </span>
            {say(word)}
            {name === "goods" && incoming > 0 && <span className="count">{incoming}</span>}
          </button>
        ))}
      </nav>
    </div>
  )
}
