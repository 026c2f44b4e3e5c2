/** Random records of every kind, for properties. */
import { toHex } from "@suyuan/protocol/codec/bytes"
import type { LedgerRecord } from "@suyuan/protocol/ledger/record-types"
import fc from "fast-check"
import { sampleSale } from "./ledger"

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const uint = (max: number) => fc.integer({ min: 0, max })
const u32 = fc.nat({ max: 0xffff_ffff })
const grams = fc.integer({ min: 0, max: 0xff_ffff_ffff })
const uuid = fc.uuid()
const words = (maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom("菜", "a", "é", "🍅", "北", " ", "7"), minLength, maxLength })
const alias = bytes(8)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const platform = fc.constantFrom("wechat-pay" as const, "alipay" as const)

const sale = fc
  .record({
    lineCount: fc.integer({ min: 1, max: 14 }),
    counter: u32,
    wholesale: fc.boolean(),
    siteNumber: u32,
    stallAlias: alias,
    settlement: fc.constantFrom("platform" as const, "cash" as const, "code-only" as const),
    flags: fc.constantFrom(undefined, 1, 4, 5),
    payerPseudonym: optional(bytes(32)),
    platform,
    transactionId: words(64, 1),
  })
  .map(({ lineCount, counter, wholesale, payerPseudonym, platform, transactionId, flags, ...shown }): LedgerRecord => {
    const record = sampleSale({ lineCount, counter, wholesale })
    const { personal: _, ...rest } = record
    return {
      ...rest,
      public: { ...record.public, ...shown, ...(flags === undefined ? {} : { flags }) },
      ...(payerPseudonym === undefined ? {} : { personal: { payerPseudonym, platform, transactionId } }),
    }
  })

const ascending = <T>(item: fc.Arbitrary<T>, by: (item: T) => number, minLength: number, maxLength: number) =>
  fc.uniqueArray(item, { minLength, maxLength, selector: by }).map((items) => [...items].sort((a, b) => by(a) - by(b)))

const refund = fc.record({
  kind: fc.constant("refund" as const),
  public: fc.record({
    refundOf: bytes(16),
    effectiveAtSeconds: u32,
    siteNumber: u32,
    goods: fc.constantFrom("money-only" as const, "not-handed-over" as const, "returned" as const),
    lines: ascending(fc.record({ lineIndex: uint(255), grams }), (line) => line.lineIndex, 0, 5),
  }),
  commercial: fc.record({ refundedFen: fc.integer({ min: 1, max: 0xffff_ffff }), sellerMerchant: uuid }),
  personal: optional(fc.record({ platform, refundTransactionId: words(64, 1) })),
})

const part = fc
  .integer({ min: 1, max: 64 })
  .chain((parts) => fc.record({ part: fc.integer({ min: 0, max: parts - 1 }), parts: fc.constant(parts) }))

const certificateParents = fc
  .uniqueArray(fc.record({ certificate: bytes(16), a: grams, b: grams }), {
    ...{ minLength: 1, maxLength: 3 },
    selector: ({ certificate }) => toHex(certificate),
  })
  .map((parents) =>
    parents
      .toSorted((one, other) => (toHex(one.certificate) < toHex(other.certificate) ? -1 : 1))
      .map(({ certificate, a, b }) => ({ certificate, mustGrams: Math.min(a, b), mayGrams: Math.max(a, b) })),
  )

