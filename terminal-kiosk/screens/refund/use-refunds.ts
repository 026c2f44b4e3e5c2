import { useEffect, useState } from "react"
import { followRefunds, refundsOfSale } from "../../src/refund/ask-refund"
import type { RefundRow } from "../../src/store/rows"
import type { Kiosk } from "../session/kiosk"
import { useKiosk } from "../session/use-kiosk"
import { useNow } from "../session/use-now"

const ASK_AGAIN_MS_FIRST = 2_000
const ASK_AGAIN_MS_MAX = 60_000

/** While there is a line: asks after refunds whose end was not heard, ever more slowly. Returns how to stop. */
export function keepFollowingRefunds({ terminal, transport }: Kiosk): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const look = async (afterMs: number) => {
    const isOpen = await followRefunds(terminal, transport).catch(() => true)
    const nextMs = isOpen ? Math.min(ASK_AGAIN_MS_MAX, afterMs * 2) : ASK_AGAIN_MS_FIRST
    if (!isOver) timer = setTimeout(() => void look(nextMs), nextMs)
  }
  void look(ASK_AGAIN_MS_FIRST / 2)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** Refunds of the sale that is looked at, as they stand this second. */
export function useRefunds(counter: number): readonly RefundRow[] {
  const { terminal } = useKiosk()
  const now = useNow()
  const [refunds, setRefunds] = useState<readonly RefundRow[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each second is a reason to read again
  useEffect(() => {
    void refundsOfSale(terminal, counter).then(setRefunds)
  }, [terminal, counter, now])
  return refunds
}
