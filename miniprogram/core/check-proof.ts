/**
 * "Verify" on the buyer's phone: reads what must not be taken from the proof itself (the batch's root, the terminal's
 * registered key) through readers that the caller chose, and runs the pure verifier.
 */
import { proofStepSentence } from "@suyuan/look/proof-words"
import type { ChainReading } from "@suyuan/protocol/ledger/chain-proof"
import {
  checkContents,
  judgeProof,
  locationOf,
  openProof,
  type ProofLocation,
  type ProofTrust,
  refuseProof,
  signatureAsked,
} from "@suyuan/protocol/ledger/proof"
import type { AskedRecord } from "@suyuan/protocol/ledger/proof-asked"
import type { ProofReport } from "@suyuan/protocol/ledger/proof-report"
import type { TerminalId } from "@suyuan/protocol/terminal/identifiers"
import type { AskSignature, TerminalKey } from "@suyuan/protocol/terminal/signature"

export interface ProofReaders {
  /** Of a batch; `undefined` when the chain has none. May reject: then it counts as unread. */
  readonly rootOf: (log: number, sequence: number) => Promise<Uint8Array | undefined>
  /** As the registry has it; `undefined` when it has none. May reject. */
  readonly terminalKeyOf: (terminal: TerminalId) => Promise<TerminalKey | undefined>
  /** Asked after `rootOf`: whether others than us have the same root. Left out: as the setting says. */
  readonly isRootWitnessed?: () => boolean
  /** Asked instead of the others where validators are trusted: the chain's own state. May reject; a state that does not hold with `FalseReading`. */
  readonly sealedState?: (location: ProofLocation) => Promise<ChainReading>
}

/** Which network, chain and contract this program trusts, built into it, and what was asked for: never taken from a proof. */
export interface ProofSetting extends Pick<ProofTrust, "networkId" | "chainId" | "contract" | "developmentChain"> {
  readonly verifySignature: AskSignature
  /** May still be on its way: it is compared last. */
  readonly asked?: AskedRecord | Promise<AskedRecord | undefined> | undefined
}

/** What was read contradicts itself: that is an answer, and a bad one. */
export class FalseReading extends Error {}

export interface CheckedProof {
  readonly report: ProofReport
  /** Nothing was found wrong, but not all of it could be read: checked again, it may pass. */
  readonly isUnfinished: boolean
  /** One sentence a step, in the order of the report. */
  readonly sentences: readonly string[]
}

/** What could not be read is a step that fails, in words; rejects only when what was asked for does. */
export async function checkProof(
  text: string,
  readers: ProofReaders,
  setting: ProofSetting,
  language: "zh" | "en",
): Promise<CheckedProof> {
  const opened = openProof(text)
  if (!opened.ok) {
    const seals = readers.sealedState === undefined ? undefined : "unread"
    return inWords(refuseProof(opened.error, { asked: await setting.asked, seals }), false, language)
  }
  let isUnread = false
  const reading = readTrust(locationOf(opened.value), readers, setting, (error) => {
    isUnread ||= !(error instanceof FalseReading)
    return undefined
  })
  // The line is busy, the processor is not.
  const contents = checkContents(opened.value, setting.networkId)
  const trust = { ...setting, ...(await reading) }
  const signed = signatureAsked(contents, trust)
  const holds =
    signed !== undefined &&
    (await setting.verifySignature(signed.algorithm, signed.publicKey, signed.message, signed.signature))
  const asked = await setting.asked
  return inWords(judgeProof(contents, { ...trust, asked, verifySignature: () => holds }), isUnread, language)
}

async function readTrust(
  location: ProofLocation,
  { rootOf, terminalKeyOf, isRootWitnessed, sealedState }: ProofReaders,
  setting: ProofSetting,
  unread: (error: unknown) => undefined,
) {
  if (sealedState !== undefined) return trustIn(await sealedState(location).catch(unread))
  const { log, sequence, terminal } = location
  const [root, terminalKey] = await Promise.all([
    rootOf(log, sequence).catch(unread),
    terminal === undefined ? undefined : terminalKeyOf(terminal).catch(unread),
  ])
  return { root, terminalKey, developmentChain: setting.developmentChain || isRootWitnessed?.() === false }
}

function trustIn(reading: ChainReading | undefined) {
  if (reading === undefined) return { root: undefined, terminalKey: undefined, seals: "unread" } as const
  const { root, terminalKey, isSealed } = reading
  return { root, terminalKey, seals: isSealed ? "majority" : "too-few" } as const
}

/** Of steps that lack only what was to be read. */
const lacking: ReadonlySet<string> = new Set(["terminal-unknown", "root-unread", "state-unread"])

function inWords(report: ProofReport, isUnread: boolean, language: "zh" | "en"): CheckedProof {
  const failed = report.steps.filter(({ outcome }) => outcome === "failed")
  return {
    report,
    isUnfinished: isUnread && !report.verified && failed.every(({ reason }) => lacking.has(reason)),
    sentences: report.steps.map((step) => proofStepSentence(step, language)),
  }
}
