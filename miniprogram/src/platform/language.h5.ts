import type { Language } from "../../core/origin-words"

/**
 * As the gateway wrote the page. What stands under /m/ is one file for everybody: there it is the language that the
 * address asks for, or the phone's.
 */
export function firstLanguage(): Language {
  const root = document.documentElement
  if (location.pathname.startsWith("/m/")) {
    const liked = [new URLSearchParams(location.search).get("lang") ?? "", ...navigator.languages]
    root.lang = liked.find((tag) => /^(zh|en)\b/.test(tag))?.startsWith("en") ? "en" : "zh-CN"
  }
  return root.lang.startsWith("en") ? "en" : "zh"
}

/** Kept in the address: it may be sent to somebody, and the plain page reads it. */
export function keepLanguage(language: Language): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en"
  const address = new URL(location.href)
  address.searchParams.set("lang", language)
  history.replaceState(history.state, "", address)
}
