import { describe, expect, test } from "bun:test"
import { copyBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { commitSection } from "@suyuan/protocol/ledger/commitment"
import { encodeEntry, parseEntry } from "@suyuan/protocol/ledger/entry"
import { buildProof } from "@suyuan/protocol/ledger/proof-bundle"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { deriveContentKeys } from "@suyuan/sealing/content-key"
import type { LogContext } from "@suyuan/sealing/log-context"
import { discloseSections, encodeClearEntry, openCommercial, openPublic, sealEntry } from "@suyuan/sealing/seal-entry"
import { audienceKeys, filled, logContext, personalSalt, sampleSale, sampleSaleId } from "../samples/ledger"
import { sampleRecordId, sampleRecords } from "../samples/records"
import vectors from "../vectors/entry.json"

const audienceKeyRecord = sampleRecords.find((record) => record.kind === "audience-key")!

async function sealed(record: LedgerRecord, recordId = sampleRecordId(record)): Promise<Uint8Array> {
  const sections = encodeRecord(record)
  if (record.kind === "audience-key") return encodeClearEntry(recordId, sections.public)
  const { kind } = record
  return sealEntry({ context: logContext, kind, recordId, sections, keys: audienceKeys, personalSalt })
}

const publicOf = (entry: Uint8Array, context: LogContext = logContext, key: Uint8Array = audienceKeys.public) =>
  openPublic(entry, context, key)

describe("sealed entry", () => {
  test("[SE-1] is the fixed vectors', for a record of every kind", async () => {
    for (const [i, record] of sampleRecords.entries()) {
      expect(toHex(await sealed(record))).toBe(vectors.entries[i]!.entry)
    }
  })

  test("[SE-4] [SE-5] content keys are those of the vectors", () => {
    for (const { recordId, publicContentKeys } of vectors.entries) {
      if (publicContentKeys === null) continue
      const keys = deriveContentKeys(audienceKeys.public, logContext, fromHex(recordId)!, "public")
      expect(toHex(keys.encryptionKey)).toBe(publicContentKeys.encryptionKey)
      expect(toHex(keys.salt)).toBe(publicContentKeys.salt)
    }
  })

  test("[SE-1] opens to the sections that it was made of", async () => {
    for (const record of sampleRecords) {
      const sections = encodeRecord(record)
      const entry = await sealed(record)
      const opened = await publicOf(entry)
      expect(opened.ok && toHex(opened.value.bytes)).toBe(toHex(sections.public))
      const commercial = await openCommercial(entry, logContext, [filled(32, 1), audienceKeys.commercial])
      if (sections.commercial === undefined) expect(commercial).toEqual({ ok: false, error: "sealing/section-absent" })
      else expect(commercial.ok && toHex(commercial.value.bytes)).toBe(toHex(sections.commercial))
    }
  })

  test("[SE-13] a retail sale of three lines has at most 420 bytes", async () => {
    for (const algorithm of ["ed25519", "p256"] as const) {
      expect((await sealed(sampleSale({ lineCount: 3, algorithm }))).length).toBeLessThanOrEqual(420)
    }
  })

  test("[SE-13] the longest sale that is recorded with its lines fits an entry", async () => {
    const entry = await sealed(sampleSale({ lineCount: 100, wholesale: true }))
    expect(entry.length).toBeLessThanOrEqual(4_096)
  })

  test("[SE-2] the same record sealed again is the same entry: nothing random is in it", async () => {
    expect(toHex(await sealed(sampleSale()))).toBe(toHex(await sealed(sampleSale())))
  })

  test("[SE-6] another text under the same key has another nonce: the first bytes of its commitment", async () => {
    const before = parseEntry(await sealed(sampleSale(), sampleSaleId()))
    const later = sampleSale()
    const changed = { ...later, public: { ...later.public, flags: 4 } }
    const after = parseEntry(await sealed(changed, sampleSaleId()))
    if (!before.ok || !after.ok) throw new Error("samples changed")
    const nonces = [before, after].map(({ value }) => toHex(value.commitments.public.subarray(0, 12)))
    expect(nonces[0]).not.toBe(nonces[1])
    expect(before.value.commitments.commercial).toEqual(after.value.commitments.commercial)
  })
})

describe("an entry opens nowhere else", () => {
  test("[SE-7] not in another chain, contract, log, network, under another key or record id", async () => {
    const entry = await sealed(sampleSale())
    const notOpenable = { ok: false, error: "sealing/not-openable" } as const
    const elsewhere: Partial<LogContext>[] = [{ chainId: 1 }, { contract: filled(20, 1) }, { log: 8 }, { networkId: 1 }]
    for (const change of elsewhere) expect(await publicOf(entry, { ...logContext, ...change })).toEqual(notOpenable)
    expect(await publicOf(entry, logContext, audienceKeys.commercial)).toEqual(notOpenable)
    expect(await openPublic(entry, logContext, undefined)).toEqual(notOpenable)
    expect(await openCommercial(entry, logContext, [audienceKeys.public])).toEqual(notOpenable)
    expect(await openCommercial(entry, logContext, [])).toEqual(notOpenable)
    const renamed = copyBytes(entry)
    renamed[17]! ^= 1
    expect(await publicOf(renamed)).toEqual(notOpenable)
  })

  test("[SE-7] not with any changed bit of commitment or ciphertext", async () => {
    const entry = await sealed(sampleRecords[3]!)
    for (let at = 18; at < entry.length - 2; at++) {
      if (at >= 50 && at < 116) continue // The other sections' commitments and the length, which the parser checks.
      const changed = copyBytes(entry)
      changed[at]! ^= 1 << (at % 8)
      expect((await publicOf(changed)).ok).toBe(false)
    }
  })

  test("[SE-8] a text that decrypts but is not what the entry commits to is refused", async () => {
    const sections = encodeRecord(sampleSale())
    const entry = parseEntry(await sealed(sampleSale()))
    if (!entry.ok) throw new Error(entry.error)
    // A cheating sealer: the nonce is right (first 12 bytes), the rest of the commitment belongs to another text.
    const keys = deriveContentKeys(audienceKeys.public, logContext, entry.value.recordId, "public")
    const other = commitSection("public", keys.salt, sections.commercial!)
    const commitment = Uint8Array.from([...entry.value.commitments.public.subarray(0, 12), ...other.subarray(12)])
    const commitments = { ...entry.value.commitments, public: commitment }
    expect(await publicOf(encodeEntry({ ...entry.value, commitments }))).toEqual({
      ok: false,
      error: "sealing/commitment-mismatch",
    })
  })

  test("[SE-7] what is no entry is refused as such", async () => {
    const malformed = { ok: false, error: "sealing/entry-malformed" } as const
    expect(await publicOf(filled(200, 0))).toEqual(malformed)
    expect(await openCommercial(filled(3, 0), logContext, [])).toEqual(malformed)
  })
})

describe("what sealing needs", () => {
  const sections = encodeRecord(sampleSale())
  const record = { context: logContext, kind: "sale", recordId: sampleSaleId(), sections, keys: audienceKeys } as const

  test("[SE-10] a personal section needs a random salt and leaves only its commitment", async () => {
    await expect(sealEntry(record)).rejects.toThrow("random salt")
    const entry = parseEntry(await sealEntry({ ...record, personalSalt }))
    const expected = commitSection("personal", personalSalt, sections.personal!)
    expect(entry.ok && toHex(entry.value.commitments.personal)).toBe(toHex(expected))
    const forgotten = { ...sections, personal: undefined }
    const without = parseEntry(await sealEntry({ ...record, sections: forgotten }))
    expect(without.ok && without.value.commitments.personal.every((byte) => byte === 0)).toBe(true)
  })

  test("[SE-3] a commercial section needs its audience's key", async () => {
    await expect(sealEntry({ ...record, personalSalt, keys: { public: audienceKeys.public } })).rejects.toThrow(
      RangeError,
    )
    expect(() => deriveContentKeys(filled(31, 1), logContext, sampleSaleId(), "public")).toThrow(RangeError)
  })

  test("[SE-11] an audience-key record is never sealed: it stands in the clear, committed with a salt of zeros", async () => {
    const encoded = encodeRecord(audienceKeyRecord)
    const recordId = sampleRecordId(audienceKeyRecord)
    await expect(sealEntry({ ...record, kind: "audience-key", recordId, sections: encoded })).rejects.toThrow(
      "not sealed",
    )
    const entry = encodeClearEntry(recordId, encoded.public)
    const opened = await openPublic(entry, logContext, undefined)
    expect(opened.ok && toHex(opened.value.bytes)).toBe(toHex(encoded.public))
    const changed = copyBytes(entry)
    changed[entry.length - 3]! ^= 1
    expect(await openPublic(changed, logContext, undefined)).toEqual({
      ok: false,
      error: "sealing/commitment-mismatch",
    })
  })

  test("[SE-12] disclosed sections make a proof; without the key there is no commercial one", async () => {
    const entry = await sealEntry({ ...record, personalSalt })
    const place = { context: logContext, kind: "sale", recordId: sampleSaleId(), keys: audienceKeys } as const
    const disclosed = discloseSections(place, sections)
    expect(Object.keys(disclosed)).toEqual(["public", "commercial"])
    const { chainId, contract, log } = logContext
    const parts = { chainId, contract, log, sequence: 1, entries: [entry], index: 0 }
    expect(buildProof({ ...parts, sections: disclosed })).toStartWith('{"format":"suyuan-proof-1"')
    expect(Object.keys(discloseSections(place, { public: sections.public }))).toEqual(["public"])
    const blind = { ...place, keys: { public: audienceKeys.public } }
    expect(() => discloseSections(blind, sections)).toThrow(RangeError)
  })
})
