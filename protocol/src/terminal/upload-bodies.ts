/**
 * What each kind of upload carries (docs/specs/upload.md, rules UP-n), as objects and as CBOR maps with integer keys.
 * Ids of lots are UUID text above the bytes; times are seconds since 2024-01-01T00:00:00Z by the terminal's clock.
 */
import type { Shape, ShapeOf } from "../codec/shape"
import {
  bytes,
  choice,
  converted,
  decodeShape,
  encodeShape,
  field,
  list,
  map,
  optionalField,
  row,
  text,
  uint,
} from "../codec/shape"
import type { Result } from "../result"
import { err, ok } from "../result"
import {
  INLINE_LINES_MAX,
  SALE_LINES_MAX,
  type SaleLine,
  SETTLEMENT_KINDS,
  UNIT_PRICE_FEN_MAX,
  VOID_REASONS,
} from "../sale/sale"
import type { Quantity } from "../units/weight"
import { bytesToUuid, uuidToBytes } from "./identifiers"
import { packQuantity, unpackQuantity } from "./packed-quantity"
import { payCodeBytes } from "./pay-code"
import { SIGNATURE_BYTES } from "./signature"
import { DECLARED_ORIGIN_CHARACTERS_MAX, uuidOrNone } from "./stock-snapshot"
import type { UploadKind } from "./upload"
import { UPLOAD_BODY_BYTES_MAX } from "./upload"

const u32 = uint(0xffff_ffff)
/** 1 g to 2^32 − 1 g (4,294 t). */
const grams = uint(0xffff_ffff, 1)
const uuid = converted(bytes(16), bytesToUuid, uuidToBytes)
const recordId = bytes(16)
const declaredOrigin = text(DECLARED_ORIGIN_CHARACTERS_MAX)
const shortText = text(64, 1)

const quantity: Shape<Quantity> = {
  write: packQuantity,
  read: (value) => {
    const packed = u32.read(value)
    const unpacked = packed === undefined ? undefined : unpackQuantity(packed.value)
    return unpacked?.ok ? { value: unpacked.value } : undefined
  },
}

const saleLine: Shape<SaleLine> = row({ slot: uint(0xffff), quantity, unitPriceFen: uint(UNIT_PRICE_FEN_MAX) })

const UPLOAD_BODY_SHAPES = {
  hello: map({
    sentAtMs: field(0, uint()),
    nonce: field(1, bytes(8)),
  }),
  sale: map({
    payCode: field(0, bytes(payCodeBytes(1), payCodeBytes(INLINE_LINES_MAX))),
    /** Nine and more: fewer stand in the code itself. */
    lines: optionalField(1, list(saleLine, SALE_LINES_MAX, INLINE_LINES_MAX + 1)),
    settlement: field(2, choice(SETTLEMENT_KINDS)),
    /** Entered by hand after a lost store: when it was sold, as the seller says. In cash only. */
    soldAtSeconds: optionalField(3, u32),
  }),
  harvest: map({
    lot: field(0, uuid),
    commodity: field(1, u32),
    weightGrams: field(2, grams),
    harvestedAtSeconds: field(3, u32),
    declaredOrigin: field(4, declaredOrigin),
    /** 承诺达标合格证: the weight that it covers, and what the promise rests on. */
    certificate: optionalField(5, map({ weightGrams: field(0, grams), promiseBasis: field(1, shortText) })),
  }),
  "outside-goods": map({
    commodity: field(0, u32),
    weightGrams: field(1, grams),
    receivedAtSeconds: field(2, u32),
    declaredOrigin: field(3, declaredOrigin),
    /** Exactly with commodity 0: what the seller calls goods that the terminal's catalogue does not have. */
    name: optionalField(4, text(32, 1)),
  }),
  waste: map({
    commodity: field(0, u32),
    /** Only where the seller says of which lot it was. */
    lot: field(1, uuidOrNone),
    weightGrams: field(2, grams),
    wastedAtSeconds: field(3, u32),
    /** Numbered as in the record. */
    reason: field(4, choice({ spoiled: 0, damaged: 1, "own-use": 2, "sent-back": 3, other: 4 })),
    /** Exactly for goods sent back: the line that had brought them. */
    sentBackOf: optionalField(5, row({ saleRecordId: recordId, lineIndex: uint(SALE_LINES_MAX - 1) })),
  }),
  "stock-take": map({
    commodity: field(0, u32),
    /** 0: sold out. */
    countedGrams: field(1, u32),
    countedAtSeconds: field(2, u32),
  }),
  void: map({
    counter: field(0, u32),
    reason: field(1, choice(VOID_REASONS)),
  }),
  arrival: map({
    saleRecordId: field(0, recordId),
    lineIndex: field(1, uint(SALE_LINES_MAX - 1)),
    /** 0 only when the goods are refused or bought privately. */
    acceptedGrams: field(2, u32),
    acceptedAtSeconds: field(3, u32),
    outcome: field(4, choice({ accepted: 0, private: 1, refused: 2 })),
  }),
  snapshot: map({
    snapshot: field(0, bytes(1, UPLOAD_BODY_BYTES_MAX)),
    signature: field(1, bytes(SIGNATURE_BYTES)),
  }),
  inspection: map({
    sampleNumber: field(0, shortText),
    commodity: field(1, u32),
    lot: field(2, uuidOrNone),
    sampledAtSeconds: field(3, u32),
    testedAtSeconds: field(4, u32),
    /** 酶抑制率法. */
    method: field(5, shortText),
    /** With its own limit: GB/T 5009.199-2003 says 50 %, NY/T 448-2001 70 %. */
    standard: field(6, shortText),
    limitPermille: field(7, uint(1000)),
    /** A strong enzyme preparation can read above its blank, hence above 1,000. */
    inhibitionPermille: field(8, uint(2000)),
    /** Numbered as in the record. A test that is done again is another inspection. */
    conclusion: field(9, choice({ passed: 1, failed: 2 })),
    instrument: field(10, shortText),
    testerRole: field(11, shortText),
    /** The inspection that this one repeats: its upload's id. */
    retestOf: optionalField(12, uuid),
    channel: optionalField(13, text(16, 1)),
    reviewerRole: optionalField(14, shortText),
    /** SHA-256 of a photo that the gateway has. */
    photo: optionalField(15, bytes(32)),
  }),
  cancel: map({ counter: field(0, u32) }),
} as const satisfies Record<UploadKind, Shape<unknown>>

type Shapes = typeof UPLOAD_BODY_SHAPES

/** The body of one kind: `UploadBody<"sale">`. */
export type UploadBody<Kind extends UploadKind = UploadKind> = ShapeOf<Shapes[Kind]>

/** @throws RangeError for a body that no parser would take. */
export function encodeUploadBody<Kind extends UploadKind>(kind: Kind, body: UploadBody<Kind>): Uint8Array {
  return encodeShape(UPLOAD_BODY_SHAPES[kind] as Shape<UploadBody<Kind>>, body)
}

export function parseUploadBody<Kind extends UploadKind>(
  kind: Kind,
  body: Uint8Array,
): Result<UploadBody<Kind>, "upload/malformed-body"> {
  const decoded = decodeShape(UPLOAD_BODY_SHAPES[kind] as Shape<UploadBody<Kind>>, body)
  return decoded.ok ? ok(decoded.value) : err("upload/malformed-body")
}
