import { clipVoice } from "./clip-voice"
import type { Voice } from "./voice"

/** Mandarin, however a tablet writes it: `zh-CN`, `zh_CN`, `cmn-Hans-CN`. */
const MANDARIN = /^(zh(?![-_](HK|MO))|cmn)/i

/**
 * Speaks Mandarin where the browser can, and joins recorded words where it cannot: many tablets have the API and no
 * Chinese voice, and are silent or spell. The newest sentence goes first.
 */
export function speechVoice(): Voice {
  let clips: Voice | undefined
  const recorded = (sentence: string) => {
    clips ??= clipVoice()
    clips.say(sentence)
  }
  if (!("speechSynthesis" in globalThis)) return { say: recorded }
  // Asked early: a browser lists its voices some time after the first question.
  speechSynthesis.getVoices()
  return {
    say(sentence) {
      const voice = speechSynthesis.getVoices().find(({ lang }) => MANDARIN.test(lang))
      if (voice === undefined) return recorded(sentence)
      const spoken = new SpeechSynthesisUtterance(sentence)
      spoken.lang = voice.lang
      spoken.onerror = ({ error }) => {
        // A newer sentence took its turn.
        if (error !== "canceled" && error !== "interrupted") recorded(sentence)
      }
      speechSynthesis.cancel()
      speechSynthesis.speak(spoken)
    },
  }
}
