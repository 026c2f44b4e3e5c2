import { describe, expect, test } from "bun:test"
import { p256 } from "@noble/curves/nist.js"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import { isLowS, type SignatureAlgorithm, toLowS } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import fc from "fast-check"
import vectors from "../../vectors/signatures.json"
import { bytesOf } from "./pay-code-cases"

describe("signature vectors, by noble", () => {
  for (const { name, algorithm, publicKey, message, signature, valid, why } of vectors.cases) {
    test(`[${algorithm === "ed25519" ? "PC-16" : "PC-17"}] ${valid ? "accepts" : "refuses"} ${name}: ${why}`, () => {
      const verify = (bytes: (hex: string) => Uint8Array): boolean =>
        verifyNoble(algorithm as SignatureAlgorithm, bytes(publicKey), bytes(message), bytes(signature))
      expect(verify(bytesOf)).toBe(valid)
      expect(verify((hex) => Buffer.from(hex, "hex"))).toBe(valid)
    })
  }
})

describe("public keys", () => {
  for (const { algorithm, publicKey, result } of vectors.publicKeys) {
    test(`[PC-18] ${result === "ok" ? "admits" : `refuses (${result})`} ${algorithm} ${publicKey.slice(0, 16)}…`, () => {
      const checked = checkPublicKey(algorithm as SignatureAlgorithm, bytesOf(publicKey))
      expect(checked.ok ? "ok" : (checked.error as string)).toBe(result)
    })
  }
})

describe("low S", () => {
  const order = p256.Point.Fn.ORDER

  test("[PC-17] of two twins exactly one is low, and both have the same low form", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: order - 1n }), fc.bigInt({ min: 1n, max: order - 1n }), (r, s) => {
        const signature = new p256.Signature(r, s).toBytes("compact")
        const twin = new p256.Signature(r, order - s).toBytes("compact")
        expect(isLowS(signature)).toBe(!isLowS(twin))
        expect(toLowS(signature)).toEqual(toLowS(twin))
        expect(isLowS(toLowS(signature))).toBe(true)
        expect(new p256.Signature(r, s).hasHighS()).toBe(!isLowS(signature))
      }),
      { numRuns: 300 },
    )
  })

  test("[PC-17] is asked of 64 bytes only", () => {
    expect(isLowS(new Uint8Array(63))).toBe(false)
    expect(() => toLowS(new Uint8Array(65).fill(255))).toThrow(RangeError)
    expect(() => toLowS(new Uint8Array(64).fill(255))).toThrow(RangeError)
  })
})
