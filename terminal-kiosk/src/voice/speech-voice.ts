import { silence, type Voice } from "./voice"

/** Speaks Mandarin where the browser can; the newest sentence goes before an older one. */
export function speechVoice(): Voice {
  if (!("speechSynthesis" in globalThis)) return silence
  return {
    say(sentence) {
      const spoken = new SpeechSynthesisUtterance(sentence)
      spoken.lang = "zh-CN"
      speechSynthesis.cancel()
      speechSynthesis.speak(spoken)
    },
  }
}
