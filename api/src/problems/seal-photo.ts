import { createCipheriv, createDecipheriv } from "node:crypto"
import { concatBytes, utf8Encode } from "@suyuan/protocol/codec/bytes"
import type { Context } from "../context"

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Where a photo belongs: it opens nowhere else. */
export type PhotoPlace = { readonly problemId: string; readonly position: number }

/** Nonce ‖ AES-256-GCM of the bytes ‖ tag, by a key of the gateway's master: a copy of the database shows nothing. */
export function sealPhoto(ctx: Pick<Context, "keys" | "random">, place: PhotoPlace, bytes: Uint8Array): Uint8Array {
  const nonce = ctx.random.bytes(NONCE_BYTES)
  const cipher = createCipheriv("aes-256-gcm", ctx.keys.reportKey(place.problemId), nonce)
  cipher.setAAD(beside(place))
  return concatBytes(nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag())
}

/** @throws Error when the stored bytes are not what was sealed there: somebody has changed the database. */
export function openPhoto(ctx: Pick<Context, "keys">, place: PhotoPlace, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv("aes-256-gcm", ctx.keys.reportKey(place.problemId), sealed.subarray(0, NONCE_BYTES))
  decipher.setAAD(beside(place))
  decipher.setAuthTag(sealed.subarray(end))
  return concatBytes(decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final())
}

function beside({ problemId, position }: PhotoPlace): Uint8Array {
  return utf8Encode(`${problemId} ${position}`)
}
