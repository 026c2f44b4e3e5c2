/** tests/vectors/{record,entry,batch,proof}.json. `bun scripts/vectors/ledger.ts` */
import { isBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { type Batch, batchHead, batchRoot, encodeBatch, encodeBatchHeader } from "@suyuan/protocol/ledger/batch"
import { entryLeaf, parseEntry } from "@suyuan/protocol/ledger/entry"
import { buildProof } from "@suyuan/protocol/ledger/proof-bundle"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { deriveContentKeys } from "@suyuan/sealing/content-key"
import { discloseSections, encodeClearEntry, sealEntry } from "@suyuan/sealing/seal-entry"
import { deriveSealingKeyPair, wrapAudienceKey } from "@suyuan/sealing/wrap-audience-key"
import {
  audienceKeys,
  filled,
  logContext,
  networkId,
  personalSalt,
  saleDay,
  sampleSale,
  terminal,
  terminalKey,
} from "../../tests/samples/ledger"
import { sampleRecordId, sampleRecords } from "../../tests/samples/records"
import { writeVectorsOnce } from "./write-once"

const source = "this repository, from tests/samples; keys of fixed bytes that protect nothing"

/** The same value with bytes as lower-case hex. */
function withHex(value: unknown): unknown {
  if (isBytes(value)) return toHex(value)
  if (Array.isArray(value)) return value.map(withHex)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withHex(inner)]))
}

const extraSales = [
  sampleSale({ lineCount: 1, counter: 1_002, settlement: "cash", algorithm: "p256" }),
  sampleSale({ lineCount: 8, counter: 1_003, wholesale: true }),
  sampleSale({ lineCount: 12, counter: 1_004, wholesale: true }),
]
const records: readonly LedgerRecord[] = [...sampleRecords, ...extraSales]

async function entryOf(record: LedgerRecord): Promise<Uint8Array> {
  const recordId = sampleRecordId(record)
  const sections = encodeRecord(record)
  if (record.kind === "audience-key") return encodeClearEntry(recordId, sections.public)
  const { kind } = record
  return sealEntry({ context: logContext, kind, recordId, sections, keys: audienceKeys, personalSalt })
}

const entries = await Promise.all(records.map(entryOf))
const context = withHex(logContext)

writeVectorsOnce("record", {
  source,
  records: records.map((record) => ({
    kind: record.kind,
    kindNumber: RECORD_KINDS[record.kind],
    recordId: toHex(sampleRecordId(record)),
    record: withHex(record),
    sections: withHex(encodeRecord(record)),
  })),
})

const recipient = await deriveSealingKeyPair(filled(32, 0x42))
const audience = { context: logContext, day: saleDay, section: "commercial", organisations: [2, 5] } as const
const member = { organisation: 5, publicKey: recipient.publicKey }
const seed = filled(32, 0x43)

writeVectorsOnce("entry", {
  source,
  context,
  audienceKeys: withHex(audienceKeys),
  personalSalt: toHex(personalSalt),
  entries: records.map((record, i) => {
    const recordId = sampleRecordId(record)
    const keys = deriveContentKeys(audienceKeys.public, logContext, recordId, "public")
    return {
      kind: record.kind,
      recordId: toHex(recordId),
      publicContentKeys: record.kind === "audience-key" ? null : withHex(keys),
      commitments: withHex((parseEntry(entries[i]!) as { value: { commitments: unknown } }).value.commitments),
      entry: toHex(entries[i]!),
      leaf: toHex(entryLeaf(entries[i]!)),
    }
  }),
  wrap: {
    audience: { day: audience.day, section: audience.section, organisations: audience.organisations },
    audienceKey: toHex(audienceKeys.commercial),
    seed: toHex(seed),
    recipient: withHex({ ...recipient, organisation: member.organisation }),
    wrapped: withHex(await wrapAudienceKey(audience, audienceKeys.commercial, member, seed)),
  },
})

const header = { sealedAtSeconds: 61_000_100, firstRecordDay: saleDay, audienceKeyDay: saleDay }
const shared = { log: logContext.log, header }
const first: Batch = { ...shared, sequence: 1, previousHead: new Uint8Array(32), entries: entries.slice(0, 1) }
const second: Batch = {
  ...shared,
  sequence: 2,
  previousHead: batchHead(first, [2]),
  entries: entries.slice(1, 8),
}
const third: Batch = { ...shared, sequence: 3, previousHead: batchHead(second, []), entries }
const concernedOf = [[2], [], [2, 5, 9]]

writeVectorsOnce("batch", {
  source,
  batches: [first, second, third].map((batch, i) => ({
    log: batch.log,
    sequence: batch.sequence,
    previousHead: toHex(batch.previousHead),
    header: batch.header,
    headerBytes: toHex(encodeBatchHeader(batch.header)),
    entries: withHex(batch.entries),
    payload: toHex(encodeBatch(batch)),
    root: toHex(batchRoot(batch.entries)),
    concerned: concernedOf[i],
    head: toHex(batchHead(batch, concernedOf[i]!)),
  })),
})

writeVectorsOnce("proof", {
  source,
  trust: {
    networkId,
    chainId: logContext.chainId,
    contract: toHex(logContext.contract),
    log: logContext.log,
    sequence: third.sequence,
    root: toHex(batchRoot(entries)),
    terminal,
    terminalKeys: withHex([terminalKey("ed25519"), terminalKey("p256")]),
  },
  bundles: records.map((record, index) => {
    const { kind } = record
    const place = { context: logContext, kind, recordId: sampleRecordId(record), keys: audienceKeys }
    const { chainId, contract, log } = logContext
    const sections = discloseSections(place, encodeRecord(record))
    return {
      kind,
      bundle: buildProof({ chainId, contract, log, sequence: third.sequence, entries, index, sections }),
    }
  }),
})
