import { clipVoice } from "./clip-voice"
import type { Voice } from "./voice"

/** Speaks Mandarin where the browser can, and joins recorded words where it cannot; the newest sentence goes first. */
export function speechVoice(): Voice {
  if (!("speechSynthesis" in globalThis)) return clipVoice()
  return {
    say(sentence) {
      const spoken = new SpeechSynthesisUtterance(sentence)
      spoken.lang = "zh-CN"
      speechSynthesis.cancel()
      speechSynthesis.speak(spoken)
    },
  }
}
