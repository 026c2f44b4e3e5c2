/**
 * Upload envelope (docs/specs/upload.md, rules UP-n): how a terminal hands a record to its gateway over MQTT.
 * In here: the envelope, its signature. Elsewhere: what each kind carries (`upload-bodies`).
 * Domain tag: `SYU1`. The terminal is named by the topic, and the signature binds the envelope to it.
 */

import { asciiBytes, concatBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import { bytes, choice, converted, decodeShape, encodeShape, field, map, uint } from "../codec/shape"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import type { Result } from "../result"
import { err, ok } from "../result"
import type { TerminalId } from "./identifiers"
import { bytesToUuid, terminalBytes, uuidToBytes } from "./identifiers"
import type { TerminalKey, VerifySignature } from "./signature"
import { SIGNATURE_BYTES, toLowS } from "./signature"

/** Numbers of the record kinds that a terminal makes; 0 and 128 upwards become no record of their own. */
export const UPLOAD_KINDS = {
  hello: 0,
  sale: 1,
  harvest: 2,
  "outside-goods": 3,
  waste: 4,
  "stock-take": 5,
  void: 6,
  arrival: 7,
  snapshot: 9,
  inspection: 12,
  cancel: 128,
} as const

export type UploadKind = keyof typeof UPLOAD_KINDS

/** A snapshot of 200 slots with the longest origins stays below. */
export const UPLOAD_BODY_BYTES_MAX = 62_000

export interface Upload {
  readonly kind: UploadKind
  /** UUID, made and stored by the terminal before it sends; repeating it repeats nothing. */
  readonly uploadId: string
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

export type UploadError = "upload/malformed" | "upload/unknown-version" | "upload/unknown-kind"

const uuid = converted(bytes(16), bytesToUuid, uuidToBytes)

const envelopeShape = map({
  version: field(0, uint(0xff)),
  kind: field(1, uint(0xff)),
  uploadId: field(2, uuid),
  body: field(3, bytes(1, UPLOAD_BODY_BYTES_MAX)),
  signature: field(4, bytes(SIGNATURE_BYTES)),
})

const kindShape = choice(UPLOAD_KINDS)

/** `SYU1` ‖ network ‖ terminal ‖ kind ‖ upload id ‖ SHA-256(body). */
export function uploadMessage(
  networkId: NetworkId,
  terminal: TerminalId,
  upload: Omit<Upload, "signature">,
): Uint8Array {
  return concatBytes(
    asciiBytes("SYU1"),
    networkBytes(networkId),
    terminalBytes(terminal),
    Uint8Array.of(UPLOAD_KINDS[upload.kind]),
    uuidToBytes(upload.uploadId),
    sha256(upload.body),
  )
}

export interface SignUpload {
  readonly networkId: NetworkId
  readonly terminal: TerminalId
  readonly algorithm: TerminalKey["algorithm"]
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>
}

/** The bytes to publish. They are stored with the outbox row: a repetition sends them, it does not sign again. */
export async function signUpload(upload: Omit<Upload, "signature">, by: SignUpload): Promise<Uint8Array> {
  const signed = await by.sign(uploadMessage(by.networkId, by.terminal, upload))
  const signature = by.algorithm === "p256" ? toLowS(signed) : signed
  return encodeUpload({ ...upload, signature })
}

/** @throws RangeError for an upload that no parser would take. */
export function encodeUpload({ kind, uploadId, body, signature }: Upload): Uint8Array {
  return encodeShape(envelopeShape, { version: 1, kind: UPLOAD_KINDS[kind], uploadId, body, signature })
}

/** The envelope alone; the body is read by `parseUploadBody` once the signature is known to be good. */
export function parseUpload(envelope: Uint8Array): Result<Upload, UploadError> {
  const decoded = decodeShape(envelopeShape, envelope)
  if (!decoded.ok) return err("upload/malformed")
  const { version, kind, uploadId, body, signature } = decoded.value
  if (version !== 1) return err("upload/unknown-version")
  const known = kindShape.read(kind)
  return known === undefined ? err("upload/unknown-kind") : ok({ kind: known.value, uploadId, body, signature })
}

export interface VerifyUpload {
  readonly networkId: NetworkId
  /** As the topic says, not as the body does. */
  readonly terminal: TerminalId
  readonly terminalKey: TerminalKey
  readonly verifySignature: VerifySignature
}

export function verifyUpload(upload: Upload, by: VerifyUpload): Result<void, "upload/bad-signature"> {
  const message = uploadMessage(by.networkId, by.terminal, upload)
  const { algorithm, publicKey } = by.terminalKey
  return by.verifySignature(algorithm, publicKey, message, upload.signature)
    ? ok(undefined)
    : err("upload/bad-signature")
}
