import { describe, expect, test } from "bun:test"
import { nativeHashes } from "@suyuan/api/adapters/native-hashes"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { nobleHashes } from "@suyuan/protocol/codec/hashes"

const native = nativeHashes()

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + length) % 256)
}

describe("the runtime's hashes are those of the protocol", () => {
  // Around the blocks of SHA-256 (64) and Keccak (136), and around what the WebAssembly memory takes at once.
  for (const length of [0, 1, 55, 56, 64, 135, 136, 137, 271, 272, 420, 114_688, 195_431, 195_432, 195_433, 400_000]) {
    test(`of ${length} bytes`, () => {
      const bytes = bytesOf(length)
      expect(toHex(native.sha256(bytes))).toBe(toHex(nobleHashes.sha256(bytes)))
      expect(toHex(native.keccak256(bytes))).toBe(toHex(nobleHashes.keccak256(bytes)))
      for (const key of [bytesOf(0), bytesOf(32), bytesOf(64), bytesOf(65)]) {
        expect(toHex(native.hmacSha256(key, bytes))).toBe(toHex(nobleHashes.hmacSha256(key, bytes)))
      }
    })
  }

  test("and what was hashed before leaves nothing behind", () => {
    native.keccak256(bytesOf(1_000).fill(0xff))
    expect(toHex(native.keccak256(bytesOf(10)))).toBe(toHex(nobleHashes.keccak256(bytesOf(10))))
  })

  test("and each result is its own bytes", () => {
    for (const hash of [native.sha256, native.keccak256]) {
      const first = hash(bytesOf(3))
      const before = toHex(first)
      hash(bytesOf(4))
      expect(toHex(first)).toBe(before)
      expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype)
    }
  })
})
