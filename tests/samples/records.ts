/** One record of every kind that is written, with the id it has. */

import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { dayOf, naturalKeyOf } from "@suyuan/protocol/ledger/record-identity"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import { splitSnapshot } from "@suyuan/protocol/ledger/snapshot-parts"
import {
  encodeStockSnapshot,
  type StockSlot,
  stockSnapshotHash,
  stockSnapshotMessage,
} from "@suyuan/protocol/terminal/stock-snapshot"
import {
  filled,
  issuedAtSeconds,
  logContext,
  networkId,
  saleDay,
  sampleSale,
  sampleSaleId,
  signAsTerminal,
  terminal,
} from "./ledger"

const lot = "018f3c5e-0000-7000-8000-0000000000a1"
const siteNumber = 331_001
const effectiveAtSeconds = issuedAtSeconds
const pileAlias = filled(8, 0x80)

/** A stall's signed stock; more than 60 slots take several records. */
export function sampleSnapshot(slotCount: number) {
  const slots: StockSlot[] = Array.from({ length: slotCount }, (_, i) => ({
    slot: i + 1,
    commodity: 1_230_100 + i,
    lot: i % 2 === 0 ? lot : undefined,
    declaredOrigin: "河北张家口张北",
    packLowGrams: 0,
    packHighGrams: 0,
    pile: i % 2 === 0 ? "kept-apart" : "merged",
  }))
  const bytes = encodeStockSnapshot({ terminal, issuedAtSeconds, slots })
  const message = stockSnapshotMessage(networkId, stockSnapshotHash(bytes))
  return { terminal, bytes, signature: signAsTerminal("ed25519", message) }
}

