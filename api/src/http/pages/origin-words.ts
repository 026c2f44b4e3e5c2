import { originSentence } from "@suyuan/look/origin-sentence"
import type { WordLanguage } from "@suyuan/look/words"
import { localDay } from "../../day"
import type { OriginDescription } from "../../trace/describe-origin"

/** The finest that is certain, with the day on which it was harvested by the market's calendar, where that is one. */
export function originText(origin: OriginDescription, zone: string, language: WordLanguage): string {
  const days = new Set(origin.sources.map(({ harvestedAt }) => marketDay(harvestedAt, zone)))
  return originSentence(origin, language, days.size === 1 ? [...days][0] : undefined)
}

/** A share has days already. */
export function marketDay(instant: string, zone: string): string {
  return instant.length === "2026-12-08".length ? instant : localDay(new Date(instant), zone)
}
