import { describe, expect, test } from "bun:test"
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import { concatBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeGoodsPart, goodsPartOf, type PayCodeBody, parsePayCode } from "@suyuan/protocol/terminal/pay-code"
import {
  linesDigest,
  matchLines,
  payCodeMessage,
  payCodeMessageOf,
  signPayCode,
  verifyPayCode,
} from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import { isLowS } from "@suyuan/protocol/terminal/signature"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import fc from "fast-check"
import vectors from "../../vectors/pay-code.json"
import { bytesOf, type FixedCode, fixedCode, fixedCodes, networkId, terminalKeys } from "./pay-code-cases"

function verifier({ code, priceSalt }: Pick<FixedCode, "code" | "priceSalt">) {
  return { networkId, priceSalt, terminalKey: terminalKeys[code.body.algorithm], verifySignature: verifyNoble }
}

describe("signature of a pay code", () => {
  for (const fixed of fixedCodes) {
    test(`[PC-11] [PC-12] is over the fixed message, and verifies: ${fixed.name}`, () => {
      const { code, vector } = fixed
      expect(toHex(priceSalt(bytesOf(vectors.receiptKey), networkId, code.body.terminal, vector.counter))).toBe(
        vector.priceSalt,
      )
      expect(toHex(payCodeMessageOf(code.body, networkId, fixed.priceSalt))).toBe(vector.message)
      expect(verifyPayCode(code, verifier(fixed))).toEqual({ ok: true, value: undefined })
    })

    test(`[PC-12] can be checked by whoever sees only the goods and the price hash: ${fixed.name}`, () => {
      const goodsPart = encodeGoodsPart(goodsPartOf(fixed.code.body))
      expect(toHex(payCodeMessage(networkId, goodsPart, bytesOf(fixed.vector.priceHash)))).toBe(fixed.vector.message)
    })
  }

  for (const name of ["three lines, rounded down", "nine lines as a digest, p256"]) {
    test(`[PC-12] fails for every single changed bit of the body: ${name}`, () => {
      const fixed = fixedCode(name)
      const bodyBits = 8 * fixed.code.bodyBytes.length
      let parsed = 0
      for (let bit = 0; bit < bodyBits; bit++) {
        const bytes = fixed.bytes.slice()
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        const code = parsePayCode(bytes)
        if (!code.ok) continue
        parsed++
        expect(verifyPayCode(code.value, verifier(fixed)).ok).toBe(false)
      }
      expect(parsed).toBeGreaterThan(bodyBits / 2)
    }, 60_000)
  }

  test("[PC-12] fails for every single changed bit of the signature", () => {
    const fixed = fixedCode("one line")
    for (let bit = 0; bit < 512; bit += 3) {
      const signature = fixed.code.signature.slice()
      signature[bit >> 3]! ^= 1 << (bit & 7)
      expect(verifyPayCode({ ...fixed.code, signature }, verifier(fixed))).toEqual({
        ok: false,
        error: "pay-code/bad-signature",
      })
    }
  })

  test("[PC-12] refuses an amount changed by one fen", () => {
    const fixed = fixedCode("three lines, rounded down")
    const body: PayCodeBody = { ...fixed.code.body, amountFen: fixed.code.body.amountFen - 1 }
    expect(verifyPayCode({ ...fixed.code, body }, verifier(fixed))).toEqual({
      ok: false,
      error: "pay-code/bad-signature",
    })
  })

  test("[PC-11] hides the prices: another salt is another signature", () => {
    const fixed = fixedCode("one line")
    expect(verifyPayCode(fixed.code, { ...verifier(fixed), priceSalt: new Uint8Array(16) }).ok).toBe(false)
  })

  test("[PC-15] refuses an algorithm other than the registered key's", () => {
    const fixed = fixedCode("one line")
    const terminalKey = terminalKeys.p256
    expect(verifyPayCode(fixed.code, { ...verifier(fixed), terminalKey })).toEqual({
      ok: false,
      error: "pay-code/wrong-algorithm",
    })
  })

  test("[PC-17] refuses the flipped-S twin of a P-256 signature", () => {
    const fixed = fixedCode("one line, p256")
    const { r, s } = p256.Signature.fromBytes(fixed.code.signature, "compact")
    const twin = new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes("compact")
    const message = payCodeMessageOf(fixed.code.body, networkId, fixed.priceSalt)
    expect(p256.verify(twin, message, terminalKeys.p256.publicKey, { lowS: false })).toBe(true)
    expect(verifyPayCode({ ...fixed.code, signature: twin }, verifier(fixed))).toEqual({
      ok: false,
      error: "pay-code/bad-signature",
    })
  })

  test("[PC-19] refuses a code of a development network in another", () => {
    const fixed = fixedCode("one line")
    expect(verifyPayCode(fixed.code, { ...verifier(fixed), networkId: 1 })).toEqual({
      ok: false,
      error: "pay-code/bad-signature",
    })
  })
})

