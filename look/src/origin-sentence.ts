import { type WordLanguage, words } from "./words"

/** What is certain about where some goods are from, with the names that it is told by. */
export interface OriginStatement {
  readonly kind: "all-from" | "partly-from" | "one-or-several" | "unknown"
  readonly places: readonly string[]
  readonly placesEn: readonly string[]
  /** How many bases they can be from inside the one place, where that is a county or a province. */
  readonly bases?: number | undefined
  /** The place of which most is certain, where it is not all from one. */
  readonly atLeast?: { readonly place: string; readonly placeEn: string; readonly percent: number } | undefined
  readonly unknownHighPercent: number
}

const before = {
  "all-from": words.allFrom,
  "partly-from": words.knownFrom,
  "one-or-several": words.oneOrMoreOf,
} as const

const marks = {
  zh: { comma: "、", semicolon: "；" },
  en: { comma: ", ", semicolon: "; " },
} as const

/**
 * `全部来自河北的 2 个基地，12月8日采收`: the finest that is certain, and how much may be unknown.
 * @param harvestedOn `2026-12-08`, where all of it was harvested on one day.
 */
export function originSentence(origin: OriginStatement, language: WordLanguage, harvestedOn?: string): string {
  if (origin.kind === "unknown") return words.originUnknown[language]
  const { semicolon } = marks[language]
  const parts = [
    `${placesWords(origin, origin.kind, language)}${harvestWords(harvestedOn, language)}`,
    ...atLeastWords(origin.atLeast, language),
    ...(origin.unknownHighPercent > 0 ? [`${words.unknownUpTo[language]} ${origin.unknownHighPercent}%`] : []),
  ]
  return parts.join(semicolon)
}

function placesWords(origin: OriginStatement, kind: keyof typeof before, language: WordLanguage): string {
  const said = before[kind][language]
  const named = (language === "zh" ? origin.places : origin.placesEn).join(marks[language].comma)
  if (kind === "one-or-several") return language === "zh" ? `${said}：${named}` : `${said}: ${named}`
  const { bases = 1 } = origin
  if (bases < 2) return language === "zh" ? `${said}${named}` : `${said} ${named}`
  const { zh, en } = words.basesIn
  return language === "zh" ? `${said}${named}的 ${bases} ${zh}` : `${said} ${bases} ${en} ${named}`
}

function atLeastWords(atLeast: OriginStatement["atLeast"], language: WordLanguage): string[] {
  if (atLeast === undefined) return []
  const { place, placeEn, percent } = atLeast
  const said = `${words.atLeast[language]} ${percent}%`
  return [language === "zh" ? `${said} 来自${place}` : `${said} from ${placeEn}`]
}

/** `，12月8日采收` */
export function harvestWords(day: string | undefined, language: WordLanguage): string {
  const [, month, date] = (day ?? "").split("-").map(Number)
  if (!month || !date) return ""
  return language === "zh" ? `，${month}月${date}日${words.harvestedOn.zh}` : `, ${words.harvestedOn.en} ${day}`
}
