import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { memo, type PropsWithChildren, useEffect, useState } from "react"
import type { TileRow } from "../../src/store/rows"
import { Sheet } from "../parts/sheet"
import { refusalWords } from "../session/refusals"
import { dropLine, putLine, settle } from "../session/selling"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { BasketPanel } from "./basket-panel"
import { LineSheet } from "./line-sheet"
import { ReduceSheet } from "./reduce-sheet"
import { Tiles } from "./tiles"

type Open =
  | { readonly sheet: "line"; readonly tile: TileRow; readonly index: number | undefined }
  | { readonly sheet: "reduce" }
  | { readonly sheet: "recalled"; readonly reason: string }

type SellScreenProps = {
  /** False while another page or a code stands in its place: it is there, and nobody sees, taps or reads it. */
  readonly isSeen: boolean
  readonly onStock: () => void
}

/** What nobody sees is drawn when somebody comes back to it: the code that stands in its place does not wait for it. */
const WhileSeen = memo(
  ({ children }: PropsWithChildren<{ readonly isSeen: boolean }>) => children,
  (_, { isSeen }) => !isSeen,
)

export function SellScreen({ isSeen, onStock }: SellScreenProps) {
  const kiosk = useKiosk()
  const state = useKioskState()
  const { basket, tiles, settings, recalled } = state
  const say = useWords()
  const [asked, setOpen] = useState<Open | undefined>(undefined)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  // A tap while the sale was made asked for what the code would lie under.
  const open = isSeen ? asked : undefined
  useEffect(() => {
    if (isSeen) return
    setOpen(undefined)
    setRefusal(undefined)
  }, [isSeen])
  const close = () => setOpen(undefined)
  const refuse = (code: string | undefined) =>
    setRefusal(code === undefined ? undefined : refusalWords(code, settings.language))

  const settleNow = async (how: "platform" | "cash") => refuse(await settle(kiosk, how))
  const finishLine = async (line: SaleLine, settleAtOnce: boolean, index: number | undefined) => {
    const problem = putLine(kiosk, line, index)
    refuse(problem)
    close()
    if (problem === undefined && settleAtOnce) await settleNow("platform")
  }
  const choose = (tile: TileRow) => {
    const hold = recalled.get(tile.slot)
    setOpen(hold === undefined ? { sheet: "line", tile, index: undefined } : { sheet: "recalled", reason: hold.reason })
  }
  const openLine = (index: number) => {
    const tile = tiles.find(({ slot }) => slot === basket.lines[index]?.slot)
    if (tile !== undefined) setOpen({ sheet: "line", tile, index })
  }
  return (
    <div className={isSeen ? "sell" : "sell behind"}>
      <Tiles
        isSeen={isSeen}
        onChoose={choose}
        onSettle={() => basket.lines.length > 0 && void settleNow("platform")}
        onStock={onStock}
      />
      <WhileSeen isSeen={isSeen}>
        <BasketPanel
          state={state}
          onLine={openLine}
          onReduce={() => setOpen({ sheet: "reduce" })}
          onSettle={(how) => void settleNow(how)}
          refusal={refusal}
        />
      </WhileSeen>
      {open?.sheet === "line" && (
        <LineSheet
          tile={open.tile}
          line={open.index === undefined ? undefined : basket.lines[open.index]}
          onDone={(line, settleAtOnce) => void finishLine(line, settleAtOnce, open.index)}
          onRemove={
            open.index === undefined
              ? undefined
              : () => {
                  dropLine(kiosk, open.index ?? 0)
                  close()
                }
          }
          onClose={close}
        />
      )}
      {open?.sheet === "recalled" && (
        <Sheet title={say("recalled")} onClose={close}>
          <p className="notice bad">✕ {say("recalledHint")}</p>
          <p>{open.reason}</p>
          <button type="button" className="primary wide" onClick={close}>
            {say("understood")}
          </button>
        </Sheet>
      )}
      {open?.sheet === "reduce" && <ReduceSheet onClose={close} />}
    </div>
  )
}
