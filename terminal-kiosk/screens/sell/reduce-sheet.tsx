import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { useState } from "react"
import { Keypad } from "../parts/keypad"
import { Sheet } from "../parts/sheet"
import { yuan } from "../session/goods-names"
import { askLess } from "../session/selling"
import { typedFen, withKey } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

/** 抹零: to the jiao or yuan below with one tap, or to any sum below. */
export function ReduceSheet({ onClose }: { readonly onClose: () => void }) {
  const kiosk = useKiosk()
  const say = useWords()
  const linesFen = linesTotalFen(useKioskState().basket.lines)
  const [typed, setTyped] = useState("")
  const [trouble, setTrouble] = useState<"reduceTooMuch" | "reduceNotBelow" | undefined>(undefined)
  const ask = (fen: number | undefined, isSure: boolean) => {
    if (fen === undefined || fen < 1 || fen > linesFen) return setTrouble("reduceNotBelow")
    const asked = askLess(kiosk, fen)
    if (typeof asked === "string") return setTrouble("reduceNotBelow")
    if (asked.isBeyondCustom && !isSure) return setTrouble("reduceTooMuch")
    onClose()
  }
  const presets = [...new Set([Math.floor(linesFen / 10) * 10, Math.floor(linesFen / 100) * 100])].filter(
    (fen) => fen > 0 && fen < linesFen,
  )
  return (
    <Sheet title={say("reduce")} onClose={onClose}>
      <p className="soft">
        {say("total")} {yuan(linesFen)}
      </p>
      <div className="row">
        {presets.map((fen) => (
          <button key={fen} type="button" className="secondary grow" onClick={() => ask(fen, false)}>
            {yuan(fen)}
          </button>
        ))}
        <button type="button" className="grow" onClick={() => ask(linesFen, true)}>
          {say("noReduction")}
        </button>
      </div>
      <output className="typed">¥{typed || fenToYuan(0)}</output>
      {trouble !== undefined && (
        <p className="bad" role="alert">
          ? {say(trouble)}
        </p>
      )}
      <Keypad
        onKey={(key) => setTyped((before) => withKey(before, key, 2))}
        onDone={() => ask(typedFen(typed), false)}
      />
      <div className="sheet-foot">
        <button
          type="button"
          className="primary wide"
          onClick={() => ask(typedFen(typed), trouble === "reduceTooMuch")}
        >
          {say(trouble === "reduceTooMuch" ? "reduceAnyway" : "confirm")}
        </button>
      </div>
    </Sheet>
  )
}
