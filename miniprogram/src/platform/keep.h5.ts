import type { Kept } from "../../core/kept"

/** A browser may forbid it, in a private window: then nothing is kept, and what is sent is sent now or not at all. */
export const kept: Kept = {
  read(key) {
    try {
      return localStorage.getItem(key) ?? undefined
    } catch {
      return undefined
    }
  },
  write(key, text) {
    try {
      if (text === undefined) localStorage.removeItem(key)
      else localStorage.setItem(key, text)
    } catch {
      // Nothing is kept.
    }
  },
}
