import { harvestWords } from "./origin-sentence"
import { type WordLanguage, words } from "./words"

interface Range {
  readonly mustGrams: number
  readonly mayGrams: number
}

/** How much of some goods is, at least and at most, from each source, and how much is from nobody knows where. */
interface OriginRanges {
  readonly grams: number
  readonly sources: readonly (Range & {
    readonly lotId: string
    readonly base: string
    readonly baseEn: string
    readonly province: string
    readonly harvestedAt: string
  })[]
  readonly unknown: Range
}

export interface OriginBar {
  readonly key: string
  readonly label: string
  readonly mustPercent: number
  readonly mayPercent: number
  readonly isUnknown: boolean
}

/**
 * A bar for each source and one for what is unknown. Lower bounds rounded down, upper bounds up.
 * @param dayOf the market's calendar day of a harvest, `2026-12-08`
 */
export function originBars(
  origin: OriginRanges,
  language: WordLanguage,
  dayOf: (harvestedAt: string) => string,
): readonly OriginBar[] {
  const bars = origin.sources.map((source) => {
    const label = `${placeOf(source, language)}${harvestWords(dayOf(source.harvestedAt), language)}`
    return { key: source.lotId, label, ...percents(source, origin.grams), isUnknown: false }
  })
  if (origin.unknown.mayGrams === 0) return bars
  const label = words.originUnknown[language]
  return [...bars, { key: "unknown", label, ...percents(origin.unknown, origin.grams), isUnknown: true }]
}

function placeOf({ base, baseEn, province }: OriginRanges["sources"][number], language: WordLanguage): string {
  if (language === "en" && baseEn !== "") return baseEn
  return base.startsWith(province) ? base : `${province} ${base}`
}

function percents(range: Range, grams: number) {
  const share = (part: number) => (grams === 0 ? 0 : (part * 100) / grams)
  return { mustPercent: Math.floor(share(range.mustGrams)), mayPercent: Math.ceil(share(range.mayGrams)) }
}

/** `80%–100%`, or one number where both bounds are the same. */
export function rangeText(range: Pick<OriginBar, "mustPercent" | "mayPercent">): string {
  return range.mustPercent === range.mayPercent ? `${range.mayPercent}%` : `${range.mustPercent}%–${range.mayPercent}%`
}
