import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { useMemo, useState } from "react"
import { totalsOf } from "../../src/day/day-sales"
import { keptFormat } from "../../src/day/kept-format"
import { isLateOpen } from "../../src/sale/late-payments"
import { standingOf } from "../../src/sale/sale-standing"
import type { SaleRow } from "../../src/store/rows"
import { nameOf, weightText, yuan } from "../session/goods-names"
import { showSale } from "../session/selling"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { AskingSales } from "./asking-sales"
import { saveDay } from "./export-day"
import { LostSales } from "./lost-sales"
import { saleLooks } from "./sale-looks"
import { SaleSheet } from "./sale-sheet"
import { StockTakeSheet } from "./stock-take-sheet"
import { useDaySales } from "./use-day-sales"

const SHOWN_FIRST = 50
/** Refunds for yesterday's goods, digits whose money did not come: a week is looked back at. */
const DAYS_BACK_MAX = 7
const ways = ["wechat-pay", "alipay", "cash", "handed-over"] as const

export function DayScreen({ onSell }: { readonly onSell: () => void }) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { tiles, catalogue, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [daysBack, setDaysBack] = useState(0)
  const { sales, late, unrefunded, dayStartsAtMs, readAgain } = useDaySales(daysBack)
  const [shownMax, setShownMax] = useState(SHOWN_FIRST)
  const [counts, setCounts] = useState(false)
  const [open, setOpen] = useState<SaleRow | undefined>(undefined)
  const { zone } = terminal.identity.site
  const totals = useMemo(() => totalsOf(sales, tiles), [sales, tiles])
  const time = keptFormat("sv-SE", { timeZone: zone, timeStyle: "short" })
  const day = keptFormat("sv-SE", { timeZone: zone, dateStyle: "short" })
  return (
    <main className="page">
      <div className="page-head">
        <h1>{daysBack === 0 ? say("today") : day.format(dayStartsAtMs)}</h1>
        <div className="row">
          <button type="button" disabled={daysBack === DAYS_BACK_MAX} onClick={() => setDaysBack(daysBack + 1)}>
            {say("dayBefore")}
          </button>
          <button type="button" disabled={daysBack === 0} onClick={() => setDaysBack(daysBack - 1)}>
            {say("dayAfter")}
          </button>
          <button type="button" className="primary" disabled={daysBack > 0} onClick={() => setCounts(true)}>
            {say("stockTake")}
          </button>
          <button
            type="button"
            className="secondary"
            onClick={() => saveDay(sales, { terminal, tiles, catalogue, language }, dayStartsAtMs)}
          >
            {say("exportDay")}
          </button>
        </div>
      </div>
      <LostSales onSell={onSell} />
      <AskingSales word="lateSales" sales={late} onOpen={setOpen} />
      <AskingSales word="refundsRefused" sales={unrefunded} onOpen={setOpen} />
      <div className="columns">
        <section className="card">
          <p className="day-total">
            <strong>{yuan(totals.takenFen - totals.refundedFen)}</strong>
            <span className="soft">
              {totals.sales} {say("salesCount")}
              {totals.refundedFen > 0 && ` · ${say("refunded")} ${yuan(totals.refundedFen)}`}
            </span>
          </p>
          <dl className="facts">
            {ways.map((way) => (
              <div key={way}>
                <dt>{say(way)}</dt>
                <dd>{yuan(totals.byWay.get(way) ?? 0)}</dd>
              </div>
            ))}
          </dl>
          <h2>{say("byGoods")}</h2>
          {totals.byCommodity.size === 0 && <p className="soft">{say(daysBack === 0 ? "noSales" : "noSalesThen")}</p>}
          <dl className="facts">
            {[...totals.byCommodity].map(([commodity, sum]) => (
              <div key={commodity}>
                <dt>{nameOf(commodity, catalogue, language)}</dt>
                <dd>
                  {sum.grams > 0 && weightText(sum.grams, weightUnit, language)}
                  {sum.pieces > 0 && ` ${sum.pieces} ${say("piecesUnit")}`} · {yuan(sum.amountFen)}
                </dd>
              </div>
            ))}
          </dl>
        </section>
        <section className="card">
          <h2>{say("sales")}</h2>
          {sales.length === 0 && <p className="soft">{say(daysBack === 0 ? "noSales" : "noSalesThen")}</p>}
          <ul className="plain">
            {sales.slice(0, shownMax).map((sale) => {
              const look = saleLooks[standingOf(sale)]
              return (
                <li key={sale.counter}>
                  <button type="button" className="list-row" onClick={() => setOpen(sale)}>
                    <span className="soft">{time.format(seconds2024ToMs(sale.issuedAtSeconds))}</span>
                    <strong>{yuan(sale.amountFen)}</strong>
                    {isLateOpen(sale) && <span className="chip bad">? {say("lateChip")}</span>}
                    <span className={`chip ${look.tone}`}>
                      {look.shape} {say(look.word)}
                    </span>
                  </button>
                </li>
              )
            })}
          </ul>
          {sales.length > shownMax && (
            <button type="button" onClick={() => setShownMax(shownMax + SHOWN_FIRST)}>
              {say("more")}
            </button>
          )}
        </section>
      </div>
      {counts && <StockTakeSheet onClose={() => setCounts(false)} />}
      {open !== undefined && (
        <SaleSheet
          // What was heard meanwhile counts.
          sale={[...sales, ...late, ...unrefunded].find(({ counter }) => counter === open.counter) ?? open}
          onClose={() => setOpen(undefined)}
          onShow={() => void showSale(kiosk, open.counter)}
          onChanged={() => {
            setOpen(undefined)
            readAgain()
          }}
        />
      )}
    </main>
  )
}
