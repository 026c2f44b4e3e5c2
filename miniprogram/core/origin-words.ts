/** What is certain about the origin of some goods, as one sentence and as bars: never more than the books give. */
import type { AnswerOf } from "@suyuan/client/client"
import { buyerWords } from "@suyuan/look/buyer-words"
import { harvestWords, originSentence as originStatement } from "@suyuan/look/origin-sentence"
import { marketDay } from "./market-day"

export type Language = "zh" | "en"
export type SaleAnswer = AnswerOf<"/p/{digits}", "get">
export type TraceAnswer = AnswerOf<"/traces/shares/{shareId}", "get">
export type Origin = NonNullable<NonNullable<SaleAnswer["lines"]>[number]["pile"]>["origin"]

export interface OriginSentence {
  readonly text: string
  readonly isKnown: boolean
}

/** `全部来自张北基地，12月8日采收`: the finest that is certain, and how much may be unknown. */
export function originSentence(origin: Origin | null | undefined, language: Language, zone?: string): OriginSentence {
  if (!origin || origin.kind === "unknown") return { text: buyerWords.originUnknown[language], isKnown: false }
  const days = new Set(origin.sources.map(({ harvestedAt }) => marketDay(harvestedAt, zone)))
  return { text: originStatement(origin, language, days.size === 1 ? [...days][0] : undefined), isKnown: true }
}

export interface OriginBar {
  readonly key: string
  readonly label: string
  readonly mustPercent: number
  readonly mayPercent: number
  readonly isUnknown: boolean
}

/** A bar for each source and one for what is unknown. Lower bounds rounded down, upper bounds up. */
export function originBars(origin: Origin, language: Language, zone?: string): readonly OriginBar[] {
  const bars = origin.sources.map((source) => {
    const place = placeOf(source, language)
    const label = `${place}${harvestWords(marketDay(source.harvestedAt, zone), language)}`
    return { key: source.lotId, label, ...percents(source, origin.grams), isUnknown: false }
  })
  if (origin.unknown.mayGrams === 0) return bars
  const label = buyerWords.originUnknown[language]
  return [...bars, { key: "unknown", label, ...percents(origin.unknown, origin.grams), isUnknown: true }]
}

function placeOf({ base, baseEn, province }: Origin["sources"][number], language: Language): string {
  if (language === "en" && baseEn !== "") return baseEn
  return base.startsWith(province) ? base : `${province} ${base}`
}

function percents(range: { readonly mustGrams: number; readonly mayGrams: number }, grams: number) {
  const share = (part: number) => (grams === 0 ? 0 : (part * 100) / grams)
  return { mustPercent: Math.floor(share(range.mustGrams)), mayPercent: Math.ceil(share(range.mayGrams)) }
}

/** `80%–100%`, or one number where both bounds are the same. */
export function rangeText(range: { readonly mustPercent: number; readonly mayPercent: number }): string {
  return range.mustPercent === range.mayPercent ? `${range.mayPercent}%` : `${range.mustPercent}%–${range.mayPercent}%`
}
