/**
 * What `wechatpay-node-v3` is trusted with: signing with the merchant's key, and checking signatures with platform
 * keys that were seeded beforehand. Its transport, addresses, nonces and decryption are not used: it never verifies a
 * response, has no time-out, and its AES-GCM does not authenticate.
 */
import { X509Certificate } from "node:crypto"
import WxPay from "wechatpay-node-v3"

export type WechatPayKeyFiles = {
  readonly mchid: string
  readonly appId: string
  /** Serial of the merchant's API certificate. */
  readonly serial: string
  readonly privateKeyPem: string
  /** `PUB_KEY_ID_…` or certificate serial → PEM of a public key or certificate. During a migration both are here. */
  readonly platformKeys: ReadonlyMap<string, string>
}

export type SignedHead = {
  readonly timestamp: string
  readonly nonce: string
  readonly signature: string
  readonly serial: string
}

export type WechatPayKeys = {
  readonly mchid: string
  /** Which of the platform's keys we ask it to sign with. */
  readonly preferredKeyId: string
  readonly authorization: (
    method: "GET" | "POST",
    target: string,
    body: string,
    nonce: string,
    atSeconds: number,
  ) => string
  /** RSA-SHA256 with the merchant's key, base64: the client's `paySign`. */
  readonly sign: (text: string) => string
  readonly verify: (head: SignedHead, body: string) => Promise<boolean>
}

/** A probe by which WeChat Pay tests that merchants refuse bad signatures. */
const probePrefix = "WECHATPAY/SIGNTEST/"

/** Opens the library's static key store, which is shared by all instances: set anew before each use. */
class SeededPay extends WxPay {
  static seed(serial: string, publicKeyPem: string): void {
    WxPay.certificates = { [serial]: publicKeyPem }
  }
}

export function loadWechatPayKeys(files: WechatPayKeyFiles): WechatPayKeys {
  const [preferredKeyId] = files.platformKeys.keys()
  if (preferredKeyId === undefined) throw new Error("WeChat Pay needs at least one key of the platform")
  const publicKeys = new Map([...files.platformKeys].map(([serial, pem]) => [serial, publicKeyPem(pem)]))
  const pay = new SeededPay({
    appid: files.appId,
    mchid: files.mchid,
    serial_no: files.serial,
    // The library wants the merchant's certificate only to read its serial, which is given.
    publicKey: Buffer.from("unused"),
    privateKey: Buffer.from(files.privateKeyPem),
  })
  return {
    mchid: files.mchid,
    preferredKeyId,
    authorization: (method, target, body, nonce, atSeconds) => {
      const timestamp = String(atSeconds)
      return pay.getAuthorization(nonce, timestamp, pay.getSignature(method, nonce, timestamp, target, body))
    },
    sign: (text) => pay.sha256WithRsa(text),
    verify: async (head, body) => {
      const key = publicKeys.get(head.serial)
      // An unknown serial must not reach the library: it would go and fetch certificates.
      if (key === undefined || head.signature.startsWith(probePrefix)) return false
      SeededPay.seed(head.serial, key)
      return pay.verifySign({ ...head, body }).catch(() => false)
    },
  }
}

function publicKeyPem(pem: string): string {
  if (!pem.includes("BEGIN CERTIFICATE")) return pem
  return new X509Certificate(pem).publicKey.export({ type: "spki", format: "pem" }).toString()
}
