/**
 * Port to the tablet's two keys. Neither leaves it: on a tablet both are non-extractable WebCrypto keys, in a headless
 * terminal they are files that only their owner can read (`file-keys`).
 */
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"

export interface SigningKey {
  readonly algorithm: SignatureAlgorithm
  /** 32 bytes of Ed25519, or 33 of P-256 (SEC 1 compressed). */
  readonly publicKey: Uint8Array
  /** 64 bytes. A P-256 signature may come with high S: whoever encodes it lowers it. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
}

/** Shared with the gateway, for price salts and offline receipts. */
export interface ReceiptKey {
  /** HMAC-SHA-256, 32 bytes. */
  readonly mac: (message: Uint8Array) => Promise<Uint8Array>
}

export interface KeyStore {
  /** Made at the first call and kept from then on: a tablet that asks again for its enrolment has the same key. */
  signingKey(): Promise<SigningKey>
  /** What the gateway gave at enrolment. Durable when it resolves; other bytes than the kept ones are refused. */
  keepReceiptKey(key: Uint8Array): Promise<void>
  receiptKey(): Promise<ReceiptKey | undefined>
}
