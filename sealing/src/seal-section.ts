/**
 * One section, sealed and opened: AES-256-GCM with the first 12 bytes of the section's commitment as nonce
 * (docs/specs/sealing.md, SE-6 to SE-9). The key is used for this record and section only, and another text has
 * another commitment, so a key never meets one nonce with two texts, not even when a record is sealed again.
 */
import { concatBytes, copyBytes, equalBytes } from "@suyuan/protocol/codec/bytes"
import { commitSection } from "@suyuan/protocol/ledger/commitment"
import { SECTIONS } from "@suyuan/protocol/ledger/record-kind"
import type { Result } from "@suyuan/protocol/result"
import { err, ok } from "@suyuan/protocol/result"
import { deriveContentKeys } from "./content-key"
import { type LogContext, placeBytes, type SealedSection } from "./log-context"

export const TAG_BYTES = 16
const NONCE_BYTES = 12

/** Which section of which record, and the key of its audience for the day of its batch. */
export interface SectionPlace {
  readonly context: LogContext
  readonly recordId: Uint8Array
  readonly section: SealedSection
  readonly audienceKey: Uint8Array
}

export interface SealedSectionBytes {
  readonly commitment: Uint8Array
  /** 16 bytes longer than the text. */
  readonly ciphertext: Uint8Array
  readonly salt: Uint8Array
}

export interface ToEncrypt {
  /** AES-256. */
  readonly key: Uint8Array
  /** 12 bytes. */
  readonly nonce: Uint8Array
  readonly additionalData: Uint8Array
  readonly text: Uint8Array
}

/** AES-256-GCM: ciphertext ‖ tag of 16 bytes. */
export type EncryptSection = (toEncrypt: ToEncrypt) => Uint8Array | Promise<Uint8Array>

const encryptByWebCrypto: EncryptSection = async ({ key, nonce, additionalData, text }) => {
  const parameters = gcm(nonce, additionalData)
  return new Uint8Array(await crypto.subtle.encrypt(parameters, await importKey(key, "encrypt"), new Uint8Array(text)))
}

/** @param encrypt for a server, whose runtime has something quicker than a promise for a few hundred bytes. */
export async function sealSection(
  place: SectionPlace,
  text: Uint8Array,
  encrypt: EncryptSection = encryptByWebCrypto,
): Promise<SealedSectionBytes> {
  const { encryptionKey, salt } = deriveContentKeys(place.audienceKey, place.context, place.recordId, place.section)
  const commitment = commitSection(place.section, salt, text)
  const { nonce, additionalData } = parameters(place, commitment)
  return { commitment, ciphertext: await encrypt({ key: encryptionKey, nonce, additionalData, text }), salt }
}

export type OpenError =
  /** Another key, place or record, or changed bytes: they cannot be told apart. */
  | "sealing/not-openable"
  /** It opens, but it is not what the entry commits to: whoever sealed it cheated. */
  | "sealing/commitment-mismatch"

export async function openSection(
  place: SectionPlace,
  sealed: Pick<SealedSectionBytes, "commitment" | "ciphertext">,
): Promise<Result<{ readonly bytes: Uint8Array; readonly salt: Uint8Array }, OpenError>> {
  const { encryptionKey, salt } = deriveContentKeys(place.audienceKey, place.context, place.recordId, place.section)
  const key = await importKey(encryptionKey, "decrypt")
  let bytes: Uint8Array
  try {
    const { nonce, additionalData } = parameters(place, sealed.commitment)
    const text = await crypto.subtle.decrypt(gcm(nonce, additionalData), key, new Uint8Array(sealed.ciphertext))
    bytes = new Uint8Array(text)
  } catch {
    return err("sealing/not-openable")
  }
  // GCM does not commit to its key: only the commitment makes this the one text that the entry stands for.
  return equalBytes(commitSection(place.section, salt, bytes), sealed.commitment)
    ? ok({ bytes, salt })
    : err("sealing/commitment-mismatch")
}

function importKey(key: Uint8Array, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new Uint8Array(key), "AES-GCM", false, [usage])
}

function parameters(place: SectionPlace, commitment: Uint8Array) {
  const section = Uint8Array.of(SECTIONS[place.section])
  return {
    nonce: copyBytes(commitment, 0, NONCE_BYTES),
    additionalData: concatBytes(placeBytes(place.context), place.recordId, section),
  }
}

function gcm(nonce: Uint8Array, additionalData: Uint8Array): AesGcmParams {
  return {
    name: "AES-GCM",
    iv: new Uint8Array(nonce),
    additionalData: new Uint8Array(additionalData),
    tagLength: 8 * TAG_BYTES,
  }
}
