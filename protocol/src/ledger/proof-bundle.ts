/**
 * Proof bundle: one canonical JSON document with what a stranger needs to check a record (docs/specs/proof-bundle.md,
 * rules PB-n). In here: the document as an object and back, and building one from a batch. What is checked of it:
 * `proof`.
 */
import { equalBytes, fromHex, toHex } from "../codec/bytes"
import type { Result } from "../result"
import { err, ok } from "../result"
import { batchRoot } from "./batch"
import { COMMITMENT_BYTES, commitSection, SALT_BYTES } from "./commitment"
import { ENTRY_BYTES_MAX, entryLeaf, parseEntry } from "./entry"
import { keccak256 } from "./keccak"
import { inclusionPath, type PathStep } from "./merkle"
import type { SectionName } from "./record-kind"

export const PROOF_FORMAT = "suyuan-proof-1"
/** Of a proof that opens nothing: what a share gives to strangers. */
export const CLOSED_PROOF_FORMAT = "suyuan-closed-proof-1"
/** Entry and its opened sections at their largest, in hex, and 16 siblings. */
export const PROOF_CHARACTERS_MAX = 24_576
/** A batch counts its entries in 16 bits. */
export const PATH_STEPS_MAX = 16
export const CONTRACT_BYTES = 20

export interface OpenedSection {
  readonly salt: Uint8Array
  readonly bytes: Uint8Array
}

/** What a reader is given to open; a buyer gets `public` and `commercial` of their own sale. */
export interface OpenedBundleSections {
  readonly public: OpenedSection
  readonly commercial?: OpenedSection | undefined
  readonly personal?: OpenedSection | undefined
}

export interface ProofBundle {
  readonly chainId: number
  readonly contract: Uint8Array
  readonly log: number
  readonly sequence: number
  readonly root: Uint8Array
  /**
   * From the leaf up, with sides. Index and size are left out: a root does not bind them (leaf 1 of 2 and leaf 2
   * of 3 have the same path), and nothing may stand in a bundle that a verifier cannot check.
   */
  readonly path: readonly PathStep[]
  readonly entry: Uint8Array
  /** Undefined: the record is there, and stays sealed. */
  readonly sections: OpenedBundleSections | undefined
}

export type ProofBundleError = "too-long" | "not-json" | "not-canonical" | "malformed"

const SECTION_ORDER = ["public", "commercial", "personal"] as const satisfies readonly SectionName[]

/** @throws RangeError for a bundle that no parser would take. */
export function serialiseProofBundle(bundle: ProofBundle): string {
  const text = write(bundle)
  const parsed = parseProofBundle(text)
  if (!parsed.ok) throw new RangeError(`no proof bundle: ${parsed.error}`)
  return text
}

function write(bundle: ProofBundle): string {
  const { sections } = bundle
  return JSON.stringify({
    format: sections === undefined ? CLOSED_PROOF_FORMAT : PROOF_FORMAT,
    chainId: bundle.chainId,
    contract: toHex(bundle.contract),
    log: bundle.log,
    sequence: bundle.sequence,
    root: toHex(bundle.root),
    path: bundle.path.map(({ side, sibling }) => [side, toHex(sibling)]),
    entry: toHex(bundle.entry),
    ...(sections === undefined ? {} : { sections: writeSections(sections) }),
  })
}

function writeSections(opened: OpenedBundleSections): object {
  const sections: Record<string, { salt: string; bytes: string }> = {}
  for (const name of SECTION_ORDER) {
    const section = opened[name]
    if (section !== undefined) sections[name] = { salt: toHex(section.salt), bytes: toHex(section.bytes) }
  }
  return sections
}

/** Never throws. Whatever is not written exactly as `serialiseProofBundle` writes it is refused. */
export function parseProofBundle(text: string): Result<ProofBundle, ProofBundleError> {
  if (text.length > PROOF_CHARACTERS_MAX) return err("too-long")
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    // Hostile text can also exhaust the stack by nesting: that is a refusal too.
    return err("not-json")
  }
  const bundle = readBundle(document)
  if (bundle === undefined) return err("malformed")
  // One comparison holds key order, unknown and repeated keys, white space and number forms.
  return write(bundle) === text ? ok(bundle) : err("not-canonical")
}

