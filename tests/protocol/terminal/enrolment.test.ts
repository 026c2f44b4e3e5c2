import { describe, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { groupCode, readCrockford, toCrockford } from "@suyuan/protocol/terminal/crockford"
import {
  CLAIM_CODE_CHARACTERS,
  claimCodeHash,
  claimCodeText,
  enrolmentMessage,
  keyFingerprint,
  sameFingerprint,
  tokenRequestMessage,
} from "@suyuan/protocol/terminal/enrolment"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import fc from "fast-check"
import vectors from "../../vectors/enrolment.json"
import { bytesOf } from "./pay-code-cases"

const { networkId, claimCode } = vectors
const terminal = Number.parseInt(vectors.terminal, 16)

describe("claim code", () => {
  test("[EN-1] has ten characters of Crockford's base32 and is hashed with its network", () => {
    expect(claimCodeText(bytesOf(claimCode.random))).toBe(claimCode.text)
    expect(toHex(claimCodeHash(networkId, claimCode.text)!)).toBe(claimCode.hash)
    expect(toHex(claimCodeHash(networkId + 1, claimCode.text)!)).not.toBe(claimCode.hash)
  })

  test("[EN-1] is read however a person types it", () => {
    for (const typed of ["46hwy-yxqyy", "46HWYYXQYY", " 46 HW-Y YX-QYY "]) {
      expect(toHex(claimCodeHash(networkId, typed)!)).toBe(claimCode.hash)
    }
    expect(readCrockford("oOiIlL", 6)).toBe("001111")
    for (const wrong of ["", "46HWY-YXQY", "46HWY-YXQYYY", "46HWY-YXQYU", "４６HWY-YXQYY", "4".repeat(500)]) {
      expect(claimCodeHash(networkId, wrong)).toBeUndefined()
    }
  })

  test("[EN-1] every code is read back as it was shown, in any case and grouping", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), fc.integer({ min: 1, max: 6 }), (random, size) => {
        const text = toCrockford(random, CLAIM_CODE_CHARACTERS)
        expect(readCrockford(groupCode(text, size).toLowerCase(), CLAIM_CODE_CHARACTERS)).toBe(text)
      }),
    )
  })

  test("[EN-1] each of the 50 bits counts", () => {
    const random = bytesOf(claimCode.random)
    for (let bit = 0; bit < 50; bit++) {
      const flipped = Uint8Array.from(random, (byte, i) => (i === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))
      expect(claimCodeText(flipped)).not.toBe(claimCode.text)
    }
  })
})

describe("enrolment", () => {
  for (const { algorithm, publicKey, message, proof, fingerprint } of vectors.enrolments) {
    test(`[EN-3] [EN-7] ${algorithm}: message, proof and fingerprint ${fingerprint}`, () => {
      const key = { algorithm: algorithm as SignatureAlgorithm, publicKey: bytesOf(publicKey) }
      const made = enrolmentMessage(networkId, bytesOf(claimCode.hash), key.publicKey)
      expect(toHex(made)).toBe(message)
      expect(verifyNoble(key.algorithm, key.publicKey, made, bytesOf(proof))).toBe(true)
      expect(keyFingerprint(networkId, key)).toBe(fingerprint)
      expect(sameFingerprint(fingerprint.toLowerCase(), fingerprint)).toBe(true)
    })
  }

  test("[EN-7] another key, algorithm or network has another fingerprint, and none is like nothing", () => {
    const [first] = vectors.enrolments
    const key = { algorithm: "ed25519", publicKey: bytesOf(first!.publicKey) } as const
    const others = [
      keyFingerprint(networkId + 1, key),
      keyFingerprint(networkId, { ...key, algorithm: "p256" }),
      keyFingerprint(networkId, { ...key, publicKey: new Uint8Array(32) }),
      "",
      first!.fingerprint.slice(0, -1),
    ]
    for (const other of others) expect(sameFingerprint(other, first!.fingerprint)).toBe(false)
  })
})

describe("token request", () => {
  test("[EN-11] binds network, terminal, time and nonce", () => {
    const { issuedAtMs, nonce, message } = vectors.tokenRequest
    const request = { terminal, issuedAtMs, nonce: bytesOf(nonce) }
    expect(toHex(tokenRequestMessage(networkId, request))).toBe(message)
    const others = [
      tokenRequestMessage(networkId + 1, request),
      tokenRequestMessage(networkId, { ...request, terminal: terminal + 1 }),
      tokenRequestMessage(networkId, { ...request, issuedAtMs: issuedAtMs + 1 }),
      tokenRequestMessage(networkId, { ...request, nonce: new Uint8Array(8) }),
    ]
    expect(new Set([message, ...others.map(toHex)]).size).toBe(5)
  })
})
