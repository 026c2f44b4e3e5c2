import { expect, test } from "bun:test"
import { nativeVerifier } from "@suyuan/api/adapters/native-signatures"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import vectors from "../../vectors/signatures.json"

const verifySignature = nativeVerifier()

for (const vector of vectors.cases) {
  test(`${vector.valid ? "accepts" : "refuses"} ${vector.name}: ${vector.why}`, () => {
    const [publicKey, message, signature] = [vector.publicKey, vector.message, vector.signature].map((text) => {
      const bytes = fromHex(text)
      if (bytes === undefined) throw new Error("a vector is not hex")
      return bytes
    })
    const verified = () => verifySignature(vector.algorithm as SignatureAlgorithm, publicKey!, message!, signature!)
    expect(verified()).toBe(vector.valid)
    // Once more with the key out of the cache.
    expect(verified()).toBe(vector.valid)
  })
}

test("never throws, whatever an attacker puts in the place of keys and signatures", () => {
  for (const algorithm of ["ed25519", "p256"] as const) {
    for (const length of [0, 1, 32, 33, 64, 65]) {
      for (const fill of [0, 1, 2, 0xff]) {
        const bytes = new Uint8Array(length).fill(fill)
        expect(verifySignature(algorithm, bytes, new Uint8Array(0), new Uint8Array(64).fill(fill))).toBe(false)
        expect(verifySignature(algorithm, bytes, bytes, bytes)).toBe(false)
      }
    }
  }
})