function readBundle(document: unknown): ProofBundle | undefined {
  if (!isObject(document)) return undefined
  const isClosed = document.format === CLOSED_PROOF_FORMAT
  if (!isClosed && document.format !== PROOF_FORMAT) return undefined
  const { chainId, log, sequence } = document
  const contract = readHex(document.contract, CONTRACT_BYTES)
  const root = readHex(document.root, COMMITMENT_BYTES)
  const entry = readHex(document.entry, 1, ENTRY_BYTES_MAX)
  const path = readPath(document.path)
  const sections = isClosed ? undefined : readSections(document.sections)
  if (!isUint(chainId, Number.MAX_SAFE_INTEGER) || !isUint(log, 0xffff_ffff)) return undefined
  if (!isUint(sequence, Number.MAX_SAFE_INTEGER) || contract === undefined || root === undefined) return undefined
  if (entry === undefined || path === undefined) return undefined
  if (!isClosed && sections === undefined) return undefined
  return { chainId, contract, log, sequence, root, path, entry, sections }
}

function readPath(value: unknown): PathStep[] | undefined {
  if (!Array.isArray(value) || value.length > PATH_STEPS_MAX) return undefined
  const path: PathStep[] = []
  for (const step of value as readonly unknown[]) {
    if (!Array.isArray(step) || step.length !== 2) return undefined
    const [side, hex] = step as readonly unknown[]
    const sibling = readHex(hex, COMMITMENT_BYTES)
    if ((side !== "left" && side !== "right") || sibling === undefined) return undefined
    path.push({ side, sibling })
  }
  return path
}

function readSections(value: unknown): OpenedBundleSections | undefined {
  if (!isObject(value)) return undefined
  const sections: Partial<Record<SectionName, OpenedSection>> = {}
  for (const name of SECTION_ORDER) {
    const section = value[name]
    if (section === undefined) continue
    if (!isObject(section)) return undefined
    const salt = readHex(section.salt, SALT_BYTES)
    const bytes = readHex(section.bytes, 1, ENTRY_BYTES_MAX)
    if (salt === undefined || bytes === undefined) return undefined
    sections[name] = { salt, bytes }
  }
  return sections.public === undefined ? undefined : { ...sections, public: sections.public }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isUint(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max
}

function readHex(value: unknown, minLength: number, maxLength: number = minLength): Uint8Array | undefined {
  if (typeof value !== "string" || value.length > 2 * maxLength) return undefined
  const bytes = fromHex(value)
  return bytes === undefined || bytes.length < minLength ? undefined : bytes
}

export interface ProofParts {
  readonly chainId: number
  readonly contract: Uint8Array
  readonly log: number
  readonly sequence: number
  /** All entries of the batch, in order. */
  readonly entries: readonly Uint8Array[]
  /** Which of them is proved. */
  readonly index: number
  /** Undefined for a proof that opens nothing. */
  readonly sections: OpenedBundleSections | undefined
}

/** @throws RangeError when there is no such entry, or a section is not the one that the entry commits to. */
export function buildProof(parts: ProofParts): string {
  const { chainId, contract, log, sequence, entries, index, sections } = parts
  const path = inclusionPath(entries.map(entryLeaf), index, keccak256)
  const entryBytes = entries[index]!
  const entry = parseEntry(entryBytes)
  if (!entry.ok) throw new RangeError(`no proof: ${entry.error}`)
  for (const name of SECTION_ORDER) {
    const section = sections?.[name]
    if (section === undefined) continue
    if (!equalBytes(commitSection(name, section.salt, section.bytes), entry.value.commitments[name])) {
      throw new RangeError(`no proof: the entry commits to another ${name} section`)
    }
  }
  return serialiseProofBundle({
    chainId,
    contract,
    log,
    sequence,
    root: batchRoot(entries),
    path,
    entry: entryBytes,
    sections,
  })
}
