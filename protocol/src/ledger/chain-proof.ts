/**
 * Chain proof: what stands on a consortium's chain, shown to somebody who has no node (docs/specs/chain-proof.md, rules
 * CP-n). Headers with their validators' seals, and paths of the state down to a batch's root and a terminal's key.
 */
import { fromHex, toHex } from "../codec/bytes"
import type { Result } from "../result"
import { err, ok } from "../result"
import type { TerminalId } from "../terminal/identifiers"
import type { TerminalKey } from "../terminal/signature"
import { type BlockHeader, parseBlockHeader } from "./chain/block-header"
import { decodeRlp, isList } from "./chain/rlp"
import { areLinked, areSealed, type ValidatorSet } from "./chain/seals"
import { enrolmentSlots, padded, readEnrolment, rootSlot } from "./chain/slots"
import { readState } from "./chain/state-proof"

export const CHAIN_PROOF_FORMAT = "suyuan-chain-proof-1"
export const CHAIN_PROOF_CHARACTERS_MAX = 131_072
/** The block that was read and those on top of it. */
export const HEADERS_MAX = 32
const NODES_MAX = 64
const ACCOUNT_ITEMS = 4
const STORAGE_ROOT = 2
const HASH_BYTES = 32

type Nodes = readonly Uint8Array[]

export interface ChainProof {
  /** Oldest first: under its state everything is read. */
  readonly headers: readonly Uint8Array[]
  /** The ledger's account, and the batch's root in it. */
  readonly ledger: Nodes
  readonly root: Nodes
  /** The registry's account and the two words of a terminal; left out for records that no terminal signs. */
  readonly terminal?: { readonly registry: Nodes; readonly small: Nodes; readonly key: Nodes } | undefined
}

/** Built into whoever reads: never taken from the proof. */
export interface ChainTrust {
  readonly validators: ValidatorSet
  readonly ledger: Uint8Array
  readonly terminals: Uint8Array
}

export interface ChainQuestion {
  readonly log: number
  readonly sequence: number
  readonly terminal: TerminalId | undefined
}

export interface ChainReading {
  /** `undefined`: the state has none there. */
  readonly root: Uint8Array | undefined
  readonly terminalKey: TerminalKey | undefined
  /** Whether enough of the trusted validators sealed the state that was read. */
  readonly isSealed: boolean
  readonly block: { readonly number: number; readonly seconds: number }
}

export type ChainProofError = "too-long" | "not-json" | "not-canonical" | "malformed" | "not-linked" | "not-this-state"

/** Never throws for any text. */
export function readChainProof(
  text: string,
  trust: ChainTrust,
  question: ChainQuestion,
): Result<ChainReading, ChainProofError> {
  const parsed = parseChainProof(text)
  if (!parsed.ok) return parsed
  const proof = parsed.value
  const headers = parseHeaders(proof.headers)
  const [first] = headers ?? []
  if (headers === undefined || first === undefined) return err("malformed")
  if ((proof.terminal === undefined) !== (question.terminal === undefined)) return err("malformed")
  if (!areLinked(headers, trust.validators.engine)) return err("not-linked")
  const root = readStorage(first, trust.ledger, proof.ledger, [[rootSlot(question.log, question.sequence), proof.root]])
  const key = readTerminal(first, trust.terminals, proof, question.terminal)
  if (root === undefined || key === undefined) return err("not-this-state")
  const [rootValue] = root
  return ok({
    root: rootValue && padded(rootValue),
    terminalKey: key.value,
    isSealed: areSealed(headers, trust.validators),
    block: { number: first.number, seconds: first.seconds },
  })
}

function parseHeaders(encoded: readonly Uint8Array[]): readonly BlockHeader[] | undefined {
  const headers = encoded.map(parseBlockHeader)
  return headers.every((header) => header !== undefined) ? headers : undefined
}

function readTerminal(
  header: BlockHeader,
  registry: Uint8Array,
  { terminal: nodes }: ChainProof,
  terminal: TerminalId | undefined,
): { readonly value: TerminalKey | undefined } | undefined {
  if (nodes === undefined || terminal === undefined) return { value: undefined }
  const [small, key] = enrolmentSlots(terminal)
  const words = readStorage(header, registry, nodes.registry, [
    [small, nodes.small],
    [key, nodes.key],
  ])
  return words && { value: readEnrolment(words[0], words[1]) }
}

/** The words of one contract; `undefined` when a path is not one of this block's state. */
function readStorage(
  { stateRoot }: BlockHeader,
  address: Uint8Array,
  account: Nodes,
  slots: readonly (readonly [slot: Uint8Array, nodes: Nodes])[],
): readonly (Uint8Array | undefined)[] | undefined {
  const found = readState(stateRoot, address, account)
  const fields = found?.value && decodeRlp(found.value)
  if (fields === undefined || !isList(fields) || fields.length !== ACCOUNT_ITEMS) return undefined
  const storageRoot = fields[STORAGE_ROOT]
  if (storageRoot === undefined || isList(storageRoot) || storageRoot.length !== HASH_BYTES) return undefined
  const words: (Uint8Array | undefined)[] = []
  for (const [slot, nodes] of slots) {
    const read = readState(storageRoot, slot, nodes)
    if (read === undefined) return undefined
    const word = read.value && decodeRlp(read.value)
    if (read.value !== undefined && (word === undefined || isList(word) || word.length > HASH_BYTES)) return undefined
    words.push(word as Uint8Array | undefined)
  }
  return words
}

/** One text for every proof: keys in this order, no white space, bytes in lower-case hex. */
export function serialiseChainProof({ headers, ledger, root, terminal }: ChainProof): string {
  const write = (nodes: Nodes) => nodes.map(toHex)
  return JSON.stringify({
    format: CHAIN_PROOF_FORMAT,
    headers: write(headers),
    ledger: write(ledger),
    root: write(root),
    ...(terminal && {
      terminal: { registry: write(terminal.registry), small: write(terminal.small), key: write(terminal.key) },
    }),
  })
}

function parseChainProof(text: string): Result<ChainProof, ChainProofError> {
  if (text.length > CHAIN_PROOF_CHARACTERS_MAX) return err("too-long")
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return err("not-json")
  }
  const proof = readDocument(document)
  if (proof === undefined) return err("malformed")
  return serialiseChainProof(proof) === text ? ok(proof) : err("not-canonical")
}

function readDocument(document: unknown): ChainProof | undefined {
  if (!isObject(document) || document.format !== CHAIN_PROOF_FORMAT) return undefined
  const headers = readNodes(document.headers, HEADERS_MAX)
  const [ledger, root] = [readNodes(document.ledger), readNodes(document.root)]
  if (headers === undefined || ledger === undefined || root === undefined) return undefined
  if (document.terminal === undefined) return { headers, ledger, root }
  if (!isObject(document.terminal)) return undefined
  const [registry, small, key] = ["registry", "small", "key"].map((name) =>
    readNodes((document.terminal as Readonly<Record<string, unknown>>)[name]),
  )
  if (registry === undefined || small === undefined || key === undefined) return undefined
  return { headers, ledger, root, terminal: { registry, small, key } }
}

function readNodes(value: unknown, max: number = NODES_MAX): Nodes | undefined {
  if (!Array.isArray(value) || value.length > max) return undefined
  const nodes: Uint8Array[] = []
  for (const text of value as readonly unknown[]) {
    const bytes = typeof text === "string" ? fromHex(text) : undefined
    if (bytes === undefined) return undefined
    nodes.push(bytes)
  }
  return nodes
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
