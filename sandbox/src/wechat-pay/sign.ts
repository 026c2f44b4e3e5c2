/** What WeChat Pay signs: answers and notifications, over `timestamp\nnonce\nbody\n`; a 204 signs an empty body. */
import { createCipheriv, createSign, randomBytes } from "node:crypto"
import type { World } from "../world"

export interface SignOptions {
  /** The probe that a merchant must refuse: a signature that starts like this never verifies. */
  readonly probe: boolean
  /** The key that the merchant asked for in its `Wechatpay-Serial` header. */
  readonly wantedSerial?: string | undefined
}

/** How many messages were signed: a migration answers with both keys by turns. */
let signed = 0

function signingKey(world: World, wantedSerial: string | undefined): { serial: string; privatePem: string } {
  const { wechatPublic, wechatCertificate } = world.keys
  const byPublicKey = { serial: wechatPublic.id, privatePem: wechatPublic.privatePem }
  signed += 1
  if (wantedSerial === wechatPublic.id) return byPublicKey
  if (wantedSerial === wechatCertificate.serial) return wechatCertificate
  const mode = world.settings.keyMode
  if (mode === "public-key") return byPublicKey
  return mode === "certificate" || signed % 2 === 0 ? wechatCertificate : byPublicKey
}

export function signatureHeaders(world: World, body: string, options: SignOptions): Record<string, string> {
  const key = signingKey(world, options.wantedSerial)
  const timestamp = String(Math.floor(world.settings.clockMs() / 1000))
  const nonce = randomBytes(16).toString("hex")
  const signature = createSign("RSA-SHA256").update(`${timestamp}\n${nonce}\n${body}\n`).sign(key.privatePem, "base64")
  return {
    "Wechatpay-Timestamp": timestamp,
    "Wechatpay-Nonce": nonce,
    "Wechatpay-Signature": options.probe ? `WECHATPAY/SIGNTEST/${signature.slice(19)}` : signature,
    "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    "Wechatpay-Serial": key.serial,
  }
}

export interface SealedResource {
  readonly algorithm: "AEAD_AES_256_GCM"
  readonly ciphertext: string
  readonly associated_data: string
  readonly nonce: string
}

/** AES-256-GCM under the API v3 key; the 16-byte tag stands at the end of the ciphertext. */
export function sealResource(apiV3Key: string, associatedData: string, plaintext: string): SealedResource {
  const nonce = randomBytes(6).toString("hex")
  const cipher = createCipheriv("aes-256-gcm", apiV3Key, nonce).setAAD(Buffer.from(associatedData))
  const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()])
  return {
    algorithm: "AEAD_AES_256_GCM",
    ciphertext: sealed.toString("base64"),
    associated_data: associatedData,
    nonce,
  }
}