describe("signing", () => {
  const { body } = fixedCode("one line, p256").code
  const salt = fixedCode("one line, p256").priceSalt

  test("[PC-17] makes whatever the native signer gives low-S", async () => {
    const secret = new Uint8Array(32).fill(3)
    let highSeen = 0
    for (let counter = 0; counter < 16; counter++) {
      const code = await signPayCode(
        { ...body, counter },
        {
          networkId,
          priceSalt: salt,
          sign: async (message) => {
            const signature = p256.sign(message, secret, { lowS: false })
            if (!isLowS(signature)) highSeen++
            return signature
          },
        },
      )
      expect(isLowS(code.signature)).toBe(true)
      const terminalKey = { algorithm: "p256", publicKey: p256.getPublicKey(secret) } as const
      expect(verifyPayCode(code, { networkId, priceSalt: salt, terminalKey, verifySignature: verifyNoble }).ok).toBe(
        true,
      )
    }
    expect(highSeen).toBeGreaterThan(0)
  })

  test("[PC-12] gives what its own parser reads, with WebCrypto's Ed25519 as well as noble's", async () => {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))
    const sign = async (message: Uint8Array) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(message)))
    const code = await signPayCode({ ...body, algorithm: "ed25519" }, { networkId, priceSalt: salt, sign })
    expect(parsePayCode(concatBytes(code.bodyBytes, code.signature))).toEqual({ ok: true, value: code })
    const terminalKey = { algorithm: "ed25519", publicKey } as const
    expect(verifyPayCode(code, { networkId, priceSalt: salt, terminalKey, verifySignature: verifyNoble }).ok).toBe(true)
  })

  test("refuses a signer that gives no 64 bytes", async () => {
    const signing = signPayCode(body, { networkId, priceSalt: salt, sign: () => new Uint8Array(70) })
    expect(signing).rejects.toThrow(RangeError)
  })
})

describe("lines that are sent later", () => {
  const nine = fixedCode("nine lines as a digest")
  const context = { networkId, priceSalt: nine.priceSalt }

  test("[PC-13] are those whose digest was signed", () => {
    expect(matchLines(nine.code.body, nine.lines, context)).toEqual({ ok: true, value: nine.lines })
  })

  test("[PC-13] contradict the code when any of them differs, is missing or moved", () => {
    const changes: readonly (typeof nine.lines)[] = [
      nine.lines.slice(1),
      [...nine.lines, nine.lines[0]!],
      [...nine.lines.slice(1), nine.lines[0]!],
      nine.lines.map((line, i) => (i === 4 ? { ...line, slot: line.slot + 1 } : line)),
      nine.lines.map((line, i) => (i === 4 ? { ...line, unitPriceFen: line.unitPriceFen + 1 } : line)),
      nine.lines.map((line, i) => (i === 4 ? { ...line, quantity: { unit: "piece", count: 1 } } : line)),
    ]
    for (const lines of changes) {
      expect(matchLines(nine.code.body, lines, context)).toEqual({ ok: false, error: "pay-code/lines-contradict-code" })
    }
  })

  test("[PC-13] of a code that shows its lines are compared with these", () => {
    const three = fixedCode("three lines, rounded down")
    const salt = { networkId, priceSalt: three.priceSalt }
    expect(matchLines(three.code.body, three.lines, salt).ok).toBe(true)
    expect(matchLines(three.code.body, nine.lines, salt)).toEqual({
      ok: false,
      error: "pay-code/lines-contradict-code",
    })
  })

  test("[PC-8] never add up to less than the amount", () => {
    const digest = linesDigest(networkId, nine.priceSalt, nine.lines)
    const lines = { kind: "digest", count: 9, digest } as const
    const tooMuch: PayCodeBody = { ...nine.code.body, amountFen: nine.vector.linesFen + 1, lines }
    expect(matchLines(tooMuch, nine.lines, context)).toEqual({ ok: false, error: "pay-code/amount-above-lines" })
  })

  test("[PC-13] have no digest below nine", () => {
    expect(() => linesDigest(networkId, nine.priceSalt, nine.lines.slice(0, 8))).toThrow(RangeError)
  })

  test("[PC-13] match for any nine to 255 lines, and no others", () => {
    const count = fc.integer({ min: 9, max: 255 })
    fc.assert(
      fc.property(count, fc.nat(), (length, at) => {
        const lines = Array.from({ length }, (_, i) => nine.lines[(i * 7) % 9]!)
        const digest = linesDigest(networkId, nine.priceSalt, lines)
        const body: PayCodeBody = { ...nine.code.body, amountFen: 1, lines: { kind: "digest", count: length, digest } }
        expect(matchLines(body, lines, context).ok).toBe(true)
        const other = lines.map((line, i) => (i === at % length ? { ...line, slot: line.slot ^ 1 } : line))
        expect(matchLines(body, other, context).ok).toBe(false)
      }),
      { numRuns: 50 },
    )
  })
})

test("[PC-16] a signature by another key is none", () => {
  const fixed = fixedCode("one line")
  const publicKey = ed25519.getPublicKey(new Uint8Array(32).fill(1))
  const terminalKey = { algorithm: "ed25519", publicKey } as const
  expect(verifyPayCode(fixed.code, { ...verifier(fixed), terminalKey }).ok).toBe(false)
})
