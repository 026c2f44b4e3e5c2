/**
 * Who sealed a block, by the signatures in its header, and whether they are enough of the validators whom the reader
 * trusts (docs/specs/chain-proof.md, CP-6 to CP-8).
 */
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { equalBytes, toHex } from "../../codec/bytes"
import { keccak256 } from "../keccak"
import { type BlockHeader, hashWith } from "./block-header"
import { decodeRlp, encodeRlp, isList, type RlpItem } from "./rlp"

/** How a consortium's validators agree: in QBFT most of them seal each block, in Clique one does. */
export type SealEngine = "qbft" | "clique"

export interface ValidatorSet {
  readonly engine: SealEngine
  /** Addresses of 20 bytes, no two alike. */
  readonly addresses: readonly Uint8Array[]
}

const ADDRESS_BYTES = 20
const SEAL_BYTES = 65
const QBFT_EXTRA_ITEMS = 5
const EMPTY = new Uint8Array(0)

/** QBFT: a block is final when two thirds have sealed it. Clique: more than half, each a block of its own. */
export function sealsNeeded({ engine, addresses }: ValidatorSet): number {
  return engine === "qbft" ? Math.ceil((2 * addresses.length) / 3) : Math.floor(addresses.length / 2) + 1
}

/**
 * @param headers the block that was read, then its children, each the child of the one before it (`areLinked`): QBFT needs
 * none of them, Clique as many as it takes until enough validators have built on the first.
 */
export function areSealed(headers: readonly BlockHeader[], validators: ValidatorSet): boolean {
  const known = new Set(validators.addresses.map(toHex))
  const [first, ...later] = headers
  if (first === undefined || known.size === 0) return false
  const sealers = new Set<string>()
  if (validators.engine === "qbft") {
    for (const sealer of qbftSealers(first)) if (known.has(sealer)) sealers.add(sealer)
    return sealers.size >= sealsNeeded(validators)
  }
  for (const header of [first, ...later]) {
    const sealer = cliqueSealer(header)
    // A block on the way that no validator sealed breaks the chain above it.
    if (sealer === undefined || !known.has(sealer)) return false
    sealers.add(sealer)
  }
  return sealers.size >= sealsNeeded(validators)
}

/** Each names the one before it by its hash. */
export function areLinked(headers: readonly BlockHeader[], engine: SealEngine): boolean {
  return headers.every((header, index) => {
    const parent = headers[index - 1]
    if (parent === undefined) return true
    const hash = blockHash(parent, engine)
    return hash !== undefined && header.number === parent.number + 1 && equalBytes(header.parentHash, hash)
  })
}

/** As the chain names the block; `undefined` when the extra data are not the engine's. */
export function blockHash(header: BlockHeader, engine: SealEngine): Uint8Array | undefined {
  if (engine === "clique") return hashWith(header, header.extraData)
  const extra = readQbftExtra(header.extraData)
  return extra && hashWith(header, encodeRlp([...extra.agreed, EMPTY, []]))
}

/** The seal is the end of the extra data, over the header without it. */
function cliqueSealer(header: BlockHeader): string | undefined {
  const { extraData } = header
  if (extraData.length < SEAL_BYTES) return undefined
  const at = extraData.length - SEAL_BYTES
  return signerOf(extraData.subarray(at), hashWith(header, extraData.subarray(0, at)))
}

/** The seals are over the header with none of them, and with the round in which they were given. */
function qbftSealers(header: BlockHeader): readonly string[] {
  const extra = readQbftExtra(header.extraData)
  if (extra === undefined) return []
  const sealed = hashWith(header, encodeRlp([...extra.agreed, extra.round, []]))
  return extra.seals.flatMap((seal) => signerOf(seal, sealed) ?? [])
}

/** Vanity, validators and vote are `agreed`; round and seals follow. */
function readQbftExtra(extraData: Uint8Array) {
  const extra = decodeRlp(extraData)
  if (extra === undefined || !isList(extra) || extra.length !== QBFT_EXTRA_ITEMS) return undefined
  const [round, seals] = extra.slice(-2)
  if (round === undefined || isList(round) || seals === undefined || !isList(seals)) return undefined
  if (seals.some(isList)) return undefined
  return { agreed: extra.slice(0, -2) as readonly RlpItem[], round, seals: seals as readonly Uint8Array[] }
}

/** Address in hex; `undefined` for bytes that nobody's signature is. */
function signerOf(seal: Uint8Array, hash: Uint8Array): string | undefined {
  const recovery = seal[SEAL_BYTES - 1]
  if (seal.length !== SEAL_BYTES || recovery === undefined || recovery > 1) return undefined
  try {
    const signature = secp256k1.Signature.fromBytes(seal.subarray(0, SEAL_BYTES - 1), "compact")
    const point = signature.addRecoveryBit(recovery).recoverPublicKey(hash).toBytes(false)
    return toHex(keccak256(point.subarray(1)).subarray(-ADDRESS_BYTES))
  } catch {
    // noble throws for numbers that are no signature.
    return undefined
  }
}
