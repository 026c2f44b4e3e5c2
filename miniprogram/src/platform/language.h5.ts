import type { Language } from "../../core/origin-words"

/** As the gateway wrote the page. */
export function firstLanguage(): Language {
  return document.documentElement.lang.startsWith("en") ? "en" : "zh"
}

/** Kept in the address: it may be sent to somebody, and the plain page reads it. */
export function keepLanguage(language: Language): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
  const address = new URL(location.href)
  address.searchParams.set("lang", language)
  history.replaceState(history.state, "", address)
}
