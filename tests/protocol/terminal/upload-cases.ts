/** Snapshots and uploads as they come, for the tests of this folder. */
import { bytesToUuid } from "@suyuan/protocol/terminal/identifiers"
import type { StockSlot, StockSnapshot } from "@suyuan/protocol/terminal/stock-snapshot"
import type { UploadKind } from "@suyuan/protocol/terminal/upload"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import fc from "fast-check"
import { saleLine } from "./pay-code-cases"

const u32 = fc.nat(0xffff_ffff)
const grams = fc.integer({ min: 1, max: 0xffff_ffff })
export const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesToUuid)
const shortText = fc.string({ unit: fc.constantFrom("a", " ", "检", "🥬"), minLength: 1, maxLength: 64 })
const origin = fc.string({ unit: fc.constantFrom("河", "北", "x"), maxLength: 64 })
const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength })

const slot: fc.Arbitrary<StockSlot> = fc
  .record({
    slot: fc.nat(0xffff),
    commodity: u32,
    lot: fc.option(uuid, { nil: undefined }),
    declaredOrigin: origin,
    pack: fc.tuple(u32, u32),
  })
  .chain(({ pack: [a, b], ...rest }) =>
    fc
      .constantFrom("merged" as const, rest.lot === undefined ? ("merged" as const) : ("kept-apart" as const))
      .map((pile) => ({
        ...rest,
        packLowGrams: Math.min(a, b),
        packHighGrams: Math.max(a, b),
        pile,
      })),
  )

export const stockSnapshot: fc.Arbitrary<StockSnapshot> = fc.record({
  terminal: fc.nat({ max: 2 ** 40 - 1 }),
  issuedAtSeconds: u32,
  slots: fc
    .uniqueArray(slot, { minLength: 1, maxLength: 200, selector: ({ slot }) => slot, size: "small" })
    .map((slots) => slots.sort((a, b) => a.slot - b.slot)),
})

const saleBody = fc.record(
  {
    payCode: bytes(100, 163),
    lines: fc.array(saleLine, { minLength: 9, maxLength: 30 }),
    settlement: fc.constantFrom("platform" as const, "cash" as const, "code-only" as const),
  },
  { requiredKeys: ["payCode", "settlement"] },
)

const harvestBody = fc.record(
  {
    lot: uuid,
    commodity: u32,
    weightGrams: grams,
    harvestedAtSeconds: u32,
    declaredOrigin: origin,
    certificate: fc.record({ weightGrams: grams, promiseBasis: shortText }),
  },
  { requiredKeys: ["lot", "commodity", "weightGrams", "harvestedAtSeconds", "declaredOrigin"] },
)

type AnyBody = { readonly [Kind in UploadKind]: { readonly kind: Kind; readonly body: UploadBody<Kind> } }[UploadKind]

function of<Kind extends UploadKind>(kind: Kind, bodies: fc.Arbitrary<UploadBody<Kind>>): fc.Arbitrary<AnyBody> {
  return bodies.map((body) => ({ kind, body }) as AnyBody)
}

export const uploadBody: fc.Arbitrary<AnyBody> = fc.oneof(
  of("hello", fc.record({ sentAtMs: fc.maxSafeNat(), nonce: bytes(8) })),
  of("sale", saleBody),
  of("harvest", harvestBody),
  of(
    "outside-goods",
    fc.record({ commodity: u32, weightGrams: grams, receivedAtSeconds: u32, declaredOrigin: origin }),
  ),
  of(
    "waste",
    fc.record(
      {
        ...{ commodity: u32, lot: fc.option(uuid, { nil: undefined }), weightGrams: grams, wastedAtSeconds: u32 },
        reason: fc.constantFrom("spoiled" as const, "sent-back" as const, "other" as const),
        sentBackOf: fc.record({ saleRecordId: bytes(16), lineIndex: fc.nat(254) }),
      },
      { requiredKeys: ["commodity", "lot", "weightGrams", "wastedAtSeconds", "reason"] },
    ),
  ),
  of("stock-take", fc.record({ commodity: u32, countedGrams: u32, countedAtSeconds: u32 })),
  of(
    "void",
    fc.record({
      counter: u32,
      reason: fc.constantFrom("wrong-lines" as const, "buyer-left" as const, "duplicate" as const, "other" as const),
    }),
  ),
  of(
    "arrival",
    fc.record({
      saleRecordId: bytes(16),
      lineIndex: fc.nat(254),
      acceptedGrams: u32,
      acceptedAtSeconds: u32,
      outcome: fc.constantFrom("accepted" as const, "private" as const, "refused" as const),
    }),
  ),
  of("snapshot", fc.record({ snapshot: bytes(1, 100), signature: bytes(64) })),
  of(
    "inspection",
    fc.record({
      sampleNumber: shortText,
      commodity: u32,
      lot: fc.option(uuid, { nil: undefined }),
      sampledAtSeconds: u32,
      testedAtSeconds: u32,
      method: shortText,
      standard: shortText,
      limitPermille: fc.nat(1000),
      inhibitionPermille: fc.nat(1000),
      conclusion: fc.constantFrom("passed" as const, "failed" as const),
      instrument: shortText,
      testerRole: shortText,
      retestOf: fc.option(uuid, { nil: undefined }),
      channel: fc.constantFrom(undefined, "3"),
      reviewerRole: fc.option(shortText, { nil: undefined }),
    }),
  ),
  of("cancel", fc.record({ counter: u32 })),
)
