import { describe, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { encodeCbor } from "@suyuan/protocol/codec/cbor"
import {
  encodeStockSnapshot,
  parseStockSnapshot,
  type StockSlot,
  snapshotPrefix,
  stockSnapshotHash,
  stockSnapshotMessage,
  verifyStockSnapshot,
} from "@suyuan/protocol/terminal/stock-snapshot"
import { UPLOAD_BODY_BYTES_MAX } from "@suyuan/protocol/terminal/upload"
import { encodeUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import fc from "fast-check"
import vectors from "../../vectors/upload.json"
import { bytesOf, networkId, terminalKeys } from "./pay-code-cases"
import { stockSnapshot } from "./upload-cases"

const fixed = vectors.snapshot
const signed = { bytes: bytesOf(fixed.bytes), signature: bytesOf(fixed.signature) }
const by = { networkId, terminalKey: terminalKeys.ed25519, verifySignature: verifyNoble }

function fixedSnapshot() {
  const parsed = parseStockSnapshot(signed.bytes)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

describe("stock snapshot", () => {
  test("[UP-8] reads and writes the fixed bytes, hash, prefix and message", () => {
    const snapshot = fixedSnapshot()
    expect(snapshot.slots.map(({ slot, declaredOrigin, pile }) => [slot, declaredOrigin, pile])).toEqual([
      [3, "河北张北", "merged"],
      [7, "", "kept-apart"],
      [12, "", "merged"],
    ])
    expect(toHex(encodeStockSnapshot(snapshot))).toBe(fixed.bytes)
    const hash = stockSnapshotHash(signed.bytes)
    expect(toHex(hash)).toBe(fixed.hash)
    expect(toHex(snapshotPrefix(hash))).toBe(fixed.prefix)
    expect(toHex(stockSnapshotMessage(networkId, hash))).toBe(fixed.message)
  })

  test("[UP-10] is signed by its terminal, for its network, to the bit", () => {
    expect(verifyStockSnapshot(signed, by)).toEqual({ ok: true, value: undefined })
    const refused = { ok: false, error: "stock-snapshot/bad-signature" } as const
    expect(verifyStockSnapshot(signed, { ...by, networkId: 1 })).toEqual(refused)
    expect(verifyStockSnapshot(signed, { ...by, terminalKey: terminalKeys.p256 })).toEqual(refused)
    for (let bit = 0; bit < 8 * signed.bytes.length; bit += 7) {
      const bytes = signed.bytes.slice()
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      expect(verifyStockSnapshot({ ...signed, bytes }, by)).toEqual(refused)
    }
  })

  test("[UP-8] reads back what was written", () => {
    fc.assert(
      fc.property(stockSnapshot, (snapshot) => {
        expect(parseStockSnapshot(encodeStockSnapshot(snapshot))).toEqual({ ok: true, value: snapshot })
      }),
      { numRuns: 200 },
    )
  })

  const { slots, ...rest } = fixedSnapshot()
  const [first, second] = slots as [StockSlot, StockSlot]
  const refused: readonly [string, string, readonly StockSlot[]][] = [
    ["a slot twice", "stock-snapshot/slots-not-ascending", [first, first]],
    ["slots that descend", "stock-snapshot/slots-not-ascending", [second, first]],
    [
      "a pack lighter than itself",
      "stock-snapshot/pack-interval-reversed",
      [{ ...first, packLowGrams: 2, packHighGrams: 1 }],
    ],
    ["goods kept apart without a lot", "stock-snapshot/lot-missing", [{ ...second, lot: undefined }]],
  ]
  for (const [what, error, bad] of refused) {
    test(`[UP-9] refuses ${what}`, () => {
      expect(() => encodeStockSnapshot({ ...rest, slots: bad })).toThrow(error)
      const written = bad.map((slot) => [
        slot.slot,
        slot.commodity,
        slot.lot === undefined ? new Uint8Array(0) : bytesOf(slot.lot.replaceAll("-", "")),
        slot.declaredOrigin,
        slot.packLowGrams,
        slot.packHighGrams,
        slot.pile === "merged" ? 0 : 1,
      ])
      const entries: [number, never][] = [
        [0, 1 as never],
        [1, rest.terminal as never],
        [2, rest.issuedAtSeconds as never],
        [3, written as never],
      ]
      expect(parseStockSnapshot(encodeCbor(new Map(entries))) as unknown).toEqual({ ok: false, error })
    })
  }

  test("[UP-8] has 1 to 200 slots and origins of at most 64 characters", () => {
    const many = (count: number) => Array.from({ length: count }, (_, slot) => ({ ...first, slot }))
    expect(() => encodeStockSnapshot({ ...rest, slots: [] })).toThrow(RangeError)
    expect(() => encodeStockSnapshot({ ...rest, slots: many(201) })).toThrow(RangeError)
    expect(() => encodeStockSnapshot({ ...rest, slots: [{ ...first, declaredOrigin: "河".repeat(65) }] })).toThrow(
      RangeError,
    )
  })

  test("[UP-13] fits its upload, at its largest", () => {
    const largest: StockSlot = {
      slot: 0,
      commodity: 0xffff_ffff,
      lot: second.lot,
      declaredOrigin: "🥬".repeat(64),
      packLowGrams: 0xffff_ffff,
      packHighGrams: 0xffff_ffff,
      pile: "kept-apart",
    }
    const slots = Array.from({ length: 200 }, (_, i) => ({ ...largest, slot: 65_535 - 199 + i }))
    const snapshot = encodeStockSnapshot({ ...rest, terminal: 2 ** 40 - 1, slots })
    expect(parseStockSnapshot(snapshot).ok).toBe(true)
    expect(encodeUploadBody("snapshot", { snapshot, signature: signed.signature }).length).toBeLessThan(
      UPLOAD_BODY_BYTES_MAX,
    )
  })
})
