// Batches for the tests: payloads that may be wrong in any part, random ones, and a reference reader that shares no
// code with `protocol/` or the contract. It is written as RFC 9162 §2.1.1 defines the tree, by recursion.

import { concat, getBytes, keccak256, toBeHex } from "ethers"

export const zeroHead = `0x${"00".repeat(32)}`
const payloadBytesMax = 114_688
const entryBytesMax = 4_096

export type Parts = {
  readonly magic?: string
  readonly version?: number
  readonly log: number
  readonly sequence: number | bigint
  readonly previousHead?: string
  readonly count?: number
  readonly headerLength?: number
  readonly header?: Uint8Array
  readonly entries: readonly Uint8Array[]
  readonly trailing?: Uint8Array
}

export function payloadOf(parts: Parts): string {
  const header = parts.header ?? Uint8Array.of(0xa0)
  return concat([
    parts.magic ?? "0x53594231",
    toBeHex(parts.version ?? 1, 1),
    toBeHex(parts.log, 4),
    toBeHex(parts.sequence, 8),
    parts.previousHead ?? zeroHead,
    toBeHex(parts.count ?? parts.entries.length, 2),
    toBeHex(parts.headerLength ?? header.length, 4),
    header,
    ...parts.entries.flatMap((entry) => [toBeHex(entry.length, 2), entry]),
    parts.trailing ?? "0x",
  ])
}

export type Place = { readonly log: number; readonly sequence: number; readonly previousHead: string }
export type Appended = { readonly root: string; readonly head: string; readonly count: number }

/** What a correct ledger stores for a payload at a place, or undefined when it has to refuse. */
export function referenceAppend(payload: string, place: Place, concerned: readonly number[]): Appended | undefined {
  const bytes = getBytes(payload)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const prefix = concat(["0x53594231", "0x01", toBeHex(place.log, 4), toBeHex(place.sequence, 8), place.previousHead])
  if (bytes.length < 55 || bytes.length > payloadBytesMax || !payload.startsWith(prefix)) return undefined
  const count = view.getUint16(49)
  const headerEnd = 55 + view.getUint32(51)
  if (count === 0 || headerEnd > bytes.length) return undefined
  const leaves: string[] = []
  let end = headerEnd
  while (end < bytes.length) {
    if (end + 2 > bytes.length) return undefined
    const length = view.getUint16(end)
    const start = end + 2
    end = start + length
    if (length === 0 || length > entryBytesMax || end > bytes.length) return undefined
    leaves.push(keccak256(concat(["0x00", bytes.subarray(start, end)])))
  }
  if (leaves.length !== count) return undefined
  const root = treeHash(leaves)
  const head = keccak256(
    concat([
      place.previousHead,
      toBeHex(place.sequence, 8),
      root,
      keccak256(bytes.subarray(55, headerEnd)),
      toBeHex(count, 2),
      ...concerned.map((organisation) => toBeHex(organisation, 4)),
    ]),
  )
  return { root, head, count }
}

function treeHash(leaves: readonly string[]): string {
  const only = leaves[0]
  if (leaves.length === 1 && only !== undefined) return only
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return keccak256(concat(["0x01", treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split))]))
}

/** Seeded, so that a failure can be run again (mulberry32). */
export class Chance {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }
  /** An integer in [0, below). */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }
  entries(count: number, lengthMax: number): Uint8Array[] {
    return Array.from({ length: count }, () => this.bytes(1 + this.below(lengthMax)))
  }
}

/** One random change of a payload: a bit, a byte, a length, the size, or the order of its parts. */
export function mutate(payload: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.below(payload.length)
  const changed = Uint8Array.from(payload)
  switch (chance.below(7)) {
    case 0:
      changed[at] = (changed[at] ?? 0) ^ (1 << chance.below(8))
      return changed
    case 1:
      changed[chance.below(55)] = chance.below(256)
      return changed
    case 2:
      return changed.subarray(0, at)
    case 3:
      return Uint8Array.from([...changed, ...chance.bytes(1 + chance.below(40))])
    case 4:
      return Uint8Array.from([...changed.subarray(0, at), ...chance.bytes(1), ...changed.subarray(at)])
    case 5:
      return Uint8Array.from([...changed.subarray(0, at), ...changed.subarray(at + 1)])
    default:
      changed[at] = chance.below(2) === 0 ? 0 : 255
      return changed
  }
}
