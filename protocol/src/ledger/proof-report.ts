/** What a verification says, in machine-readable form; the words for it are in `look/proof-words`. */
import type { OpenedRecord } from "./record-types"

/**
 * Every outcome and reason that a step can have. `our-word-only`: not disproved, but nothing outside of us vouches
 * for it. `not-checked`: the step needs what an earlier one refused.
 */
export const PROOF_REASONS = {
  shape: {
    passed: ["well-formed"],
    failed: [
      "too-long",
      "not-json",
      "not-canonical",
      "malformed",
      "entry-malformed",
      "record-malformed",
      "record-id-mismatch",
    ],
  },
  "seller-signature": {
    passed: ["signed-by-terminal"],
    failed: [
      "terminal-unknown",
      "wrong-algorithm",
      "bad-signature",
      "prices-not-signed",
      "lines-not-signed",
      "amount-above-lines",
      "snapshot-not-signed",
    ],
    "our-word-only": ["part-of-snapshot", "lines-contradict-code"],
    "not-applicable": ["kind-not-signed", "record-closed"],
    "not-checked": ["shape-refused"],
  },
  commitment: {
    passed: ["sections-match"],
    failed: ["section-mismatch"],
    "not-applicable": ["record-closed"],
    "not-checked": ["shape-refused"],
  },
  path: {
    passed: ["entry-in-batch"],
    failed: ["entry-not-in-batch"],
    "not-checked": ["shape-refused"],
  },
  anchor: {
    passed: ["root-on-chain"],
    failed: ["wrong-chain", "wrong-contract", "root-unread", "other-root-on-chain"],
    "our-word-only": ["development-chain"],
    "not-checked": ["shape-refused"],
  },
  validators: {
    passed: ["sealed-by-majority"],
    failed: ["too-few-seals", "state-unread"],
    "not-checked": ["shape-refused"],
  },
  asked: {
    passed: ["as-shown", "same-record"],
    failed: ["another-record", "another-amount", "other-goods", "not-opened"],
    "not-checked": ["shape-refused"],
  },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<ProofOutcome, readonly string[]>>>>>

export type ProofOutcome = "passed" | "failed" | "our-word-only" | "not-applicable" | "not-checked"
export type ProofStepName = keyof typeof PROOF_REASONS

type OutcomesOf<Step extends ProofStepName> = (typeof PROOF_REASONS)[Step]

/** One step with an outcome and a reason that belong together. */
export type ProofStepOf<Step extends ProofStepName> = {
  [Outcome in keyof OutcomesOf<Step>]: OutcomesOf<Step>[Outcome] extends readonly (infer Reason)[]
    ? { readonly step: Step; readonly outcome: Outcome; readonly reason: Reason }
    : never
}[keyof OutcomesOf<Step>]

export type ProofStep = { [Step in ProofStepName]: ProofStepOf<Step> }[ProofStepName]

export interface ProofReport {
  /** No step failed or was left unchecked. */
  readonly verified: boolean
  /** Some step rests on our word: a development chain always does. */
  readonly ourWordOnly: boolean
  /** Always shape, seller-signature, commitment, path, anchor, in this order; then validators, where some are trusted, and what was asked for. */
  readonly steps: readonly ProofStep[]
  /** What was checked: show this, never anything beside it. `undefined` unless verified, and where nothing is opened. */
  readonly record: OpenedRecord | undefined
}
