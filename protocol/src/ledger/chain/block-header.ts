/** A block's header as a chain writes and hashes it (docs/specs/chain-proof.md, CP-4). */
import { bytesToUint } from "../../codec/bytes"
import { keccak256 } from "../keccak"
import { decodeRlp, encodeRlp, isList, type RlpItem } from "./rlp"

export interface BlockHeader {
  readonly parentHash: Uint8Array
  readonly stateRoot: Uint8Array
  readonly number: number
  /** Unix time, by whoever proposed the block. */
  readonly seconds: number
  /** Holds the seals. */
  readonly extraData: Uint8Array
  /** All of its fields in their order, also those that a newer chain has. */
  readonly fields: readonly Uint8Array[]
}

const POSITIONS = { parentHash: 0, stateRoot: 3, number: 8, seconds: 11, extraData: 12 } as const
/** Of the first public chain; later ones only added to it. */
const FIELDS_MIN = 15
const FIELDS_MAX = 32
const HASH_BYTES = 32
/** Up to 2^48: further than numbers of blocks and seconds go. */
const NUMBER_BYTES_MAX = 6

/** `undefined` for bytes that are none. */
export function parseBlockHeader(bytes: Uint8Array): BlockHeader | undefined {
  const item = decodeRlp(bytes)
  if (item === undefined || !isList(item) || item.length < FIELDS_MIN || item.length > FIELDS_MAX) return undefined
  if (item.some(isList)) return undefined
  const fields = item as readonly Uint8Array[]
  const at = (name: keyof typeof POSITIONS) => fields[POSITIONS[name]]!
  const [parentHash, stateRoot] = [at("parentHash"), at("stateRoot")]
  const [number, seconds] = [readNumber(at("number")), readNumber(at("seconds"))]
  if (parentHash.length !== HASH_BYTES || stateRoot.length !== HASH_BYTES) return undefined
  if (number === undefined || seconds === undefined) return undefined
  return { parentHash, stateRoot, number, seconds, extraData: at("extraData"), fields }
}

function readNumber(bytes: Uint8Array): number | undefined {
  return bytes.length > NUMBER_BYTES_MAX || bytes[0] === 0 ? undefined : bytesToUint(bytes)
}

/** Of the header with other extra data: what seals are made over, and what stands for the block. */
export function hashWith(header: BlockHeader, extraData: Uint8Array): Uint8Array {
  const fields: RlpItem[] = [...header.fields]
  fields[POSITIONS.extraData] = extraData
  return keccak256(encodeRlp(fields))
}
