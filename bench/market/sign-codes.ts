// Signs as a tablet does, with the runtime's own Ed25519: noble signs 2,000 a second, and the loads need 200,000.
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"
import { sha256 } from "@noble/hashes/sha2.js"
import { asciiBytes, concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import type { NetworkId } from "@suyuan/protocol/network"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { encodePayCodeBody, type PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeMessageOf } from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"

export type SigningTerminal = {
  readonly id: number
  readonly publicKey: Uint8Array
  readonly receiptKey: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** PrivateKeyInfo before the seed (RFC 8410 §7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex")

/** A tablet whose key follows from its id, so that two processes make the same one. It protects nothing. */
export function signingTerminal(id: number, receiptKey: Uint8Array): SigningTerminal {
  const seed = sha256(concatBytes(asciiBytes("suyuan bench terminal"), uintToBytes(id, 5)))
  const key: KeyObject = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" })
  const spki = createPublicKey(key).export({ format: "der", type: "spki" })
  return {
    id,
    publicKey: new Uint8Array(spki.subarray(-32)),
    receiptKey,
    sign: (message) => new Uint8Array(sign(null, message, key)),
  }
}

export type SaleToSign = {
  readonly counter: number
  readonly issuedAtSeconds: number
  readonly snapshotPrefix: Uint8Array
  readonly lines: readonly SaleLine[]
}

/** `signPayCode` without its promise. */
export function signCode(terminal: SigningTerminal, networkId: NetworkId, sale: SaleToSign): PayCode {
  const body = {
    algorithm: "ed25519" as const,
    terminal: terminal.id,
    counter: sale.counter,
    issuedAtSeconds: sale.issuedAtSeconds,
    amountFen: linesTotalFen(sale.lines),
    snapshotPrefix: sale.snapshotPrefix,
    lines: { kind: "inline", items: sale.lines } as const,
  }
  const bodyBytes = encodePayCodeBody(body)
  const salt = priceSalt(terminal.receiptKey, networkId, terminal.id, sale.counter)
  const signature = terminal.sign(payCodeMessageOf(body, networkId, salt))
  return { body, digest: sha256(bodyBytes), bodyBytes, signature }
}
