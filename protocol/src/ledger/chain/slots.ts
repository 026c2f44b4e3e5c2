/**
 * Where the contracts keep what a proof needs (docs/specs/chain-proof.md, CP-9). A mapping's value stands at
 * keccak256(key ‖ place of the mapping), each in 32 bytes; the contracts' `immutable` fields take no place.
 */
import { concatBytes, uintToBytes } from "../../codec/bytes"
import { algorithmOf, type TerminalKey } from "../../terminal/signature"
import { keccak256 } from "../keccak"

const WORD_BYTES = 32
/** TraceLedger: `_logs`, then `_roots`. */
const ROOTS_AT = 1
/** TerminalRegistry: `_enrolments` alone. */
const ENROLMENTS_AT = 0
/** From the low end of an enrolment's first word. */
const STATE_BYTE = 1
const ALGORITHM_BYTE = 2
const KEY_PREFIX_BYTE = 3

export function rootSlot(log: number, sequence: number): Uint8Array {
  return inMapping(word(sequence), inMapping(word(log), word(ROOTS_AT)))
}

/** What is small, then the key. */
export function enrolmentSlots(terminal: number): readonly [Uint8Array, Uint8Array] {
  const first = inMapping(word(terminal), word(ENROLMENTS_AT))
  const second = new Uint8Array(first)
  // The next place: a carry goes up.
  for (let at = WORD_BYTES - 1; at >= 0; at--) {
    second[at] = (second[at]! + 1) % 256
    if (second[at] !== 0) break
  }
  return [first, second]
}

/** `undefined` for a terminal that was never entered. One that was suspended or revoked keeps its key. */
export function readEnrolment(small: Uint8Array | undefined, key: Uint8Array | undefined): TerminalKey | undefined {
  if (small === undefined || key === undefined) return undefined
  const [packed, bytes] = [padded(small), padded(key)]
  const at = (fromEnd: number) => packed[WORD_BYTES - fromEnd]!
  const algorithm = algorithmOf(at(ALGORITHM_BYTE))
  if (at(STATE_BYTE) === 0 || algorithm === undefined) return undefined
  const publicKey = algorithm === "ed25519" ? bytes : concatBytes(Uint8Array.of(at(KEY_PREFIX_BYTE)), bytes)
  return { algorithm, publicKey }
}

/** State keeps no leading zeros. */
export function padded(value: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(Math.max(0, WORD_BYTES - value.length)), value)
}

function inMapping(key: Uint8Array, mapping: Uint8Array): Uint8Array {
  return keccak256(concatBytes(key, mapping))
}

function word(value: number): Uint8Array {
  return padded(uintToBytes(value, 8))
}
