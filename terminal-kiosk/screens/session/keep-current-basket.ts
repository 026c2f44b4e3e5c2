import { isBlank } from "../../src/basket/basket"
import { keepBasket } from "../../src/basket/current-basket"
import type { Kiosk } from "./kiosk"

/** After the last of several taps, and after a sale that follows at once: it is never on a tap's way. */
const PAUSE_MS = 1_000

/** Writes the basket in the hand down whenever it has changed. Returns how to stop. */
export function keepCurrentBasket({ state, terminal }: Kiosk, pauseMs = PAUSE_MS): () => void {
  let kept = state.get().basket
  let timer: ReturnType<typeof setTimeout> | undefined
  const keep = () => {
    clearTimeout(timer)
    timer = undefined
    const { basket } = state.get()
    if (basket === kept) return
    const wasBlank = isBlank(kept)
    kept = basket
    // A memory that fails says so at the next tap that needs it.
    if (!wasBlank || !isBlank(basket)) void keepBasket(terminal, basket).catch(() => {})
  }
  const stop = state.watch(() => {
    if (state.get().basket !== kept) timer ??= setTimeout(keep, pauseMs)
  })
  // The page goes: what is begun by then is still written.
  addEventListener("pagehide", keep)
  return () => {
    keep()
    stop()
    removeEventListener("pagehide", keep)
  }
}
