import { useEffect, useState } from "react"
import { followRefunds, isOpenRefund, noteOpenRefunds, refundsOfSale } from "../../src/refund/ask-refund"
import type { RefundRow, SaleRow } from "../../src/store/rows"
import type { Kiosk } from "../session/kiosk"
import { useKiosk } from "../session/use-kiosk"
import { useNow } from "../session/use-now"

const ASK_AGAIN_MS_FIRST = 2_000
const ASK_AGAIN_MS_MAX = 60_000

/** While there is a line: asks after refunds whose end was not heard, ever more slowly. Returns how to stop. */
export function keepFollowingRefunds(kiosk: Kiosk): () => void {
  const { terminal, transport, state } = kiosk
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const look = async (afterMs: number) => {
    if (isOver) return
    const isOpen = await followRefunds(terminal, transport).catch(() => true)
    const left = await terminal.store.count("openRefunds").catch(() => undefined)
    if (left !== undefined && left !== state.get().line.openRefunds) await kiosk.refresh().catch(() => {})
    const nextMs = isOpen ? Math.min(ASK_AGAIN_MS_MAX, afterMs * 2) : ASK_AGAIN_MS_FIRST
    if (!isOver) timer = setTimeout(() => void look(nextMs), nextMs)
  }
  void noteOpenRefunds(terminal)
    .catch(() => {})
    .then(() => look(ASK_AGAIN_MS_FIRST / 2))
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/**
 * Refunds of the sale that is looked at, as they stand: read again when the sale changed or one may have been asked
 * for, and each second only while the end of one is waited for.
 */
export function useRefunds(sale: SaleRow, isAsking: boolean): readonly RefundRow[] {
  const kiosk = useKiosk()
  const now = useNow()
  const [refunds, setRefunds] = useState<readonly RefundRow[]>([])
  const second = refunds.some(isOpenRefund) ? now : 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are reasons to read again
  useEffect(() => {
    let isOver = false
    void kiosk.attempt(async () => {
      const read = await refundsOfSale(kiosk.terminal, sale.counter)
      if (!isOver) setRefunds(read)
    })
    return () => {
      isOver = true
    }
  }, [kiosk, sale, isAsking, second])
  return refunds
}
