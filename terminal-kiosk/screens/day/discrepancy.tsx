import { useCallback, useState } from "react"
import { dayStartMs } from "../../src/day/day-sales"
import { discrepanciesSince, readDiscrepancy, type StockDiscrepancy } from "../../src/stock/take-stock"
import { weightText } from "../session/goods-names"
import { useHeard } from "../session/use-heard"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

/** What the book had when these goods were counted: the gateway's word, which comes as a notice. */
export function useDiscrepancy(uploadId: string | undefined): StockDiscrepancy | undefined {
  const { terminal } = useKiosk()
  const [found, setFound] = useState<StockDiscrepancy | undefined>(undefined)
  useHeard(
    useCallback(() => {
      if (uploadId === undefined) setFound(undefined)
      else void readDiscrepancy(terminal, uploadId).then(setFound)
    }, [terminal, uploadId]),
  )
  return found
}

/** By commodity, of counts before this sheet was opened: one that was made without a line was answered later. */
export function useDiscrepancies(): ReadonlyMap<number, StockDiscrepancy> {
  const { terminal } = useKiosk()
  const [found, setFound] = useState<ReadonlyMap<number, StockDiscrepancy>>(new Map())
  const { zone, dayStartsAtMinutes } = terminal.identity.site
  useHeard(
    useCallback(() => {
      const fromMs = dayStartMs(terminal.clock.nowMs(), zone, dayStartsAtMinutes)
      void discrepanciesSince(terminal, fromMs).then(setFound)
    }, [terminal, zone, dayStartsAtMinutes]),
  )
  return found
}

/** `账面 40 斤，少了 10 斤`: a book below nothing is told as an empty one. */
export function DiscrepancyText({ found }: { readonly found: StockDiscrepancy }) {
  const { weightUnit, language } = useKioskState().settings
  const say = useWords()
  const bookGrams = Math.max(0, found.bookGrams)
  const difference = found.countedGrams - bookGrams
  const amount = weightText(Math.abs(difference), weightUnit, language)
  return (
    <>
      {say("bookSaid")} {weightText(bookGrams, weightUnit, language)}
      {difference === 0 ? say("bookRight") : `${say(difference < 0 ? "bookLess" : "bookMore")} ${amount}`}
    </>
  )
}
