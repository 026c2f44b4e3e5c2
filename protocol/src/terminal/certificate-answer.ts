/**
 * What a stall's owner signs for a certificate of goods that were mixed or repacked (混装/分装): the draft as the terminal
 * shows it, by its digest, so that nobody issues other words in the owner's name. Rules: docs/specs/certificates.md.
 */
import { asciiBytes, concatBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import { bytes, choice, encodeShape, field, list, map, row, type ShapeOf, text, uint } from "../codec/shape"
import { CERTIFICATE_PARENTS_MAX } from "../ledger/kinds/checks"
import { uuid } from "../ledger/kinds/fields"
import { type NetworkId, networkBytes } from "../network"
import { type TerminalId, terminalBytes, uuidToBytes } from "./identifiers"

export const REISSUE_REASONS = { mixed: 1, repacked: 2 } as const
export type ReissueReason = keyof typeof REISSUE_REASONS

const grams = uint(0xff_ffff_ffff)

const certificateDraft = map({
  draft: field(0, uuid),
  commodity: field(1, uint(0xffff_ffff)),
  grams: field(2, grams),
  origin: field(3, text(64, 1)),
  promiseBasis: field(4, text(64, 1)),
  reason: field(5, choice(REISSUE_REASONS)),
  parents: field(
    6,
    list(row({ certificate: bytes(16), mustGrams: grams, mayGrams: grams }), CERTIFICATE_PARENTS_MAX, 1),
  ),
})
export type CertificateDraft = ShapeOf<typeof certificateDraft>

/** SHA-256 of the draft's deterministic CBOR. @throws RangeError for a draft outside its shape. */
export function certificateDraftDigest(draft: CertificateDraft): Uint8Array {
  return sha256(encodeShape(certificateDraft, draft))
}

/** u8 in the signed answer. */
export const CERTIFICATE_ANSWERS = { issue: 1, discard: 2 } as const
export type CertificateAnswer = keyof typeof CERTIFICATE_ANSWERS

/** `SYG1` ‖ network ‖ terminal ‖ draft id (16) ‖ answer u8 ‖ the draft's digest (32). */
export function certificateAnswerMessage(
  networkId: NetworkId,
  answer: {
    readonly terminal: TerminalId
    readonly draftId: string
    readonly answer: CertificateAnswer
    readonly digest: Uint8Array
  },
): Uint8Array {
  return concatBytes(
    asciiBytes("SYG1"),
    networkBytes(networkId),
    terminalBytes(answer.terminal),
    uuidToBytes(answer.draftId),
    Uint8Array.of(CERTIFICATE_ANSWERS[answer.answer]),
    answer.digest,
  )
}
