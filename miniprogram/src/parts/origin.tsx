import type { BuyerWord } from "@suyuan/look/buyer-words"
import { rangeText } from "@suyuan/look/origin-bars"
import { stateShapes } from "@suyuan/look/tokens"
import { useState } from "react"
import { type Origin, originBars, originSentence, type TraceAnswer } from "../../core/origin-words"
import { useWords } from "../session/language"
import { useSiteDay } from "../session/zone"
import { Box, Press, Words } from "./elements"
import { Mark, Soft } from "./states"
import { TestPhoto } from "./test-photo"

type Test = TraceAnswer["lines"][number]["inspections"][number]
type Covered = NonNullable<TraceAnswer["lines"][number]["coverage"]>

type StatementProps = {
  readonly origin: Origin | null
  /** Before paying it is said of what the stall has, not of the bag. */
  readonly isBefore?: boolean
}

/** The finest statement that is certain, in words. */
export function Statement({ origin, isBefore = false }: StatementProps) {
  const { language, say } = useWords()
  const { zone } = useSiteDay()
  const { text, isKnown } = originSentence(origin, language, zone)
  return (
    <Box className={isKnown ? "finest" : "mark wait"}>
      {isKnown ? `${isBefore ? say("onTheStall") : ""}${text}` : `${stateShapes.unknown} ${text}`}
    </Box>
  )
}

/** Solid is certain, hatched is possible, dots are unknown; in words beside it. */
export function OriginBars({ origin }: { readonly origin: Origin }) {
  const { language, say } = useWords()
  const { zone } = useSiteDay()
  return (
    <Box className="bars">
      {originBars(origin, language, zone).map((bar) => {
        const words = `${rangeText(bar)} ${bar.label}`
        return (
          <Box key={bar.key} className="bar">
            <Box className={bar.isUnknown ? "track unknown" : "track"} label={words}>
              <Box className="may" width={`${bar.mayPercent}%`} />
              <Box className="must" width={`${bar.mustPercent}%`} />
            </Box>
            <Box>{words}</Box>
          </Box>
        )
      })}
      <Soft>{say("legend")}</Soft>
    </Box>
  )
}

/** The bars, one tap away. */
export function OriginOnTap({ id, origin }: { readonly id: string; readonly origin: Origin }) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      {isOpen && <OriginBars origin={origin} />}
      <Press id={id} className="quiet left" isOpen={isOpen} onPress={() => setOpen(!isOpen)}>
        {say(isOpen ? "hideOrigin" : "showOrigin")}
      </Press>
    </>
  )
}

export interface TestsProps {
  readonly tests: readonly Test[]
  /** Null: how much they cover cannot be said. */
  readonly coverage: Covered | null
  /** Before paying, what will be in the bag is told by what is at the stall now. */
  readonly isBefore?: boolean
}

export function Tests({ tests, coverage, isBefore = false }: TestsProps) {
  const { say } = useWords()
  const { dayOf } = useSiteDay()
  const hasFailure = tests.some(isFailure)
  return (
    <>
      {tests.map((test) => {
        const day = dayOf(test.testedAt)
        return (
          <Box key={test.recordId}>
            <TestLine test={test} hasFailure={hasFailure} day={day} />
            {test.photo !== undefined && <TestPhoto id={`photo-${test.recordId}`} path={test.photo} day={day} />}
          </Box>
        )
      })}
      {coverage && tests.length > 0 && (
        <Box className="soft">
          {say(isBefore ? "ofThisBagNow" : "ofThisBag")}{" "}
          {[
            ...(coverage.failed.mayPercent > 0 ? [`${rangeText(coverage.failed)} ${say("failedTestShare")}`] : []),
            // Nothing of goods that failed is covered by another test: that none is need not be said beside it.
            ...(coverage.failed.mayPercent > 0 && coverage.tested.mayPercent === 0
              ? []
              : [`${rangeText(coverage.tested)} ${say("coveredByTest")}`]),
          ].join(" · ")}
        </Box>
      )}
      {isBefore && coverage === null && tests.length > 0 && <Box className="soft">{say("coverageUnknown")}</Box>}
      {tests.length > 0 && <Box className="soft">{say("testSampleOnly")}</Box>}
    </>
  )
}

function isFailure({ conclusion, isSuperseded }: Test): boolean {
  return conclusion === "failed" && isSuperseded !== true
}

type TestLineProps = { readonly test: Test; readonly hasFailure: boolean; readonly day: string }

/** Beside a failure that counts, a sample that passed is no good news; a failure that was tested again is no bad one. */
function TestLine({ test, hasFailure, day }: TestLineProps) {
  const { say } = useWords()
  const passed = test.conclusion === "passed"
  const figures = `${test.standard} ${test.inhibitionPermille / 10}% ${passed ? "<" : "≥"} ${test.limitPermille / 10}%`
  const said = (word: BuyerWord) => (
    <>
      {say(word)} {figures} · <Words className="whole">{day}</Words>
    </>
  )
  if (isFailure(test)) return <Mark shape="refused">{said("testFailed")}</Mark>
  if (!passed) return <Box className="soft">{said("testRetested")}</Box>
  return hasFailure ? <Box className="soft">{said("otherPassed")}</Box> : <Mark shape="paid">{said("testPassed")}</Mark>
}

type CertificatesProps = { readonly count: number } & Pick<TestsProps, "coverage" | "isBefore">

export function Certificates({ count, coverage, isBefore = false }: CertificatesProps) {
  const { say } = useWords()
  if (count === 0) return null
  const whole = say(isBefore ? "ofThisBagNow" : "ofThisBag")
  return (
    <Mark shape="paid">
      {say("certificate")} × {count}
      {coverage ? ` · ${whole} ${rangeText(coverage.certified)} ${say("certifiedShare")}` : ""}
    </Mark>
  )
}
