import { useCallback, useEffect, useRef, useState } from "react"
import { dayStartMs, newestOf, salesSince } from "../../src/day/day-sales"
import { counterKey, type SaleRow } from "../../src/store/rows"
import { useKiosk, useKioskState } from "../session/use-kiosk"

const DAY_MS = 24 * 3_600_000

/** One day's sales, newest first, and those of any day that ask for a person; each as it was heard of last. */
export function useDaySales(daysBack: number) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const state = useKioskState()
  const { zone, dayStartsAtMinutes } = terminal.identity.site
  const [sales, setSales] = useState<readonly SaleRow[]>([])
  const [reading, setReading] = useState(0)
  const heard = useRef(new Map<number, SaleRow>())
  const startMs = (back: number) => dayStartMs(terminal.clock.nowMs() - back * DAY_MS, zone, dayStartsAtMinutes)
  const dayStartsAtMs = startMs(daysBack)
  const untilMs = daysBack === 0 ? undefined : startMs(daysBack - 1)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `reading` is a reason to read again
  useEffect(() => {
    let isOver = false
    void kiosk.attempt(async () => {
      const read = await salesSince(terminal, dayStartsAtMs, untilMs)
      if (!isOver) setSales(read.map((sale) => newestOf(sale, heard.current.get(sale.counter))))
    })
    return () => {
      isOver = true
    }
  }, [kiosk, terminal, dayStartsAtMs, untilMs, reading])
  // A sale that changed comes with its row: the day is not read again for it.
  useEffect(
    () =>
      kiosk.watchSales((sale) => {
        heard.current.set(sale.counter, sale)
        setSales((before) => before.map((one) => (one.counter === sale.counter ? newestOf(one, sale) : one)))
      }),
    [kiosk],
  )
  const late = useSalesOf(state.late, reading)
  const unrefunded = useSalesOf(state.refusedRefunds, reading)
  return { sales, late, unrefunded, dayStartsAtMs, readAgain: useCallback(() => setReading((count) => count + 1), []) }
}

/** Of whatever day they are. */
function useSalesOf(counters: readonly number[], reading: number): readonly SaleRow[] {
  const kiosk = useKiosk()
  const { store } = kiosk.terminal
  const [sales, setSales] = useState<readonly SaleRow[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `reading` is a reason to read again
  useEffect(() => {
    void kiosk.attempt(async () => {
      const rows = await Promise.all(counters.map((counter) => store.get("sales", counterKey(counter))))
      setSales(rows.filter((row) => row !== undefined))
    })
  }, [kiosk, store, counters, reading])
  return sales
}
