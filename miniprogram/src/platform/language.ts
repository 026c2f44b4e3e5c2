import Taro from "@tarojs/taro"
import type { Language } from "../../core/origin-words"

const KEY = "language"

/** The buyer's choice, or the phone's language. */
export function firstLanguage(): Language {
  const kept = Taro.getStorageSync<string>(KEY)
  if (kept === "zh" || kept === "en") return kept
  return Taro.getAppBaseInfo().language?.startsWith("en") ? "en" : "zh"
}

export function keepLanguage(language: Language): void {
  Taro.setStorageSync(KEY, language)
}
