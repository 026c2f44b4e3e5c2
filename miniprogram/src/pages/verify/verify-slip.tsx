import type { BuyerWord } from "@suyuan/look/buyer-words"
import {
  originReasonWords,
  originStepName,
  type ProofReasonWord,
  proofOutcomeWords,
  proofReasonWords,
  proofStepWords,
} from "@suyuan/look/proof-words"
import { motionMsMax, stateShapes } from "@suyuan/look/tokens"
import { recordedSale } from "@suyuan/protocol/ledger/proof-asked"
import type { ProofReport } from "@suyuan/protocol/ledger/proof-report"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { useEffect, useState } from "react"
import type { CheckedOrigin } from "../../../core/check-origin"
import type { CheckedProof } from "../../../core/check-proof"
import type { LedgerTrust } from "../../../core/ledger-trust"
import type { TraceAnswer } from "../../../core/origin-words"
import { type ProofFact, proofFacts, proofFileName } from "../../../core/proof-facts"
import { weightText } from "../../../core/weights"
import { Box, Press, Title, Words } from "../../parts/elements"
import { Mark, Notice, Row, Slip } from "../../parts/states"
import { canSaveText, saveText } from "../../platform/save-text"
import { copyText } from "../../platform/share"
import { useWords } from "../../session/language"
import { CheckSeal, looks } from "./check-seal"

export interface Checked extends Pick<CheckedProof, "report" | "isUnfinished"> {
  readonly text: string
  /** What is shown of the record. */
  readonly trace: TraceAnswer
  /** Undefined while the origin statements are read. */
  readonly origin?: CheckedOrigin | undefined
}

const reasons = {
  ourselves: "verifyWhy",
  members: "verifyWhyWitnessed",
  validators: "verifyWhySealed",
} as const satisfies Record<LedgerTrust["by"], BuyerWord>

type Step = ProofReport["steps"][number]

interface VerifySlipProps {
  /** Who is to vouch for the anchor. */
  readonly by: LedgerTrust["by"]
  /** Undefined while it is read: the steps have their room from the first moment. */
  readonly checked: Checked | undefined
}

export function VerifySlip({ by, checked }: VerifySlipProps) {
  const { say } = useWords()
  const steps = checked?.report.steps ?? []
  const shown = useOneByOne(steps.length)
  const origin = shown === steps.length ? checked?.origin : undefined
  const outcomes = [...steps.slice(0, shown), ...(origin === undefined ? [] : [origin])].map(({ outcome }) => outcome)
  const passed = outcomes.filter((outcome) => outcome === "passed").length
  const names = stepNames(by)
  return (
    <Slip className="check" isPassing={checked === undefined}>
      <Box className="seal">
        <CheckSeal outcomes={outcomes} count={names.length + 1} />
        <Box className="grow">
          <Title level={1}>{say("verifyTitle")}</Title>
          <Box className="soft">
            {checked === undefined ? say("loading") : `${stateShapes.paid} ${passed}/${names.length + 1}`}
          </Box>
        </Box>
      </Box>
      <Box className="soft">{say(reasons[by])}</Box>
      <Box className="steps">
        {names.map((name, index) => (
          <StepLine
            key={name}
            name={name}
            step={steps[index]}
            isWitnessAway={by === "members"}
            isShown={index < shown}
          />
        ))}
        <OriginLine origin={checked?.origin} isShown={origin !== undefined} />
      </Box>
      {checked !== undefined && shown > 1 && (
        <Box className={origin === undefined ? "later" : ""}>
          <Verdict checked={checked} />
          <Recorded checked={checked} />
          <Details report={checked.report} text={checked.text} />
        </Box>
      )}
    </Slip>
  )
}

