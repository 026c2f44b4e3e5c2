import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { keptFormat } from "../../src/day/kept-format"
import type { SaleRow } from "../../src/store/rows"
import { yuan } from "../session/goods-names"
import { useKiosk, useWords } from "../session/use-kiosk"

type AskingSalesProps = {
  readonly word: "lateSales" | "refundsRefused"
  readonly sales: readonly SaleRow[]
  readonly onOpen: (sale: SaleRow) => void
}

/** Sales of any day that ask for a person, above all else of the day. */
export function AskingSales({ word, sales, onOpen }: AskingSalesProps) {
  const { zone: timeZone } = useKiosk().terminal.identity.site
  const say = useWords()
  if (sales.length === 0) return null
  const time = keptFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" })
  return (
    <div className="notice bad asking" role="alert">
      <p>? {say(word)}</p>
      <ul className="plain">
        {sales.map((sale) => (
          <li key={sale.counter}>
            <button type="button" className="list-row" onClick={() => onOpen(sale)}>
              <span>{time.format(seconds2024ToMs(sale.issuedAtSeconds))}</span>
              <strong>{yuan(sale.amountFen)}</strong>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
