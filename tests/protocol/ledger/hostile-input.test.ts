/** 100,000 random and mutated inputs: no parser may throw, and what one accepts has that one encoding. */
import { describe, expect, test } from "bun:test"
import { concatBytes, copyBytes, equalBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeBatch, parseBatch } from "@suyuan/protocol/ledger/batch"
import { encodeEntry, parseEntry } from "@suyuan/protocol/ledger/entry"
import { locateProof, verifyProof } from "@suyuan/protocol/ledger/proof"
import { decodeRecord, encodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS, type RecordKind } from "@suyuan/protocol/ledger/record-kind"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { filled } from "../../samples/ledger"
import { sampleRecords } from "../../samples/records"
import batchVectors from "../../vectors/batch.json"
import entryVectors from "../../vectors/entry.json"
import proofVectors from "../../vectors/proof.json"

/** xorshift32: the same inputs on every run. */
function makeDice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % sides
  }
}

function randomBytes(dice: (sides: number) => number, maxLength: number): Uint8Array {
  return Uint8Array.from({ length: dice(maxLength) }, () => dice(256))
}

/** A few bytes changed, cut out or put in. */
function mutate(dice: (sides: number) => number, source: Uint8Array): Uint8Array {
  let bytes = copyBytes(source)
  for (let change = dice(4); change >= 0; change--) {
    const at = dice(bytes.length + 1)
    const kind = dice(4)
    if (kind === 0) bytes = concatBytes(bytes.subarray(0, at), bytes.subarray(at + 1 + dice(8)))
    else if (kind === 1) bytes = concatBytes(bytes.subarray(0, at), Uint8Array.of(dice(256)), bytes.subarray(at))
    else if (at < bytes.length) bytes[at] = kind === 2 ? bytes[at]! ^ (1 << dice(8)) : [0, 1, 0x7f, 0xff][dice(4)]!
  }
  return bytes
}

/** Some seconds of work; more on a busy machine. */
const TIMEOUT_MS = 60_000

function expectSame(encoded: Uint8Array, input: Uint8Array): void {
  if (!equalBytes(encoded, input)) throw new Error(`accepted, but not the one encoding: ${toHex(input)}`)
}

const kinds = Object.keys(RECORD_KINDS) as RecordKind[]

describe("[TR-2] [TR-16] [AN-6] [PB-2] hostile input crashes no parser", () => {
  test(
    "entries: 30,000",
    () => {
      const dice = makeDice(1)
      const sources = entryVectors.entries.map(({ entry }) => fromHex(entry)!)
      for (let i = 0; i < 30_000; i++) {
        const input = i % 3 === 0 ? randomBytes(dice, 300) : mutate(dice, sources[dice(sources.length)]!)
        const parsed = parseEntry(input)
        if (parsed.ok) expectSame(encodeEntry(parsed.value), input)
      }
    },
    TIMEOUT_MS,
  )

  test(
    "sections of records: 40,000",
    () => {
      const dice = makeDice(2)
      const sources = sampleRecords.map((record) => ({ kind: record.kind, sections: encodeRecord(record) }))
      let accepted = 0
      for (let i = 0; i < 40_000; i++) {
        const source = sources[dice(sources.length)]!
        const kind = i % 8 === 0 ? kinds[dice(kinds.length)]! : source.kind
        const section = i % 3 === 0 ? randomBytes(dice, 80) : mutate(dice, source.sections.public)
        const decoded = decodeRecord(kind, { public: section, commercial: source.sections.commercial })
        if (!decoded.ok) continue
        accepted++
        expectSame(encodeRecord(decoded.value as LedgerRecord).public, section)
      }
      // Some mutations only change a number or an alias: those are other records, not malformed ones.
      expect(accepted).toBeGreaterThan(1_000)
    },
    TIMEOUT_MS,
  )

  test(
    "batches: 20,000",
    () => {
      const dice = makeDice(3)
      const sources = batchVectors.batches.slice(0, 2).map(({ payload }) => fromHex(payload)!)
      for (let i = 0; i < 20_000; i++) {
        const input = i % 3 === 0 ? randomBytes(dice, 200) : mutate(dice, sources[dice(sources.length)]!)
        const parsed = parseBatch(input)
        if (parsed.ok) expectSame(encodeBatch(parsed.value), input)
      }
    },
    TIMEOUT_MS,
  )

  test(
    "proof bundles: 10,000",
    () => {
      const dice = makeDice(4)
      const sources = proofVectors.bundles.map(({ bundle }) => Uint8Array.from(bundle, (c) => c.charCodeAt(0)))
      const trust = {
        networkId: 1,
        chainId: 1,
        contract: filled(20, 0),
        developmentChain: false,
        root: undefined,
        terminalKey: undefined,
        verifySignature: () => true,
      }
      for (let i = 0; i < 10_000; i++) {
        const input = i % 5 === 0 ? randomBytes(dice, 300) : mutate(dice, sources[dice(sources.length)]!)
        const text = String.fromCharCode(...input)
        if (verifyProof(text, trust).verified) throw new Error(`accepted: ${text}`)
        if (i % 10 === 0) expect(typeof locateProof(text).ok).toBe("boolean")
      }
      const nested = "[".repeat(20_000)
      expect(verifyProof(nested, trust).steps[0]).toMatchObject({ outcome: "failed" })
    },
    TIMEOUT_MS,
  )
})
