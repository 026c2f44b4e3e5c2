/** What is certain about the origin of some goods, as one sentence and as bars: never more than the books give. */
import type { AnswerOf } from "@suyuan/client/client"
import { buyerWords } from "@suyuan/look/buyer-words"
import { originBars as barsOf, type OriginBar } from "@suyuan/look/origin-bars"
import { originSentence as originStatement } from "@suyuan/look/origin-sentence"
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

/** A bar for each source and one for what is unknown. */
export function originBars(origin: Origin, language: Language, zone?: string): readonly OriginBar[] {
  return barsOf(origin, language, (harvestedAt) => marketDay(harvestedAt, zone))
}
