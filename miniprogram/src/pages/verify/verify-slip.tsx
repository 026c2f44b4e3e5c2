import type { BuyerWord } from "@suyuan/look/buyer-words"
import { type ProofReasonWord, proofOutcomeWords, proofReasonWords, proofStepWords } from "@suyuan/look/proof-words"
import { motionMsMax } from "@suyuan/look/tokens"
import type { ProofReport } from "@suyuan/protocol/ledger/proof-report"
import { useEffect, useState } from "react"
import type { CheckedProof } from "../../../core/check-proof"
import type { LedgerTrust } from "../../../core/ledger-trust"
import { type ProofFact, proofFacts, proofFileName } from "../../../core/proof-facts"
import { Box, Press, Title } from "../../parts/elements"
import { Notice, Slip } from "../../parts/states"
import { canSaveText, saveText } from "../../platform/save-text"
import { copyText } from "../../platform/share"
import { useWords } from "../../session/language"

export interface Checked extends Pick<CheckedProof, "report" | "isUnfinished"> {
  readonly text: string
  /** Who was to vouch for the anchor. */
  readonly by: LedgerTrust["by"]
}

const reasons = {
  ourselves: "verifyWhy",
  members: "verifyWhyWitnessed",
  validators: "verifyWhySealed",
} as const satisfies Record<Checked["by"], BuyerWord>

type Step = ProofReport["steps"][number]

/** The seal fills stroke by stroke as steps pass, and breaks where one fails. */
export function VerifySlip({ checked }: { readonly checked: Checked }) {
  const { say } = useWords()
  const { report, text, by } = checked
  const shown = useOneByOne(report.steps.length)
  const isDone = shown === report.steps.length
  return (
    <Slip className="check">
      <Title level={1}>{say("verifyTitle")}</Title>
      <Box className="soft">{say(reasons[by])}</Box>
      <Box className="steps">
        {report.steps.map((step, index) => (
          <StepLine key={step.step} step={step} isWitnessAway={by === "members"} isShown={index < shown} />
        ))}
      </Box>
      <Box className={isDone ? "" : "later"}>
        <Verdict checked={checked} />
        <Details report={report} text={text} />
      </Box>
    </Slip>
  )
}

/** One step after the other, so that each is read, in room that is kept for all of them; the style sheet stills it where motion is not wanted. */
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

type StepLineProps = { readonly step: Step; readonly isWitnessAway: boolean; readonly isShown: boolean }

function StepLine({ step, isWitnessAway, isShown }: StepLineProps) {
  const { language, say } = useWords()
  // With members to ask it is no development chain: one of them did not answer.
  const isUnwitnessed = isWitnessAway && step.reason === "development-chain"
  const sentence = proofReasonWords[`${step.step}/${step.reason}` as ProofReasonWord][language]
  return (
    <Box className={isShown ? "step" : "step later"}>
      <Box className={`mark ${looks[step.outcome]}`}>
        {proofStepWords[step.step][language]} · {proofOutcomeWords[step.outcome][language]}
      </Box>
      <Box className="soft">{isUnwitnessed ? say("witnessAway") : sentence}</Box>
    </Box>
  )
}

function Verdict({ checked: { report, isUnfinished } }: { readonly checked: Checked }) {
  const { say } = useWords()
  if (isUnfinished) return <Notice shape="unknown" title={say("verifyUnfinished")} />
  if (!report.verified) return <Notice shape="refused" title={say("verifyFailed")} />
  return report.ourWordOnly ? (
    <Notice shape="waiting" title={say("verifiedOurWord")} />
  ) : (
    <Notice shape="paid" title={say("verifiedAll")} />
  )
}

const factWords = {
  record: "recordNumber",
  terminal: "factTerminal",
  batch: "factBatch",
  path: "factPath",
  root: "factRoot",
  chain: "factChain",
  contract: "factContract",
} as const satisfies Record<ProofFact["name"], BuyerWord>

function Details({ report, text }: { readonly report: ProofReport; readonly text: string }) {
  const { say } = useWords()
  const [isOpen, setOpen] = useState(false)
  const [isCopied, setCopied] = useState(false)
  const copy = () =>
    copyText(text).then(
      () => setCopied(true),
      () => {},
    )
  return (
    <>
      <Press id="details" className="quiet left" onPress={() => setOpen(!isOpen)}>
        {say(isOpen ? "hideOrigin" : "expertDetails")}
      </Press>
      {isOpen && (
        <>
          <Box className="actions">
            {canSaveText && (
              <Press
                id="save-file"
                className="secondary"
                onPress={() => void saveText(proofFileName(text), text).catch(copy)}
              >
                {say("saveProofFile")}
              </Press>
            )}
            <Press id="save" className="secondary" onPress={() => void copy()}>
              {say(isCopied ? "copied" : "saveProof")}
            </Press>
          </Box>
          <Box className="expert">
            {proofFacts(text).map(({ name, value }) => (
              <Box key={name}>
                {say(factWords[name])}: {value}
              </Box>
            ))}
            {report.steps.map(({ step, outcome, reason }) => (
              <Box key={step}>
                {step}: {outcome} ({reason})
              </Box>
            ))}
            <Box className="bundle">{text}</Box>
          </Box>
        </>
      )}
    </>
  )
}