export const sampleRecords: readonly LedgerRecord[] = [
  sampleSale(),
  {
    kind: "harvest",
    public: {
      siteNumber,
      effectiveAtSeconds,
      lot,
      pileAlias,
      commodity: 1_230_101,
      grams: 850_000,
      declaredOrigin: "河北张北",
      certificate: filled(16, 0xce),
    },
  },
  {
    kind: "outside-goods",
    public: { siteNumber, effectiveAtSeconds, pileAlias, commodity: 1_230_101, grams: 20_000, declaredOrigin: "" },
  },
  { kind: "void", public: { voidOf: sampleSaleId(), effectiveAtSeconds, siteNumber, reason: 1 } },
  {
    kind: "arrival",
    public: {
      saleRecordId: sampleSaleId(),
      lineIndex: 2,
      acceptedGrams: 990,
      effectiveAtSeconds,
      outcome: "accepted",
      buyerPileAlias: filled(8, 0xb0),
    },
  },
  { kind: "snapshot", public: splitSnapshot(sampleSnapshot(4))[0]! },
  {
    kind: "catalogue",
    public: {
      version: 3,
      part: 0,
      parts: 1,
      entries: [
        { code: 1_230_101, zh: "大白菜", en: "Chinese cabbage", shelfLifeHours: 336 },
        { code: 1_230_102, zh: "菠菜", en: "spinach", shelfLifeHours: 72 },
      ],
    },
  },
  {
    kind: "inspection",
    public: {
      siteNumber,
      pileAlias,
      lot,
      commodity: 1_230_101,
      sampleNumber: "KJ20251206-003",
      sampledAtSeconds: effectiveAtSeconds - 900,
      testedAtSeconds: effectiveAtSeconds,
      method: "酶抑制率法",
      standard: "GB/T 5009.199-2003",
      limitPermille: 500,
      inhibitionPermille: 123,
      conclusion: "passed",
      instrument: "NC-800 channel 3",
      testerRole: "market inspector",
    },
  },
  {
    kind: "certificate",
    public: {
      lot,
      commodity: 1_230_101,
      grams: 850_000,
      origin: "河北省张家口市张北县",
      issuedAtSeconds: effectiveAtSeconds,
      promiseBasis: "委托检测",
      issuerAlias: filled(8, 0x15),
      contactHash: filled(32, 0xc7),
    },
  },
  {
    kind: "origin-statement",
    public: {
      pileAlias,
      businessDay: saleDay,
      version: 2,
      replaces: filled(16, 0x0b),
      part: 0,
      parts: 1,
      inflows: [
        {
          recordId: filled(16, 0x1f),
          atSeconds: effectiveAtSeconds - 30_000,
          grams: 40_000,
          sources: [{ source: filled(16, 0x50), lowGrams: 32_000, highGrams: 40_000 }],
        },
      ],
      losses: [{ atSeconds: effectiveAtSeconds, grams: 1_500 }],
    },
  },
  {
    kind: "refund",
    public: {
      refundOf: sampleSaleId(),
      effectiveAtSeconds,
      siteNumber,
      goods: "returned",
      lines: [{ lineIndex: 0, grams: 500 }],
    },
    commercial: { refundedFen: 300, sellerMerchant: "018f3c5e-0000-7000-8000-000000000001" },
    personal: { platform: "wechat-pay", refundTransactionId: "50300000000000001" },
  },
  {
    kind: "recall-step",
    public: {
      recall: "018f3c5e-0000-7000-8000-0000000000ca",
      step: 3,
      action: "activated",
      atSeconds: effectiveAtSeconds,
      actorAlias: filled(8, 0xac),
      setDigest: filled(32, 0x5e),
      lots: [lot],
      scope: [{ digest: filled(32, 0x5c), sales: 412, mayGrams: 850_000 }],
    },
  },
  {
    kind: "waste",
    public: {
      ...{ siteNumber, effectiveAtSeconds, pileAlias, commodity: 1_230_101, grams: 3_000, reason: "sent-back", lot },
      sentBack: { saleRecordId: sampleSaleId(), lineIndex: 2, supplierPileAlias: filled(8, 0xb1) },
    },
  },
  { kind: "stock-take", public: { siteNumber, effectiveAtSeconds, pileAlias, commodity: 1_230_101, grams: 0 } },
  {
    kind: "binding",
    public: {
      ...{
        siteNumber,
        binding: "018f3c5e-0000-7000-8000-0000000000b1",
        action: "ended",
        atSeconds: effectiveAtSeconds,
      },
      ...{ stallAlias: filled(8, 0x51), endedBy: "buyer" },
    },
  },
  {
    kind: "inspection",
    public: {
      ...{ siteNumber, pileAlias, commodity: 1_230_101, sampleNumber: "KJ20251206-004" },
      ...{ sampledAtSeconds: effectiveAtSeconds - 900, testedAtSeconds: effectiveAtSeconds + 1_800 },
      ...{ method: "酶抑制率法", standard: "NY/T 448-2001", limitPermille: 700, inhibitionPermille: 412 },
      ...{ conclusion: "passed", instrument: "NC-800", testerRole: "market inspector" },
      ...{ retestOf: filled(16, 0x7e), photo: filled(32, 0xf0), channel: "3", reviewerRole: "chief inspector" },
    },
  },
  {
    kind: "certificate",
    public: {
      ...{ lot: "018f3c5e-0000-7000-8000-0000000000cf", commodity: 1_230_101, grams: 40_000 },
      ...{ origin: "河北、山东", issuedAtSeconds: effectiveAtSeconds, promiseBasis: "自行检测合格" },
      ...{ issuerAlias: filled(8, 0x16), contactHash: filled(32, 0xc8), pileAlias },
      parents: [
        { certificate: filled(16, 0xce), mustGrams: 10_000, mayGrams: 40_000 },
        { certificate: filled(16, 0xcf), mustGrams: 0, mayGrams: 30_000 },
      ],
    },
  },
  {
    kind: "audience-key",
    public: {
      log: logContext.log,
      day: saleDay,
      section: "commercial",
      organisations: [2, 5, 9],
      wraps: [
        { organisation: 2, encapsulated: filled(32, 0xe2), wrapped: filled(48, 0xd2) },
        { organisation: 5, encapsulated: filled(32, 0xe5), wrapped: filled(48, 0xd5) },
      ],
    },
  },
]

/** Kinds whose key their section does not show have an id of their own. */
const ownId = "018f3c5e-0000-7000-8000-00000000beef"

export function sampleRecordId(record: LedgerRecord): Uint8Array {
  return recordId(record.kind, dayOf(record) ?? saleDay, naturalKeyOf(record) ?? uuidKey(ownId))
}
