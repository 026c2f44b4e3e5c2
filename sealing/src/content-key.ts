/**
 * From a day's audience key to what seals one section of one record (docs/specs/sealing.md, SE-4, SE-5). The salt
 * of the commitment comes from the same content key, so a reader can be given the salt alone.
 * Domain tags: `SYE1` content key, `SYEK` encryption key, `SYES` section salt.
 */

import { asciiBytes, concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { hkdfExpand, hkdfExtract } from "@suyuan/protocol/codec/hashes"
import { SALT_BYTES } from "@suyuan/protocol/ledger/commitment"
import { SECTIONS } from "@suyuan/protocol/ledger/record-kind"
import { networkBytes } from "@suyuan/protocol/network"
import type { LogContext, SealedSection } from "./log-context"

export const AUDIENCE_KEY_BYTES = 32
const KEY_BYTES = 32

export interface ContentKeys {
  /** AES-256. */
  readonly encryptionKey: Uint8Array
  /** Of the section's commitment, 16 bytes. */
  readonly salt: Uint8Array
}

/** @throws RangeError unless the audience key has 32 bytes. */
export function deriveContentKeys(
  audienceKey: Uint8Array,
  { networkId, log }: Pick<LogContext, "networkId" | "log">,
  recordId: Uint8Array,
  section: SealedSection,
): ContentKeys {
  if (audienceKey.length !== AUDIENCE_KEY_BYTES) throw new RangeError(`an audience key has ${AUDIENCE_KEY_BYTES} bytes`)
  const info = concatBytes(
    asciiBytes("SYE1"),
    networkBytes(networkId),
    uintToBytes(log, 4),
    recordId,
    Uint8Array.of(SECTIONS[section]),
  )
  const contentKey = hkdfExpand(hkdfExtract(audienceKey), info, KEY_BYTES)
  // HKDF's first half depends on the key alone, so both keys share it.
  const extracted = hkdfExtract(contentKey)
  return {
    encryptionKey: hkdfExpand(extracted, asciiBytes("SYEK"), KEY_BYTES),
    salt: hkdfExpand(extracted, asciiBytes("SYES"), SALT_BYTES),
  }
}
