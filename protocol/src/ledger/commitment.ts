/**
 * A section's commitment: what stands for it on the chain. The salt keeps a guessable section (a phone number,
 * an amount) from being found by trial, and whoever holds salt and bytes can show that they are the ones.
 */
import { concatBytes } from "../codec/bytes"
import { keccak256 } from "./keccak"
import { SECTIONS, type SectionName } from "./record-kind"

export const COMMITMENT_BYTES = 32
export const SALT_BYTES = 16

/** Apart from 0x00 (leaf) and 0x01 (node), so that no commitment is ever a tree's hash. */
const COMMITMENT_PREFIX = 2

/** An absent section: no section has it, because no input is known whose hash is zero. */
export const ABSENT_COMMITMENT: Uint8Array = new Uint8Array(COMMITMENT_BYTES)

/** keccak256(0x02 ‖ section ‖ salt ‖ bytes). @throws RangeError unless the salt has 16 bytes. */
export function commitSection(section: SectionName, salt: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes`)
  return keccak256(concatBytes(Uint8Array.of(COMMITMENT_PREFIX, SECTIONS[section]), salt, bytes))
}

export function isAbsent(commitment: Uint8Array): boolean {
  return commitment.every((byte) => byte === 0)
}
