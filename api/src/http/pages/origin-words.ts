import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { localDay } from "../../day"
import type { OriginDescription } from "../../trace/describe-origin"

/** What stands before the places of an origin. */
export const originWords = {
  "all-from": "allFrom",
  "partly-from": "knownFrom",
  "one-or-several": "oneOrMoreOf",
  unknown: "originUnknown",
} as const satisfies Record<OriginDescription["kind"], Word>

/** `，12月8日采收`, where all of it was harvested on one day of the market's calendar; nothing otherwise. */
export function harvestWords(sources: OriginDescription["sources"], zone: string, language: WordLanguage): string {
  const days = new Set(sources.map(({ harvestedAt }) => localDay(new Date(harvestedAt), zone)))
  const [day = ""] = days
  const [, month, date] = day.split("-").map(Number)
  if (days.size !== 1 || !month || !date) return ""
  const { zh, en } = words.harvestedOn
  return language === "zh" ? `，${month}月${date}日${zh}` : `, ${en} ${day}`
}

/** A base by its English name, where it has one and English is read. */
export function placesOf({ places, sources }: OriginDescription, language: WordLanguage): readonly string[] {
  const english = new Map(sources.map(({ base, baseEn }) => [base, baseEn]))
  return places.map((place) => (language === "en" && english.get(place)) || place)
}
