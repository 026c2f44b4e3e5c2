import { describe, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import {
  type BindAnswer,
  bindAnswerMessage,
  bindCodeDigest,
  bindCodeDigits,
  bindCodeMessage,
  bindCodeUrl,
  encodeBindCodeBody,
  parseBindCodeDigits,
  verifyBindCode,
} from "@suyuan/protocol/terminal/bind-code"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import fc from "fast-check"
import vectors from "../../vectors/enrolment.json"
import { bytesOf } from "./pay-code-cases"

const { networkId, bindCode } = vectors
const terminal = Number.parseInt(vectors.terminal, 16)
const key = { algorithm: "ed25519", publicKey: bytesOf(vectors.enrolments[0]!.publicKey) } as const
const body = {
  algorithm: "ed25519",
  terminal,
  issuedAtSeconds: bindCode.issuedAtSeconds,
  nonce: bytesOf(bindCode.nonce),
} as const

describe("bind code", () => {
  test("[BI-1] [BI-2] is written, signed, read and verified as the vectors say", () => {
    const bytes = encodeBindCodeBody(body)
    expect(toHex(bytes)).toBe(bindCode.body)
    expect(toHex(bindCodeMessage(networkId, bytes))).toBe(bindCode.message)
    expect(toHex(bindCodeDigest(networkId, { bodyBytes: bytes }))).toBe(bindCode.digest)
    expect(bindCodeDigits(bytes, bytesOf(bindCode.signature))).toBe(bindCode.digits)
    expect(bindCodeUrl("https://pay.example", bytes, bytesOf(bindCode.signature))).toBe(
      `https://pay.example/b/${bindCode.digits}`,
    )
    const parsed = parseBindCodeDigits(bindCode.digits)
    if (!parsed.ok) throw new Error(parsed.error)
    expect(parsed.value).toMatchObject({ ...body, bodyBytes: bytes })
    expect(verifyBindCode(networkId, parsed.value, key, verifyNoble)).toBe(true)
    expect(verifyBindCode(networkId + 1, parsed.value, key, verifyNoble)).toBe(false)
  })

  test("[BI-2] a code that names another algorithm than the registered key's is refused", () => {
    const parsed = parseBindCodeDigits(bindCode.digits)
    if (!parsed.ok) throw new Error(parsed.error)
    const p256 = { algorithm: "p256", publicKey: bytesOf(vectors.enrolments[1]!.publicKey) } as const
    expect(verifyBindCode(networkId, parsed.value, p256, () => true)).toBe(false)
  })

  test("[BI-2] any changed bit is refused", () => {
    const whole = bytesOf(bindCode.body + bindCode.signature)
    for (let bit = 0; bit < whole.length * 8; bit += 5) {
      const changed = Uint8Array.from(whole, (byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      const parsed = parseBindCodeDigits(bindCodeDigits(changed.slice(0, 18), changed.slice(18)))
      expect(parsed.ok && verifyBindCode(networkId, parsed.value, key, verifyNoble)).toBe(false)
    }
  })

  test("[BI-1] never throws at what a camera reads", () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 198, maxLength: 198 })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          digits.map((all) => all.join("")),
        ),
        (text) => {
          const parsed = parseBindCodeDigits(text)
          if (parsed.ok) expect(bindCodeDigits(parsed.value.bodyBytes, parsed.value.signature)).toBe(text)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe("answer", () => {
  for (const { answer, bindingId, digits, message } of vectors.bindAnswers) {
    test(`[BI-6] ${answer}`, () => {
      const said = { terminal, bindingId, answer: answer as BindAnswer, digits }
      expect(toHex(bindAnswerMessage(networkId, said))).toBe(message)
    })
  }

  test("[BI-5] has two digits, or is not made", () => {
    const said = { terminal, bindingId: vectors.bindAnswers[0]!.bindingId, answer: "confirm" } as const
    for (const digits of ["", "4", "477", "4x", "４７"]) {
      expect(() => bindAnswerMessage(networkId, { ...said, digits })).toThrow(RangeError)
    }
  })
})
