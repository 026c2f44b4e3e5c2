import { buyerWords } from "@suyuan/look/buyer-words"
import { stateShapes } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import type { InspectionDescription } from "../../trace/read-inspections"
import type { RecallInForce } from "../../trace/recalls-in-force"
import { TestPhoto } from "./test-photo"

type TestLinesProps = {
  readonly tests: readonly InspectionDescription[]
  readonly dayOf: (testedAt: string) => string
  readonly language: WordLanguage
}

/** Beside a failure that counts, a sample that passed is no good news; a failure that was tested again is no bad one. */
export const TestLines: FC<TestLinesProps> = ({ tests, dayOf, language }) => {
  const isFailure = ({ conclusion, isSuperseded }: InspectionDescription) => conclusion === "failed" && !isSuperseded
  const hasFailure = tests.some(isFailure)
  const lineOf = (test: InspectionDescription) => {
    if (isFailure(test)) return { word: "testFailed", shape: "refused", look: "bad" } as const
    if (test.conclusion === "failed") return { word: "testRetested", shape: undefined, look: "soft" } as const
    return hasFailure
      ? ({ word: "otherPassed", shape: undefined, look: "soft" } as const)
      : ({ word: "testPassed", shape: "paid", look: "good" } as const)
  }
  return (
    <>
      {tests.map((test) => {
        const { word, shape, look } = lineOf(test)
        return (
          <>
            <p class={look}>
              {shape && `${stateShapes[shape]} `}
              {buyerWords[word][language]} {test.standard} {test.inhibitionPermille / 10}%{" "}
              {test.conclusion === "passed" ? "<" : "≥"} {test.limitPermille / 10}%{" "}
              <time datetime={test.testedAt}>{dayOf(test.testedAt)}</time>
            </p>
            <TestPhoto test={test} label={buyerWords.testPhoto[language]} />
          </>
        )
      })}
    </>
  )
}

type RecalledProps = {
  readonly recalls: readonly RecallInForce[]
  readonly word: "bagRecalled" | "goodsRecalled"
  readonly language: WordLanguage
}

/** Recalls in force that goods may be of, before anything good is said of them. */
export const Recalled: FC<RecalledProps> = ({ recalls, word, language }) => (
  <>
    {[...new Set(recalls.map(({ reason }) => reason))].map((reason) => (
      <p class="bad" role="alert">
        {stateShapes.refused} {buyerWords[word][language]} {reason}
      </p>
    ))}
  </>
)
