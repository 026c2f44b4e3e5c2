/**
 * Verification of a proof bundle (docs/specs/proof-bundle.md, rules PB-n), told in steps that fail each on
 * their own. Pure: it runs in a mini-program without a network. Whoever calls it gives what must not be taken from
 * the bundle: chain, contract, the root as read from the chain, the terminal's registered key.
 */
import { equalBytes } from "../codec/bytes"
import type { NetworkId } from "../network"
import type { Result } from "../result"
import { err, ok } from "../result"
import type { TerminalId } from "../terminal/identifiers"
import { parseGoodsPart } from "../terminal/pay-code"
import { commitSection, isAbsent } from "./commitment"
import { type Entry, entryLeaf, parseEntry } from "./entry"
import { keccak256 } from "./keccak"
import { rootOfPath } from "./merkle"
import { type AskedRecord, checkAsked } from "./proof-asked"
import { type ProofBundle, parseProofBundle } from "./proof-bundle"
import type { ProofReport, ProofStep, ProofStepOf } from "./proof-report"
import {
  checkSellerSignature,
  findContradiction,
  isSigned,
  type SignatureAsked,
  type SignatureFailure,
  type SignatureTrust,
  signatureOf,
} from "./proof-signature"
import { decodeRecord, hasCommercial, isWrittenKind } from "./record"
import { hasRecordId } from "./record-identity"
import type { RecordKind } from "./record-kind"
import type { OpenedRecord } from "./record-types"

export interface ProofTrust extends SignatureTrust {
  readonly chainId: number
  /** Address of the ledger contract, 20 bytes. */
  readonly contract: Uint8Array
  /** One node that we run ourselves: its word is our word. */
  readonly developmentChain: boolean
  /**
   * As the reader of roots found it for the bundle's log and sequence (`locateProof`); `undefined`, or the zeros that
   * the contract has for a batch that was never appended: none there.
   */
  readonly root: Uint8Array | undefined
  /**
   * What a chain proof said of the state from which root and key were read (`readChainProof`). Left out where no
   * validators are trusted: then there is no such step.
   */
  readonly seals?: "majority" | "too-few" | "unread" | undefined
  /** Which record was to be proved, and what was shown of it. Left out where any will do: then there is no such step. */
  readonly asked?: AskedRecord | undefined
}

/** A proof that was read: where to look, and what is to be checked. */
export interface OpenedProof {
  readonly bundle: ProofBundle
  readonly entry: Entry
  /** Undefined where the proof opens nothing. */
  readonly record: OpenedRecord | undefined
}

/** What a proof's own bytes say of one another: the hashes of a check, and nothing of it needs root or key. */
export interface ProofContents extends OpenedProof {
  readonly contradiction: SignatureFailure | undefined
  readonly commitment: ProofStepOf<"commitment">
  readonly path: ProofStepOf<"path">
}

export type ShapeFailure = Extract<ProofStepOf<"shape">, { outcome: "failed" }>["reason"]

/**
 * Never throws for any text. A phone takes the same steps apart, to compute while it waits for root and key:
 * `openProof`, `checkContents`, `judgeProof`.
 */
export function verifyProof(text: string, trust: ProofTrust): ProofReport {
  const opened = openProof(text)
  return opened.ok ? judgeProof(checkContents(opened.value, trust.networkId), trust) : refuseProof(opened.error, trust)
}

export function checkContents(opened: OpenedProof, networkId: NetworkId): ProofContents {
  return {
    ...opened,
    contradiction: opened.record && findContradiction(opened.record, networkId),
    commitment: checkCommitments(opened),
    path: checkPath(opened.bundle),
  }
}

/** @param trust of the network whose contents were checked */
export function judgeProof(contents: ProofContents, trust: ProofTrust): ProofReport {
  const { bundle, entry, record, contradiction, commitment, path } = contents
  const steps: readonly ProofStep[] = [
    { step: "shape", outcome: "passed", reason: "well-formed" },
    record === undefined ? unopened : checkSellerSignature(record, contradiction, trust),
    commitment,
    path,
    checkAnchor(bundle, trust),
    ...checkSeals(trust),
    ...(trust.asked === undefined ? [] : [checkAsked(record, entry.recordId, trust.asked)]),
  ]
  return report(steps, record)
}

const unopened = { step: "seller-signature", outcome: "not-applicable", reason: "record-closed" } as const

export interface ProofLocation {
  readonly log: number
  readonly sequence: number
  readonly kind: RecordKind
  readonly recordId: Uint8Array
  /** Whose key the verifier needs; `undefined` for kinds that no terminal signs. */
  readonly terminal: TerminalId | undefined
}

/** Where to read the root and whose key to look up before verifying. Nothing of it is proved yet. */
export function locateProof(text: string): Result<ProofLocation, ShapeFailure> {
  const opened = openProof(text)
  return opened.ok ? ok(locationOf(opened.value)) : opened
}

export function locationOf({ bundle: { log, sequence }, entry, record }: OpenedProof): ProofLocation {
  return { log, sequence, kind: entry.kind, recordId: entry.recordId, terminal: record && signingTerminal(record) }
}

