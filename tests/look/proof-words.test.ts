import { expect, test } from "bun:test"
import {
  type ProofReasonWord,
  proofOutcomeWords,
  proofReasonWords,
  proofStepSentence,
  proofStepWords,
} from "@suyuan/look/proof-words"
import { PROOF_REASONS, type ProofStep } from "@suyuan/protocol/ledger/proof-report"

const steps = Object.entries(PROOF_REASONS).flatMap(([step, outcomes]) =>
  Object.entries(outcomes).flatMap(([outcome, reasons]) =>
    (reasons as readonly string[]).map((reason) => ({ step, outcome, reason }) as ProofStep),
  ),
)

test("[PB-7] every step, outcome and reason has words in Chinese and English, and no words are left over", () => {
  const expected = steps.map(({ step, reason }) => `${step}/${reason}`)
  expect(Object.keys(proofReasonWords).sort()).toEqual(expected.sort())
  expect(Object.keys(proofStepWords)).toEqual(Object.keys(PROOF_REASONS))
  for (const { step, outcome, reason } of steps) {
    const words = proofReasonWords[`${step}/${reason}` as ProofReasonWord]
    expect(words.zh).toMatch(/[\u4e00-\u9fff]/)
    expect(words.en).toMatch(/^[\x20-\x7e]+$/)
    expect(proofOutcomeWords[outcome].zh.length).toBeGreaterThan(0)
  }
})

test("[PB-13] the development chain says that our word is all there is", () => {
  const step = { step: "anchor", outcome: "our-word-only", reason: "development-chain" } as const
  expect(proofStepSentence(step, "zh")).toEndWith("开发链：只有我们自己的话作证")
  expect(proofStepSentence(step, "en")).toEndWith("development chain: our word only")
})
