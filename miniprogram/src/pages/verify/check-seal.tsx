import type { ProofOutcome } from "@suyuan/protocol/ledger/proof-report"
import { Box } from "../../parts/elements"
import { useWords } from "../../session/language"

/** How a step stands, in one of the looks that a mark has, too. */
export const looks = {
  passed: "good",
  failed: "bad",
  "our-word-only": "wait",
  "not-applicable": "soft",
  "not-checked": "wait",
} as const satisfies Record<ProofOutcome, string>

const STROKES = 8

type CheckSealProps = {
  /** Of the steps that are shown so far, in their order. */
  readonly outcomes: readonly ProofOutcome[]
  readonly count: number
}

/** Drawn stroke by stroke as steps pass; one that fails breaks it. */
export function CheckSeal({ outcomes, count }: CheckSealProps) {
  const { say } = useWords()
  const passed = outcomes.filter((outcome) => outcome === "passed").length
  const state = outcomes.includes("failed") ? "broken" : outcomes.length === count ? "done" : ""
  return (
    <Box className={`check-seal ${state}`} label={`${say("sealOfCheck")} ${passed}/${count}`}>
      <Box className="frame" />
      {Array.from({ length: STROKES }, (_, stroke) => {
        const outcome = outcomes[Math.floor((stroke * count) / STROKES)]
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stroke is known by its place
          <Box key={stroke} className={`stroke stroke-${stroke} ${outcome === undefined ? "" : looks[outcome]}`} />
        )
      })}
    </Box>
  )
}
