import { type BuyerWord, buyerWords } from "@suyuan/look/buyer-words"
import { useSyncExternalStore } from "react"
import type { Language } from "../../core/origin-words"
import { firstLanguage, keepLanguage } from "../platform/language"

let language: Language | undefined
const listeners = new Set<() => void>()

function read(): Language {
  language ??= firstLanguage()
  return language
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function switchLanguage(): void {
  language = read() === "zh" ? "en" : "zh"
  keepLanguage(language)
  for (const listener of listeners) listener()
}

/** One language on a screen, and how to say a word in it. */
export function useWords(): { readonly language: Language; readonly say: (word: BuyerWord) => string } {
  const current = useSyncExternalStore(subscribe, read)
  return { language: current, say: (word) => buyerWords[word][current] }
}
