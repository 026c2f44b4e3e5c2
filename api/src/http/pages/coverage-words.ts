import { buyerWords } from "@suyuan/look/buyer-words"
import { rangeText } from "@suyuan/look/origin-bars"
import type { WordLanguage } from "@suyuan/look/words"
import type { Trace } from "../../trace/read-trace"

type Covered = NonNullable<Trace["lines"][number]["coverage"]>
/** Of what was bought, or of what would be weighed out now. */
type Whole = "ofThisBag" | "ofThisBagNow"

export function testedText({ failed, tested }: Covered, whole: Whole, language: WordLanguage): string {
  const isFailed = failed.mayPercent > 0
  const shares = [
    ...(isFailed ? [`${rangeText(failed)} ${buyerWords.failedTestShare[language]}`] : []),
    // Nothing of goods that failed is covered by another test: that none is need not be said beside it.
    ...(isFailed && tested.mayPercent === 0 ? [] : [`${rangeText(tested)} ${buyerWords.coveredByTest[language]}`]),
  ]
  return `${buyerWords[whole][language]} ${shares.join(" · ")}`
}

export function certifiedText({ certified }: Covered, whole: Whole, language: WordLanguage): string {
  return `${buyerWords[whole][language]} ${rangeText(certified)} ${buyerWords.certifiedShare[language]}`
}
