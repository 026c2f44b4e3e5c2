/**
 * The transaction of one append, byte for byte what ethers would make of it. A batch has 112 KB, and a library that takes
 * bytes as hexadecimal text, and text apart again, needs longer for it than for everything else that is done to it.
 */
import { concatBytes, toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/codec/hashes"
import type { Interface, SigningKey } from "ethers"
import type { Append } from "../ledger/chain"

const wordBytes = 32

/** Call data of `append(log, sequence, concerned, payload)`. */
export function encodeAppend(abi: Interface, { log, sequence, concerned, payload }: Append): Uint8Array {
  // The payload is the last argument, so its length and bytes are the end: a word of zero when there are none.
  const empty = Buffer.from(abi.encodeFunctionData("append", [log, sequence, concerned, "0x"]).slice(2), "hex")
  const padding = new Uint8Array((wordBytes - (payload.length % wordBytes)) % wordBytes)
  return concatBytes(empty.subarray(0, -wordBytes), leftPadded(payload.length), payload, padding)
}

function leftPadded(length: number): Uint8Array {
  return concatBytes(new Uint8Array(wordBytes - 4), uintToBytes(length, 4))
}

/** One of type 0, signed for one chain (EIP-155). */
export type LegacyTransaction = {
  readonly nonce: number
  readonly gasPrice: bigint
  readonly gasLimit: bigint
  /** 20 bytes. */
  readonly to: Uint8Array
  readonly data: Uint8Array
  readonly chainId: number
}

/** Returns the raw transaction, and its hash as 64 digits. */
export function signLegacy(key: SigningKey, transaction: LegacyTransaction): { raw: Uint8Array; hash: string } {
  const { nonce, gasPrice, gasLimit, to, data, chainId } = transaction
  const fields = [scalar(nonce), scalar(gasPrice), scalar(gasLimit), to, scalar(0), data].map(rlpBytes)
  const unsigned = rlpList([...fields, ...[scalar(chainId), scalar(0), scalar(0)].map(rlpBytes)])
  const { r, s, yParity } = key.sign(`0x${toHex(keccak256(unsigned))}`)
  const v = chainId * 2 + 35 + yParity
  const raw = rlpList([...fields, ...[scalar(v), scalar(BigInt(r)), scalar(BigInt(s))].map(rlpBytes)])
  return { raw, hash: toHex(keccak256(raw)) }
}

/** Big-endian without leading zeros; zero has no bytes. */
function scalar(value: number | bigint): Uint8Array {
  const digits = value.toString(16)
  return value === 0 || value === 0n
    ? new Uint8Array(0)
    : Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex")
}

function rlpBytes(bytes: Uint8Array): Uint8Array {
  const [first] = bytes
  return bytes.length === 1 && first !== undefined && first < 0x80
    ? bytes
    : concatBytes(rlpHead(0x80, bytes.length), bytes)
}

function rlpList(items: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...items)
  return concatBytes(rlpHead(0xc0, content.length), content)
}

function rlpHead(base: number, length: number): Uint8Array {
  if (length <= 55) return Uint8Array.of(base + length)
  const bytes = scalar(length)
  return concatBytes(Uint8Array.of(base + 55 + bytes.length), bytes)
}
