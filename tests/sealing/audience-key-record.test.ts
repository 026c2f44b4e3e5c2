import { describe, expect, test } from "bun:test"
import { sha256 } from "@noble/hashes/sha2.js"
import { concatBytes, copyBytes, fromHex, toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { hasRecordId } from "@suyuan/protocol/ledger/record-identity"
import {
  type AudienceKeyRecord,
  openAudienceKeyRecord,
  type RandomBytes,
  writeAudienceKeyRecord,
} from "@suyuan/sealing/audience-key-record"
import { openPublic } from "@suyuan/sealing/seal-entry"
import {
  type Audience,
  deriveSealingKeyPair,
  suiteWithSeed,
  unwrapAudienceKey,
  wrapAudienceKey,
} from "@suyuan/sealing/wrap-audience-key"
import { audienceKeys, filled, logContext, saleDay } from "../samples/ledger"
import entryVectors from "../vectors/entry.json"

const audience: Audience = { context: logContext, day: saleDay, section: "commercial", organisations: [2, 5, 9] }

/** A stream of different bytes, the same on every run. */
function makeRandomBytes(): RandomBytes {
  let calls = 0
  return (length) => sha256(uintToBytes(++calls, 4)).subarray(0, length)
}

const pairs = await Promise.all([2, 5, 9].map((n) => deriveSealingKeyPair(filled(32, n))))
const members = [2, 5, 9].map((organisation, i) => ({ organisation, publicKey: pairs[i]!.publicKey }))

function write(to: Audience = audience, recipients = members): Promise<AudienceKeyRecord> {
  return writeAudienceKeyRecord(to, audienceKeys.commercial, recipients, makeRandomBytes())
}

describe("HPKE suite", () => {
  test("[SE-14] is RFC 9180's: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM", async () => {
    // Public test vector of RFC 9180 (CFRG test-vectors.json): mode 0, kem 0x0020, kdf 0x0001, aead 0x0002.
    const recipient = await deriveSealingKeyPair(
      fromHex("dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee")!,
    )
    expect(toHex(recipient.publicKey)).toBe("430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c")
    expect(toHex(recipient.privateKey)).toBe("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d")
    const suite = suiteWithSeed(fromHex("2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9")!)
    const sealed = await suite.Seal(
      await suite.DeserializePublicKey(recipient.publicKey),
      fromHex("4265617574792069732074727574682c20747275746820626561757479")!,
      {
        info: fromHex("4f6465206f6e2061204772656369616e2055726e")!,
        aad: fromHex("436f756e742d30")!,
      },
    )
    expect(toHex(sealed.encapsulatedSecret)).toBe("6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256")
    expect(toHex(sealed.ciphertext)).toBe(
      "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a",
    )
  })

  test("[SE-15] a wrap is the fixed vector's", async () => {
    const { wrap } = entryVectors
    const to = { ...audience, day: wrap.audience.day, organisations: wrap.audience.organisations }
    const recipient = { organisation: wrap.recipient.organisation, publicKey: fromHex(wrap.recipient.publicKey)! }
    const wrapped = await wrapAudienceKey(to, fromHex(wrap.audienceKey)!, recipient, fromHex(wrap.seed)!)
    expect(toHex(wrapped.encapsulated)).toBe(wrap.wrapped.encapsulated)
    expect(toHex(wrapped.wrapped)).toBe(wrap.wrapped.wrapped)
    const opened = await unwrapAudienceKey(to, wrapped, fromHex(wrap.recipient.privateKey)!)
    expect(opened.ok && toHex(opened.value)).toBe(wrap.audienceKey)
  })
})

describe("audience-key record", () => {
  test("[SE-16] gives the key to each member, and to nobody else", async () => {
    const { publicBytes, entry, recordId } = await write()
    for (const [i, { organisation }] of members.entries()) {
      const opened = await openAudienceKeyRecord(publicBytes, logContext, organisation, pairs[i]!.privateKey)
      expect(opened).toEqual({ ok: true, value: { audience, audienceKey: audienceKeys.commercial } })
    }
    const stranger = await openAudienceKeyRecord(publicBytes, logContext, 7, pairs[0]!.privateKey)
    expect(stranger).toEqual({ ok: false, error: "audience-key/not-a-recipient" })
    const otherKey = await openAudienceKeyRecord(publicBytes, logContext, 5, pairs[0]!.privateKey)
    expect(otherKey).toEqual({ ok: false, error: "audience-key/not-openable" })
    const found = await openPublic(entry, logContext, undefined)
    expect(found.ok && toHex(found.value.bytes)).toBe(toHex(publicBytes))
    const parsed = parseEntry(entry)
    expect(parsed.ok && toHex(parsed.value.recordId)).toBe(toHex(recordId))
    const record = decodeRecord("audience-key", { public: publicBytes })
    expect(record.ok && hasRecordId(record.value, recordId)).toBe(true)
  })

  test("[SE-15] is bound to chain, contract, log, day, audience and recipient", async () => {
    const wrap = await wrapAudienceKey(audience, audienceKeys.commercial, members[1]!, filled(32, 1))
    const others: Audience[] = [
      { ...audience, day: audience.day + 1 },
      { ...audience, section: "public" },
      { ...audience, organisations: [2, 5] },
      { ...audience, context: { ...logContext, chainId: 1 } },
      { ...audience, context: { ...logContext, contract: filled(20, 1) } },
      { ...audience, context: { ...logContext, log: 8 } },
      { ...audience, context: { ...logContext, networkId: 1 } },
    ]
    const notOpenable = { ok: false, error: "audience-key/not-openable" } as const
    for (const other of others) expect(await unwrapAudienceKey(other, wrap, pairs[1]!.privateKey)).toEqual(notOpenable)
    const readdressed = { ...wrap, organisation: 2 }
    expect(await unwrapAudienceKey(audience, readdressed, pairs[1]!.privateKey)).toEqual(notOpenable)
    const changed = { ...wrap, wrapped: copyBytes(wrap.wrapped) }
    changed.wrapped[0]! ^= 1
    expect(await unwrapAudienceKey(audience, changed, pairs[1]!.privateKey)).toEqual(notOpenable)
    const cut = { ...wrap, encapsulated: wrap.encapsulated.subarray(1) }
    expect(await unwrapAudienceKey(audience, cut, pairs[1]!.privateKey)).toEqual(notOpenable)
  })

  test("[SE-17] a joiner's record of an earlier day is another record with the same key", async () => {
    const joiner = { organisation: 11, publicKey: (await deriveSealingKeyPair(filled(32, 11))).publicKey }
    const first = await write()
    const second = await write(audience, [joiner])
    expect(toHex(second.recordId)).not.toBe(toHex(first.recordId))
    const { privateKey } = await deriveSealingKeyPair(filled(32, 11))
    const opened = await openAudienceKeyRecord(second.publicBytes, logContext, 11, privateKey)
    expect(opened.ok && opened.value.audienceKey).toEqual(audienceKeys.commercial)
  })

  test("[SE-16] 40 recipients fit one entry, 41 take another record", async () => {
    const everybody: Audience = { ...audience, section: "public", organisations: [] }
    const many = Array.from({ length: 41 }, (_, i) => ({ organisation: 1_000_000 + i, publicKey: pairs[0]!.publicKey }))
    const record = await write(everybody, many.slice(1))
    expect(record.entry.length).toBeLessThanOrEqual(4_096)
    await expect(write(everybody, many)).rejects.toThrow(RangeError)
    await expect(write(everybody, [many[0]!, many[0]!])).rejects.toThrow("not-ascending")
    await expect(write(everybody, [])).rejects.toThrow(RangeError)
  })

  test("[SE-14] refuses keys that nobody can share with, and keys or seeds of another length", async () => {
    const [key, seed] = [audienceKeys.commercial, filled(32, 3)]
    const smallOrder = { organisation: 2, publicKey: filled(32, 0) }
    await expect(wrapAudienceKey(audience, key, smallOrder, seed)).rejects.toThrow("organisation 2")
    const short = { organisation: 2, publicKey: filled(31, 9) }
    await expect(wrapAudienceKey(audience, key, short, seed)).rejects.toThrow(RangeError)
    await expect(wrapAudienceKey(audience, filled(31, 1), members[0]!, seed)).rejects.toThrow(RangeError)
    await expect(wrapAudienceKey(audience, key, members[0]!, filled(16, 1))).rejects.toThrow(RangeError)
    await expect(deriveSealingKeyPair(filled(31, 1))).rejects.toThrow(RangeError)
  })

  test("[SE-16] refuses bytes that are no such record, or one of another log", async () => {
    const { publicBytes } = await write()
    const privateKey = pairs[0]!.privateKey
    const malformed = { ok: false, error: "audience-key/malformed" } as const
    expect(await openAudienceKeyRecord(filled(9, 0), logContext, 2, privateKey)).toEqual(malformed)
    const trailing = concatBytes(publicBytes, filled(1, 0))
    expect(await openAudienceKeyRecord(trailing, logContext, 2, privateKey)).toEqual(malformed)
    const otherLog = await openAudienceKeyRecord(publicBytes, { ...logContext, log: 8 }, 2, privateKey)
    expect(otherLog).toEqual({ ok: false, error: "audience-key/other-log" })
  })
})
