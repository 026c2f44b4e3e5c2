import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { unpackQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { useState } from "react"
import { markEntered } from "../../src/lost/ask-lost-sales"
import { type LostItem, lostItems } from "../../src/lost/lost-items"
import type { TileRow } from "../../src/store/rows"
import { Sheet } from "../parts/sheet"
import { nameOf, quantityText, yuan } from "../session/goods-names"
import type { Kiosk } from "../session/kiosk"
import { askLess, hold, putLine } from "../session/selling"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { EnteredTime } from "./entered-time"

const outcomeWords = { rebuilt: "lostRebuilt", "lines-unknown": "lostLinesUnknown", "not-paid": "lostNotPaid" } as const

/** After a lost memory: what the gateway rebuilt from the codes, and what a person has to enter. */
export function LostSales({ onSell }: { readonly onSell: () => void }) {
  const { lost } = useKioskState()
  const say = useWords()
  const [isOpen, setOpen] = useState(false)
  const { rebuilt, open } = lostItems(lost)
  if (rebuilt.length + open.length === 0) return null
  return (
    <>
      <button type="button" className="notice waiting lost-notice" onClick={() => setOpen(true)}>
        {open.length > 0 ? "?" : "✓"} {say("lostTitle")}: {say("lostRebuilt")} {rebuilt.length} · {say("lostOpen")}{" "}
        {open.length}
      </button>
      {isOpen && (
        <Sheet title={say("lostTitle")} onClose={() => setOpen(false)} wide>
          <p className="soft">{say("lostHint")}</p>
          <ul className="plain">
            {[...open, ...rebuilt].map((item) => (
              <LostRowView key={item.name} item={item} onSell={onSell} />
            ))}
          </ul>
        </Sheet>
      )}
    </>
  )
}

function LostRowView({ item, onSell }: { readonly item: LostItem; readonly onSell: () => void }) {
  const kiosk = useKiosk()
  const { tiles, basket, held } = useKioskState()
  const say = useWords()
  const [isEntering, setEntering] = useState(false)
  const isRebuilt = item.kind === "sale" && item.sale.outcome === "rebuilt"
  const isUnderWay = [basket, ...held.map((one) => one.basket)].some(({ lostName }) => lostName === item.enterName)
  const done = async () => {
    const lost = await kiosk.attempt(() => markEntered(kiosk.terminal, item.name))
    if (lost !== undefined) kiosk.state.set({ lost })
  }
  const enter = async (soldAtMs: number) => {
    // What is in the basket already is put aside first.
    await hold(kiosk)
    if (kiosk.state.get().basket.lines.length > 0) return
    const entered = { soldAtSeconds: msToSeconds2024(soldAtMs), lostName: item.enterName }
    kiosk.state.set({ basket: { ...kiosk.state.get().basket, ...entered } })
    if (item.kind === "sale") putSale(kiosk, item.sale, tiles)
    onSell()
  }
  return (
    <li className="lost-row">
      {item.kind === "gap" ? <GapText item={item} /> : <SaleText item={item} />}
      {isUnderWay && <p className="chip waiting">◔ {say("lostUnderWay")}</p>}
      {!isRebuilt && !isUnderWay && (
        <div className="row">
          <button type="button" onClick={() => void done()}>
            {say("lostNothing")}
          </button>
          <button type="button" className="secondary" aria-expanded={isEntering} onClick={() => setEntering(true)}>
            {say("lostEnter")}
          </button>
        </div>
      )}
      {isEntering && !isUnderWay && (
        <EnteredTime
          suggestedMs={item.kind === "sale" ? Date.parse(item.sale.issuedAt) : undefined}
          onTime={(ms) => void enter(ms)}
        />
      )}
    </li>
  )
}

function GapText({ item: { from, to } }: { readonly item: Extract<LostItem, { readonly kind: "gap" }> }) {
  const say = useWords()
  return (
    <p>
      ? {say("saleNumber")} {from === to ? from : `${from}–${to}`} <small className="soft">{say("lostGap")}</small>
    </p>
  )
}

function SaleText({ item: { sale } }: { readonly item: Extract<LostItem, { readonly kind: "sale" }> }) {
  const { terminal } = useKiosk()
  const { catalogue, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const time = new Intl.DateTimeFormat("sv-SE", {
    ...{ dateStyle: "short", timeStyle: "short" },
    timeZone: terminal.identity.site.zone,
  } as const)
  const goods = sale.lines.map(({ commodity, quantityPacked }) => {
    const quantity = unpackQuantity(quantityPacked)
    const amount = quantity.ok ? quantityText(quantity.value, weightUnit, language) : ""
    return `${commodity === undefined ? "?" : nameOf(commodity, catalogue, language)} ${amount}`
  })
  return (
    <p>
      {sale.outcome === "rebuilt" ? "✓" : "?"} {say("saleNumber")} {sale.counter} ·{" "}
      {time.format(Date.parse(sale.issuedAt))} · <strong>{yuan(sale.amountFen)}</strong>{" "}
      <small className="soft">{goods.join("、")}</small>
      <br />
      <span className={sale.outcome === "rebuilt" ? "chip good" : "chip waiting"}>
        {say(outcomeWords[sale.outcome])}
      </span>
    </p>
  )
}

/** Asked for as it was then, where all of its goods are known here: what the seller had rounded off stays off. */
function putSale(kiosk: Kiosk, sale: Extract<LostItem, { readonly kind: "sale" }>["sale"], tiles: readonly TileRow[]) {
  const lines = linesToEnter(sale.lines, tiles)
  for (const line of lines) putLine(kiosk, line)
  if (lines.length > 0 && lines.length === sale.lines.length) askLess(kiosk, sale.amountFen)
}

/** Only what this terminal has on sale, at what it cost then; the seller adds the rest. */
function linesToEnter(
  lines: Extract<LostItem, { readonly kind: "sale" }>["sale"]["lines"],
  tiles: readonly TileRow[],
): SaleLine[] {
  return lines.flatMap(({ commodity, quantityPacked, unitPriceFen }) => {
    const quantity = unpackQuantity(quantityPacked)
    const tile = tiles.find((one) => one.isOnSale && one.commodity === commodity)
    const isSameUnit = quantity.ok && (quantity.value.unit === "piece") === (tile?.unit === "piece")
    return tile === undefined || !quantity.ok || !isSameUnit
      ? []
      : [{ slot: tile.slot, quantity: quantity.value, unitPriceFen }]
  })
}