/** What is left out, not there as nothing. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T
}

const open = fc.oneof(
  fc.record({
    kind: fc.constant("harvest" as const),
    public: fc.record(
      {
        siteNumber: u32,
        effectiveAtSeconds: u32,
        lot: uuid,
        pileAlias: alias,
        commodity: u32,
        grams,
        declaredOrigin: words(32),
        certificate: bytes(16),
      },
      {
        requiredKeys: ["siteNumber", "effectiveAtSeconds", "lot", "pileAlias", "commodity", "grams", "declaredOrigin"],
      },
    ),
  }),
  fc.record({
    kind: fc.constant("outside-goods" as const),
    public: fc.record({
      siteNumber: u32,
      effectiveAtSeconds: u32,
      pileAlias: alias,
      commodity: u32,
      grams,
      declaredOrigin: words(32),
    }),
  }),
  fc
    .record({
      ...{ siteNumber: u32, effectiveAtSeconds: u32, pileAlias: alias, commodity: u32, grams, lot: optional(uuid) },
      reason: fc.constantFrom("spoiled" as const, "own-use" as const, "sent-back" as const),
      sentBack: fc.record({ saleRecordId: bytes(16), lineIndex: uint(255), supplierPileAlias: alias }),
    })
    .map(({ lot, sentBack, ...said }) => ({
      kind: "waste" as const,
      public: {
        ...said,
        ...(lot === undefined ? {} : { lot }),
        ...(said.reason === "sent-back" ? { sentBack } : {}),
      },
    })),
  fc.record({
    kind: fc.constant("stock-take" as const),
    public: fc.record({ siteNumber: u32, effectiveAtSeconds: u32, pileAlias: alias, commodity: u32, grams }),
  }),
  fc.record({
    kind: fc.constant("void" as const),
    public: fc.record({ voidOf: bytes(16), effectiveAtSeconds: u32, siteNumber: u32, reason: uint(255) }),
  }),
  fc.record({
    kind: fc.constant("arrival" as const),
    public: fc.record({
      saleRecordId: bytes(16),
      lineIndex: uint(255),
      acceptedGrams: grams,
      effectiveAtSeconds: u32,
      outcome: fc.constantFrom("accepted" as const, "private" as const, "refused" as const),
      buyerPileAlias: optional(alias),
    }),
  }),
  part.chain((numbers) =>
    fc.record({
      kind: fc.constant("snapshot" as const),
      public: fc.record({
        terminal: uint(0xff_ffff_ffff),
        hash: bytes(32),
        signature: bytes(64),
        part: fc.constant(numbers.part),
        parts: fc.constant(numbers.parts),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      }),
    }),
  ),
  part.chain((numbers) =>
    fc.record({
      kind: fc.constant("catalogue" as const),
      public: fc.record({
        version: u32,
        part: fc.constant(numbers.part),
        parts: fc.constant(numbers.parts),
        entries: ascending(
          fc.record({ code: u32, zh: words(6, 1), en: words(16, 1), shelfLifeHours: uint(0xffff) }),
          (entry) => entry.code,
          1,
          6,
        ),
      }),
    }),
  ),
  fc
    .record({
      kind: fc.constant("inspection" as const),
      public: fc.record({
        siteNumber: u32,
        pileAlias: alias,
        lot: uuid,
        commodity: u32,
        sampleNumber: words(16, 1),
        sampledAtSeconds: u32,
        testedAtSeconds: u32,
        method: words(16, 1),
        standard: words(16, 1),
        limitPermille: uint(1000),
        inhibitionPermille: uint(2000),
        conclusion: fc.constantFrom("passed" as const, "failed" as const),
        instrument: words(32),
        testerRole: words(16, 1),
        retestOf: optional(bytes(16)),
        photo: optional(bytes(32)),
        channel: optional(words(4, 1)),
        reviewerRole: optional(words(16, 1)),
      }),
    })
    .map(({ kind, public: said }) => ({ kind, public: withoutUndefined(said) })),
  fc
    .record({
      ...{ siteNumber: u32, binding: uuid, atSeconds: u32, stallAlias: alias },
      endedBy: optional(fc.constantFrom("merchant" as const, "buyer" as const, "operator" as const)),
    })
    .map(({ endedBy, ...said }) => ({
      kind: "binding" as const,
      public: { ...said, ...(endedBy ? { action: "ended" as const, endedBy } : { action: "begun" as const }) },
    })),
  fc
    .record({
      kind: fc.constant("certificate" as const),
      public: fc.record({
        lot: uuid,
        commodity: u32,
        grams,
        origin: words(32, 1),
        issuedAtSeconds: u32,
        promiseBasis: words(32, 1),
        issuerAlias: alias,
        contactHash: bytes(32),
        mixed: optional(fc.record({ pileAlias: alias, parents: certificateParents })),
      }),
    })
    .map(({ kind, public: { mixed, ...said } }) => ({ kind, public: { ...said, ...mixed } })),
  part.chain((numbers) =>
    fc.record({
      kind: fc.constant("origin-statement" as const),
      public: fc.record({
        pileAlias: alias,
        businessDay: uint(0xffff),
        version: u32,
        replaces: bytes(16),
        part: fc.constant(numbers.part),
        parts: fc.constant(numbers.parts),
        inflows: fc.array(
          fc.record({
            recordId: bytes(16),
            atSeconds: u32,
            grams,
            sources: fc.array(fc.record({ source: bytes(16), lowGrams: grams, highGrams: grams }), { maxLength: 3 }),
          }),
          { maxLength: 3 },
        ),
        losses: fc.array(fc.record({ atSeconds: u32, grams }), { maxLength: 3 }),
      }),
    }),
  ),
  fc.record({
    kind: fc.constant("recall-step" as const),
    public: fc.record(
      {
        recall: uuid,
        step: fc.integer({ min: 1, max: 0xffff }),
        action: fc.constantFrom("drafted" as const, "activated" as const, "extended" as const, "withdrawn" as const),
        atSeconds: u32,
        actorAlias: alias,
        drill: fc.constant(1),
        setDigest: bytes(32),
        lots: fc.array(uuid, { maxLength: 3 }),
        scope: fc.array(fc.record({ digest: bytes(32), sales: u32, mayGrams: grams }), { maxLength: 1 }),
      },
      { requiredKeys: ["recall", "step", "action", "atSeconds", "actorAlias", "setDigest", "lots", "scope"] },
    ),
  }),
  fc.record({
    kind: fc.constant("audience-key" as const),
    public: fc.record({
      log: u32,
      day: uint(0xffff),
      section: fc.constantFrom("public" as const, "commercial" as const),
      organisations: ascending(u32, (organisation) => organisation, 0, 4),
      wraps: ascending(
        fc.record({ organisation: u32, encapsulated: bytes(32), wrapped: bytes(48) }),
        (wrap) => wrap.organisation,
        1,
        4,
      ),
    }),
  }),
)

export const arbitraryRecord: fc.Arbitrary<LedgerRecord> = fc.oneof(
  { arbitrary: sale, weight: 1 },
  { arbitrary: refund, weight: 1 },
  { arbitrary: open, weight: 10 },
)
