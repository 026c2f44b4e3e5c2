import { type ProofReasonWord, proofOutcomeWords, proofReasonWords, proofStepWords } from "@suyuan/look/proof-words"
import { motionMsMax } from "@suyuan/look/tokens"
import type { ProofReport } from "@suyuan/protocol/ledger/proof-report"
import { useEffect, useState } from "react"
import { Box, Press, Title } from "../../parts/elements"
import { Notice, Slip } from "../../parts/states"
import { copyText } from "../../platform/share"
import { useWords } from "../../session/language"

export interface Checked {
  readonly report: ProofReport
  readonly text: string
}

type Step = ProofReport["steps"][number]

/** The seal fills stroke by stroke as steps pass, and breaks where one fails. */
export function VerifySlip({ checked }: { readonly checked: Checked }) {
  const { say } = useWords()
  const { report, text } = checked
  const shown = useOneByOne(report.steps.length)
  const isDone = shown === report.steps.length
  return (
    <Slip>
      <Title level={1}>{say("verifyTitle")}</Title>
      <Box className="soft">{say("verifyWhy")}</Box>
      <Box className="steps">
        {report.steps.slice(0, shown).map((step) => (
          <StepLine key={step.step} step={step} />
        ))}
      </Box>
      {isDone && <Verdict report={report} />}
      {isDone && <Details report={report} text={text} />}
    </Slip>
  )
}

/** One step after the other, so that each is read; the style sheet stills it where motion is not wanted. */
function useOneByOne(count: number): number {
  const [shown, setShown] = useState(1)
  useEffect(() => {
    if (shown >= count) return
    const timer = setTimeout(() => setShown(shown + 1), motionMsMax)
    return () => clearTimeout(timer)
  }, [shown, count])
  return Math.min(shown, count)
}

const looks = {
  passed: "good",
  failed: "bad",
  "our-word-only": "wait",
  "not-applicable": "soft",
  "not-checked": "wait",
} as const satisfies Record<Step["outcome"], string>

function StepLine({ step }: { readonly step: Step }) {
  const { language } = useWords()
  return (
    <Box className="step">
      <Box className={`mark ${looks[step.outcome]}`}>
        {proofStepWords[step.step][language]} · {proofOutcomeWords[step.outcome][language]}
      </Box>
      <Box className="soft">{proofReasonWords[`${step.step}/${step.reason}` as ProofReasonWord][language]}</Box>
    </Box>
  )
}

function Verdict({ report }: { readonly report: ProofReport }) {
  const { say } = useWords()
  if (!report.verified) return <Notice shape="refused" title={say("verifyFailed")} />
  return report.ourWordOnly ? (
    <Notice shape="waiting" title={say("verifiedOurWord")} />
  ) : (
    <Notice shape="paid" title={say("verifiedAll")} />
  )
}

function Details({ report, text }: { readonly report: ProofReport; readonly text: string }) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  const [isCopied, setCopied] = useState(false)
  return (
    <>
      <Press id="details" className="quiet left" onPress={() => setOpen(!isOpen)}>
        {say(isOpen ? "hideOrigin" : "expertDetails")}
      </Press>
      {isOpen && (
        <>
          <Box className="expert">
            {report.steps.map(({ step, outcome, reason }) => (
              <Box key={step}>
                {step}: {outcome} ({reason})
              </Box>
            ))}
            <Box className="bundle">{text}</Box>
          </Box>
          <Press
            id="save"
            className="secondary"
            onPress={() =>
              void copyText(text).then(
                () => setCopied(true),
                () => {},
              )
            }
          >
            {say(isCopied ? "copied" : "saveProof")}
          </Press>
        </>
      )}
    </>
  )
}