/** Of a report for whoever trusts these, in its order: a record is always asked for. */
function stepNames(by: LedgerTrust["by"]): readonly Step["step"][] {
  const sealed = by === "validators" ? (["validators"] as const) : []
  return ["shape", "seller-signature", "commitment", "path", "anchor", ...sealed, "asked"]
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

type StepLineProps = {
  readonly name: Step["step"]
  readonly step: Step | undefined
  readonly isWitnessAway: boolean
  readonly isShown: boolean
}

function StepLine({ name, step, isWitnessAway, isShown }: StepLineProps) {
  const { language, say } = useWords()
  // With members to ask it is no development chain: one of them did not answer.
  const isUnwitnessed = isWitnessAway && step?.reason === "development-chain"
  const sentence = step && proofReasonWords[`${step.step}/${step.reason}` as ProofReasonWord][language]
  return (
    <Box className={isShown ? "step" : "step later"}>
      <Box className={`mark ${step === undefined ? "" : looks[step.outcome]}`}>
        {proofStepWords[name][language]} · {proofOutcomeWords[step?.outcome ?? "not-checked"][language]}
      </Box>
      <Box className="soft">{isUnwitnessed ? say("witnessAway") : sentence}</Box>
    </Box>
  )
}

/** The last step: of what the page before showed of origins, which no sale's record holds. */
function OriginLine({ origin, isShown }: { readonly origin: CheckedOrigin | undefined; readonly isShown: boolean }) {
  const { language } = useWords()
  const { outcome, reason } = origin ?? { outcome: "not-checked", reason: "unread" }
  return (
    <Box className={isShown ? "step" : "step later"}>
      <Box className={`mark ${looks[outcome]}`}>
        {originStepName[language]} · {proofOutcomeWords[outcome][language]}
      </Box>
      <Box className="soft">{originReasonWords[reason][language]}</Box>
    </Box>
  )
}

function Verdict({ checked: { report, isUnfinished, origin } }: { readonly checked: Checked }) {
  const { say } = useWords()
  if (origin?.outcome === "failed") return <Notice shape="refused" title={say("verifyFailed")} />
  if (isUnfinished || (report.verified && origin?.reason === "unread")) {
    return <Notice shape="unknown" title={say("verifyUnfinished")} />
  }
  if (!report.verified) return <Notice shape="refused" title={say("verifyFailed")} />
  if (report.ourWordOnly || origin?.outcome === "our-word-only") {
    return <Notice shape="waiting" title={say("verifiedOurWord")} />
  }
  // Of a share nothing is opened: that it is there is all that a friend can check.
  if (report.record === undefined) return <Notice shape="waiting" title={say("verifiedClosed")} />
  return origin?.outcome === "not-checked" ? (
    <Notice shape="waiting" title={say("verifiedButOrigin")} />
  ) : (
    <Notice shape="paid" title={say("verifiedAll")} />
  )
}

/** Goods and amount as the record has them, to be compared with bag and receipt; only names are the trace's. */
function Recorded({ checked: { report, trace } }: { readonly checked: Checked }) {
  const { language, say } = useWords()
  const sale = report.record && recordedSale(report.record)
  if (sale === undefined) return null
  return (
    <Box className="lines recorded">
      <Title level={2}>{say("recordSays")}</Title>
      {sale.lines.map(({ quantity }, index) => {
        const line = trace.lines[index]
        const grams = quantityGrams(quantity)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a record never change their order
          <Row key={index}>
            <Words>{(language === "zh" ? line?.name : line?.nameEn) ?? say("nameFollows")}</Words>
            <Words className="figure">
              {grams === undefined ? `${quantity.count} ${say("piecesUnit")}` : weightText(grams, language)}
            </Words>
          </Row>
        )
      })}
      {sale.amountFen !== undefined && (
        <Row>
          <Words>{say("amountOfSale")}</Words>
          <Words className="figure">¥{fenToYuan(sale.amountFen)}</Words>
        </Row>
      )}
    </Box>
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
  const [copied, setCopied] = useState<"copied" | "notDone">()
  const copy = () =>
    copyText(text).then(
      () => setCopied("copied"),
      () => setCopied("notDone"),
    )
  return (
    <>
      <Press id="details" className="quiet left" isOpen={isOpen} onPress={() => setOpen(!isOpen)}>
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
              {say(copied === "copied" ? "copied" : "saveProof")}
            </Press>
            {copied === "notDone" && <Mark shape="waiting">{say("notDone")}</Mark>}
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
