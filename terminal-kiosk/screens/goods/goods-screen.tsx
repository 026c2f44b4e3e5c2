import { useState } from "react"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { Drafts } from "./drafts"
import { GoodsForm } from "./goods-form"
import { Incoming } from "./incoming"
import { OnSale } from "./on-sale"
import { PieceWeights } from "./piece-weight"
import { TestSheet } from "./test-sheet"

type Open = "put-on-sale" | "outside" | "harvest" | "test"

/** What comes to the stall, and what of it is on sale. */
export function GoodsScreen() {
  const { terminal } = useKiosk()
  const { purchases } = useKioskState()
  const say = useWords()
  const [open, setOpen] = useState<Open | undefined>(undefined)
  const waiting = purchases.filter(([, { answer }]) => answer === undefined).length
  const { kind } = terminal.identity.site
  const isBase = kind === "base"
  return (
    <main className="page">
      <div className="page-head">
        <h1>{say("goodsIn")}</h1>
        <div className="row">
          <button type="button" className="primary" onClick={() => setOpen("put-on-sale")}>
            {say("putOnSale")}
          </button>
          {isBase ? (
            <button type="button" className="secondary" onClick={() => setOpen("harvest")}>
              {say("declareHarvest")}
            </button>
          ) : (
            <button type="button" className="secondary" onClick={() => setOpen("outside")}>
              {say("outsideGoods")}
            </button>
          )}
          {kind !== "market" && (
            <button type="button" className="secondary" onClick={() => setOpen("test")}>
              {say("enterTest")}
            </button>
          )}
        </div>
      </div>
      <div className="columns">
        <Drafts />
        <PieceWeights />
        <section className="card">
          <h2>
            {say("incoming")} {waiting > 0 && <span className="chip waiting">◔ {waiting}</span>}
          </h2>
          <Incoming />
        </section>
        <section className="card">
          <h2>{say("goodsOnSale")}</h2>
          <OnSale />
        </section>
      </div>
      {open === "test" && <TestSheet onClose={() => setOpen(undefined)} />}
      {open !== undefined && open !== "test" && <GoodsForm purpose={open} onClose={() => setOpen(undefined)} />}
    </main>
  )
}
