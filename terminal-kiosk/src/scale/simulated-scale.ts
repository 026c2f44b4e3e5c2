/** Somebody lays goods on a scale that is not there: for the demonstration and for tests. */
import type { Scale, ScaleState } from "./scale"

const SETTLE_MS = 700
const STEP_MS = 90
const GRAMS_STEP = 5

/** @param chance 0 … 1, like `Math.random` */
export function openSimulatedScale(chance: () => number = Math.random): Scale {
  const watchers = new Set<(state: ScaleState) => void>()
  let loadGrams = 0
  let tareGrams = 0
  let settledAtMs = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const now = (): ScaleState => {
    const isStable = performance.now() >= settledAtMs
    const wobble = isStable ? 0 : Math.round((chance() - 0.5) * 12) * GRAMS_STEP
    return { kind: "weight", grams: loadGrams - tareGrams + wobble, isStable, isNet: tareGrams > 0 }
  }
  const tell = () => {
    for (const look of watchers) look(now())
  }
  const layGoods = () => {
    loadGrams = tareGrams + (40 + Math.floor(chance() * 300)) * GRAMS_STEP
    settledAtMs = performance.now() + SETTLE_MS
  }
  return {
    watch(look) {
      // Whoever begins to look has just laid something on it.
      layGoods()
      watchers.add(look)
      timer ??= setInterval(tell, STEP_MS)
      look(now())
      return () => {
        watchers.delete(look)
        if (watchers.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    async tare() {
      tareGrams = loadGrams
      tell()
    },
    async close() {
      clearInterval(timer)
    },
  }
}
