import { asciiBytes, concatBytes, toHex, uintToBytes, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { hkdfExpand, hkdfExtract, hmacSha256 } from "@suyuan/protocol/codec/hashes"

/** Everything that derives from the gateway's master key. The master itself stays in its file and in this closure. */
export type Keys = {
  /** HMAC key that a terminal shares with the gateway: price salts and offline receipts. 32 bytes. */
  readonly receiptKey: (terminalId: number) => Uint8Array
  /** Keyed hash of a payer, 32 bytes: joins one payer's purchases without naming them. */
  readonly payerPseudonym: (platform: string, appId: string, openId: string) => Uint8Array
  /** 8 bytes in hex that stand for a stall in public sections. */
  readonly stallAlias: (merchantId: string) => string
  /** 8 bytes in hex that stand for a pile in public sections. */
  readonly pileAlias: (pileIdHex: string) => string
  /** 8 bytes in hex that stand for an organisation. */
  readonly participantAlias: (participantId: string) => string
  /** Audience key of a day, 32 bytes. `audience` is "public", "commercial:<org numbers>". */
  readonly audienceKey: (audience: string, day: string) => Uint8Array
  /** Seals the photos of one report, 32 bytes. */
  readonly reportKey: (problemId: string) => Uint8Array
  /** 16 random-looking bytes kept with personal data; see `personalSalt` of a record for the destroyable one. */
  readonly fingerprint: (value: string) => string
}

/** Terminals and audiences of a few days; what is beyond is derived again. */
const rememberedMax = 50_000

/**
 * What was derived stays: every sale needs its terminal's key twice and its audience's keys once, and a derivation costs
 * as much as a signature's hash. In the same memory as the master, and gone with it.
 */
function remember<A extends string | number>(derive: (name: A) => Uint8Array): (name: A) => Uint8Array {
  const known = new Map<A, Uint8Array>()
  return (name) => {
    const found = known.get(name)
    if (found) return found
    if (known.size >= rememberedMax) known.clear()
    const key = derive(name)
    known.set(name, key)
    return key
  }
}

/** Derives the gateway's keys from a 32-byte master. Labels are domain tags; the network id follows each. */
export function deriveKeys(master: Uint8Array, networkId: number): Keys {
  if (master.length !== 32) throw new Error("the gateway master key must be 32 bytes")
  const network = uintToBytes(networkId, 4)
  const extracted = hkdfExtract(master)
  const derive = (label: string, ...parts: Uint8Array[]) =>
    hkdfExpand(extracted, concatBytes(asciiBytes(label), network, ...parts), 32)
  const pseudonymKey = derive("SYP-payer")
  const aliasKey = derive("SYA-alias")
  const fingerprintKey = derive("SYF-print")
  const alias = (tag: string, id: string) =>
    toHex(hmacSha256(aliasKey, concatBytes(asciiBytes(tag), utf8Encode(id))).slice(0, 8))
  const audienceKey = remember((name: string) => derive("SYA1", utf8Encode(name)))
  return {
    receiptKey: remember((terminalId: number) => derive("SYK1", uintToBytes(terminalId, 5))),
    payerPseudonym: (platform, appId, openId) =>
      hmacSha256(pseudonymKey, utf8Encode(JSON.stringify([platform, appId, openId]))),
    stallAlias: (merchantId) => alias("stall", merchantId),
    pileAlias: (pileIdHex) => alias("pile", pileIdHex),
    participantAlias: (participantId) => alias("org", participantId),
    audienceKey: (audience, day) => audienceKey(JSON.stringify([audience, day])),
    reportKey: (problemId) => derive("SYR-report", utf8Encode(problemId)),
    fingerprint: (value) => toHex(hmacSha256(fingerprintKey, utf8Encode(value)).slice(0, 8)),
  }
}
