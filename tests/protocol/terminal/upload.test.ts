import { describe, expect, test } from "bun:test"
import { p256 } from "@noble/curves/nist.js"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { type CborValue, decodeCbor, encodeCbor } from "@suyuan/protocol/codec/cbor"
import { CONCLUSIONS } from "@suyuan/protocol/ledger/kinds/checks"
import { ARRIVAL_OUTCOMES, WASTE_REASONS } from "@suyuan/protocol/ledger/kinds/stock"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { isLowS, type SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import {
  encodeUpload,
  parseUpload,
  signUpload,
  UPLOAD_KINDS,
  type Upload,
  type UploadKind,
  uploadMessage,
  verifyUpload,
} from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody, parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import fc from "fast-check"
import vectors from "../../vectors/upload.json"
import { bytesOf, fixedCode, networkId, terminalKeys } from "./pay-code-cases"
import { uploadBody, uuid } from "./upload-cases"

const terminal = 0x0d0000002a

function parsed(envelope: Uint8Array): Upload {
  const upload = parseUpload(envelope)
  if (!upload.ok) throw new Error(upload.error)
  return upload.value
}

function by(algorithm: string) {
  const terminalKey = terminalKeys[algorithm as SignatureAlgorithm]
  return { networkId, terminal, terminalKey, verifySignature: verifyNoble }
}

describe("upload vectors", () => {
  for (const [index, { kind, algorithm, uploadId, body, message, envelope }] of vectors.uploads.entries()) {
    test(`[UP-1] [UP-2] reads, verifies and writes upload ${index}: ${kind}, ${algorithm}`, () => {
      const upload = parsed(bytesOf(envelope))
      expect(upload.kind as string).toBe(kind)
      expect(upload.uploadId).toBe(uploadId)
      expect(toHex(upload.body)).toBe(body)
      expect(toHex(uploadMessage(networkId, terminal, upload))).toBe(message)
      expect(verifyUpload(upload, by(algorithm))).toEqual({ ok: true, value: undefined })
      expect(toHex(encodeUpload(upload))).toBe(envelope)
    })

    test(`[UP-7] reads and writes the body of upload ${index}: ${kind}`, () => {
      const read = parseUploadBody(kind as UploadKind, bytesOf(body))
      expect(read.ok && toHex(encodeUploadBody(kind as UploadKind, read.value))).toBe(body)
    })
  }

  test("[UP-11] a sale carries its code, its lines only from nine on, and how it was settled", () => {
    const sales = vectors.uploads
      .filter(({ kind }) => kind === "sale")
      .map(({ body }) => parseUploadBody("sale", bytesOf(body)))
    expect(sales.map((sale) => sale.ok && [sale.value.settlement, sale.value.lines?.length])).toEqual([
      ["platform", undefined],
      ["cash", undefined],
      ["code-only", 9],
    ])
    expect(sales[2]?.ok && sales[2].value.lines).toEqual(fixedCode("nine lines as a digest").lines)
    const { code, bytes, lines } = fixedCode("one line")
    expect(code.body.lines.kind).toBe("inline")
    expect(() => encodeUploadBody("sale", { payCode: bytes, lines, settlement: "cash" })).toThrow(RangeError)
  })
})

describe("upload envelope", () => {
  const first = parsed(bytesOf(vectors.uploads[1]!.envelope))

  test("[UP-2] is bound to network, terminal, kind, upload id and body", () => {
    const refused = { ok: false, error: "upload/bad-signature" } as const
    expect(verifyUpload(first, { ...by("ed25519"), networkId: 1 })).toEqual(refused)
    expect(verifyUpload(first, { ...by("ed25519"), terminal: terminal + 1 })).toEqual(refused)
    expect(verifyUpload(first, by("p256"))).toEqual(refused)
    const others: readonly Partial<Upload>[] = [
      { kind: "void" },
      { uploadId: first.uploadId.replace("019b", "019c") },
      { body: first.body.slice(1) },
      { signature: new Uint8Array(64) },
    ]
    for (const other of others) expect(verifyUpload({ ...first, ...other }, by("ed25519"))).toEqual(refused)
  })

  test("[UP-2] refuses every single changed bit", () => {
    const envelope = bytesOf(vectors.uploads[6]!.envelope)
    for (let bit = 0; bit < 8 * envelope.length; bit++) {
      const bytes = envelope.slice()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const upload = parseUpload(bytes)
      if (upload.ok) expect(verifyUpload(upload.value, by("ed25519")).ok).toBe(false)
    }
  }, 60_000)

  test("[UP-2] carries a P-256 signature with low S, whatever the signer gives", async () => {
    const secret = new Uint8Array(32).fill(3)
    for (let i = 0; i < 8; i++) {
      const body = encodeUploadBody("cancel", { counter: i })
      const envelope = await signUpload(
        { kind: "cancel", uploadId: first.uploadId, body },
        { networkId, terminal, algorithm: "p256", sign: (message) => p256.sign(message, secret, { lowS: false }) },
      )
      expect(isLowS(parsed(envelope).signature)).toBe(true)
    }
  })

  test("[UP-7] numbers conclusions, outcomes and reasons as the records do", () => {
    const numbers = (kind: UploadKind, bodies: readonly object[], key: number): unknown[] =>
      bodies.map((body) => {
        const decoded = decodeCbor(encodeUploadBody(kind, body as never))
        return decoded.ok && (decoded.value as ReadonlyMap<number, CborValue>).get(key)
      })
    const inspection = parseUploadBody("inspection", bytesOf(vectors.uploads[9]!.body))
    const arrival = parseUploadBody("arrival", bytesOf(vectors.uploads[7]!.body))
    const waste = parseUploadBody("waste", bytesOf(vectors.uploads[11]!.body))
    if (!inspection.ok || !arrival.ok || !waste.ok) throw new Error("the vectors read")
    const inspections = Object.keys(CONCLUSIONS).map((conclusion) => ({ ...inspection.value, conclusion }))
    const arrivals = Object.keys(ARRIVAL_OUTCOMES).map((outcome) => ({ ...arrival.value, outcome }))
    expect(numbers("inspection", inspections, 9)).toEqual(Object.values(CONCLUSIONS))
    expect(numbers("arrival", arrivals, 4)).toEqual(Object.values(ARRIVAL_OUTCOMES))
    const wastes = Object.keys(WASTE_REASONS).map((reason) => ({ ...waste.value, reason }))
    expect(numbers("waste", wastes, 4)).toEqual(Object.values(WASTE_REASONS))
  })

  const sizes: readonly [string, number, number, number][] = [
    ["cancel", 10, 4, 97],
    ["void", 6, 6, 98],
    ["sale of three lines", 1, 124, 217],
    ["stock-take", 12, 12, 104],
    ["waste that is sent back", 11, 54, 147],
    ["sale of one line", 2, 106, 199],
    ["sale of nine lines", 3, 205, 298],
    ["rapid test", 9, 104, 197],
    ["snapshot of three slots", 8, 151, 244],
  ]
  for (const [what, index, bodyBytes, envelopeBytes] of sizes) {
    test(`[UP-13] of a ${what} has ${envelopeBytes} bytes, as the specification's table says`, () => {
      const { body, envelope } = vectors.uploads[index]!
      expect([body.length / 2, envelope.length / 2]).toEqual([bodyBytes, envelopeBytes])
    })
  }

  test("[UP-1] numbers its kinds as the records do", () => {
    for (const [kind, number] of Object.entries(UPLOAD_KINDS)) {
      if (number === 0 || number >= 128) continue
      expect(RECORD_KINDS[kind as keyof typeof RECORD_KINDS] as number).toBe(number)
    }
  })

  function changed(key: number, value: CborValue | undefined): Uint8Array {
    const decoded = decodeCbor(bytesOf(vectors.uploads[1]!.envelope))
    if (!decoded.ok || !(decoded.value instanceof Map)) throw new Error("the vector is a map")
    const map = new Map(decoded.value as ReadonlyMap<number, CborValue>)
    if (value === undefined) map.delete(key)
    else map.set(key, value)
    return encodeCbor(map)
  }

  const refused: readonly [string, number, CborValue | undefined, string][] = [
    ["version 2", 0, 2, "upload/unknown-version"],
    ["a kind that terminals do not make", 1, 8, "upload/unknown-kind"],
    ["an upload id of 15 bytes", 2, new Uint8Array(15), "upload/malformed"],
    ["an empty body", 3, new Uint8Array(0), "upload/malformed"],
    ["a body of 62,001 bytes", 3, new Uint8Array(62_001), "upload/malformed"],
    ["a signature of 65 bytes", 4, new Uint8Array(65), "upload/malformed"],
    ["a missing signature", 4, undefined, "upload/malformed"],
    ["an unknown field", 5, 0, "upload/malformed"],
  ]
  for (const [what, key, value, error] of refused) {
    test(`[UP-4] refuses ${what}`, () => {
      expect(parseUpload(changed(key, value)) as unknown).toEqual({ ok: false, error })
    })
  }

  test("[UP-1] reads back what was written", () => {
    const envelopes = fc.record({
      kind: fc.constantFrom(...(Object.keys(UPLOAD_KINDS) as UploadKind[])),
      uploadId: uuid,
      body: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    })
    fc.assert(
      fc.property(envelopes, (upload) => {
        expect(parseUpload(encodeUpload(upload))).toEqual({ ok: true, value: upload })
      }),
      { numRuns: 300 },
    )
  })
})

describe("upload bodies", () => {
  test("[UP-7] of every kind read back", () => {
    fc.assert(
      fc.property(uploadBody, ({ kind, body }) => {
        expect(parseUploadBody(kind, encodeUploadBody(kind, body)) as unknown).toEqual({ ok: true, value: body })
      }),
      { numRuns: 1500 },
    )
  })

  test("[UP-4] of one kind are no bodies of another, nor with a field more", () => {
    const cancel = encodeUploadBody("cancel", { counter: 7 })
    for (const kind of Object.keys(UPLOAD_KINDS) as UploadKind[]) {
      if (kind !== "cancel")
        expect(parseUploadBody(kind, cancel)).toEqual({ ok: false, error: "upload/malformed-body" })
    }
    const more = encodeCbor(
      new Map([
        [0, 7],
        [1, 7],
      ]),
    )
    expect(parseUploadBody("cancel", more)).toEqual({ ok: false, error: "upload/malformed-body" })
  })
})