/** Which signature the steps will ask for; undefined where they will ask for none. */
export function signatureAsked(
  { record }: OpenedProof,
  trust: Pick<ProofTrust, "networkId" | "terminalKey">,
): SignatureAsked | undefined {
  const asked = record !== undefined && isSigned(record) ? signatureOf(record, trust) : undefined
  return asked?.ok ? asked.value : undefined
}

function signingTerminal(record: OpenedRecord): TerminalId | undefined {
  if (record.kind === "snapshot") return record.public.terminal
  if (record.kind !== "sale") return undefined
  const goods = parseGoodsPart(record.public.goodsPart)
  return goods.ok ? goods.value.terminal : undefined
}

/** Never throws for any text. */
export function openProof(text: string): Result<OpenedProof, ShapeFailure> {
  const bundle = parseProofBundle(text)
  if (!bundle.ok) return bundle
  const entry = parseEntry(bundle.value.entry)
  if (!entry.ok) return err("entry-malformed")
  const { kind, recordId, commercialCiphertext } = entry.value
  if (bundle.value.sections === undefined) return ok({ bundle: bundle.value, entry: entry.value, record: undefined })
  const { public: publicSection, commercial, personal } = bundle.value.sections
  const record = decodeRecord(kind, {
    public: publicSection.bytes,
    commercial: commercial?.bytes,
    personal: personal?.bytes,
  })
  if (!record.ok || !isWrittenKind(kind)) return err("record-malformed")
  if (hasCommercial(kind) !== commercialCiphertext.length > 0) return err("record-malformed")
  if (!hasRecordId(record.value, recordId)) return err("record-id-mismatch")
  return ok({ bundle: bundle.value, entry: entry.value, record: record.value })
}

/** Of a text that is no proof: no other step is checked. */
export function refuseProof(reason: ShapeFailure, { seals, asked }: Pick<ProofTrust, "seals" | "asked">): ProofReport {
  const unchecked = { outcome: "not-checked", reason: "shape-refused" } as const
  const steps: readonly ProofStep[] = [
    { step: "shape", outcome: "failed", reason },
    { step: "seller-signature", ...unchecked },
    { step: "commitment", ...unchecked },
    { step: "path", ...unchecked },
    { step: "anchor", ...unchecked },
    ...(seals === undefined ? [] : [{ step: "validators", ...unchecked } as const]),
    ...(asked === undefined ? [] : [{ step: "asked", ...unchecked } as const]),
  ]
  return report(steps, undefined)
}

function checkCommitments({ bundle, entry, record }: OpenedProof): ProofStepOf<"commitment"> {
  if (record === undefined) return { step: "commitment", outcome: "not-applicable", reason: "record-closed" }
  const matches = (["public", "commercial", "personal"] as const).every((name) => {
    const section = bundle.sections?.[name]
    if (section === undefined) return true
    return equalBytes(commitSection(name, section.salt, section.bytes), entry.commitments[name])
  })
  return matches
    ? { step: "commitment", outcome: "passed", reason: "sections-match" }
    : { step: "commitment", outcome: "failed", reason: "section-mismatch" }
}

function checkPath(bundle: ProofBundle): ProofStepOf<"path"> {
  const root = rootOfPath(entryLeaf(bundle.entry), bundle.path, keccak256)
  return equalBytes(root, bundle.root)
    ? { step: "path", outcome: "passed", reason: "entry-in-batch" }
    : { step: "path", outcome: "failed", reason: "entry-not-in-batch" }
}

function checkAnchor(bundle: ProofBundle, trust: ProofTrust): ProofStepOf<"anchor"> {
  const step = "anchor"
  if (bundle.chainId !== trust.chainId) return { step, outcome: "failed", reason: "wrong-chain" }
  if (!equalBytes(bundle.contract, trust.contract)) return { step, outcome: "failed", reason: "wrong-contract" }
  if (trust.root === undefined || isAbsent(trust.root)) return { step, outcome: "failed", reason: "root-unread" }
  if (!equalBytes(bundle.root, trust.root)) return { step, outcome: "failed", reason: "other-root-on-chain" }
  return trust.developmentChain
    ? { step, outcome: "our-word-only", reason: "development-chain" }
    : { step, outcome: "passed", reason: "root-on-chain" }
}

function checkSeals({ seals }: ProofTrust): readonly ProofStepOf<"validators">[] {
  const step = "validators"
  switch (seals) {
    case undefined:
      return []
    case "majority":
      return [{ step, outcome: "passed", reason: "sealed-by-majority" }]
    case "too-few":
      return [{ step, outcome: "failed", reason: "too-few-seals" }]
    case "unread":
      return [{ step, outcome: "failed", reason: "state-unread" }]
  }
}

function report(steps: readonly ProofStep[], record: OpenedRecord | undefined): ProofReport {
  const verified = steps.every(({ outcome }) => outcome !== "failed" && outcome !== "not-checked")
  const ourWordOnly = steps.some(({ outcome }) => outcome === "our-word-only")
  return { verified, ourWordOnly, steps, record: verified ? record : undefined }
}
