/**
 * Records: a typed object of each kind and its CBOR sections, in both directions (docs/specs/records.md, rules
 * TR-n). What a section may hold is declared in `kinds/`; unknown, missing and extra keys are refused.
 * Left out: what a record means for a pile (`trace/`), and who may read which section (`sealing`).
 */
import { decodeShape, encodeShape, type Shape, type ShapeError } from "../codec/shape"
import type { Result } from "../result"
import { err, ok } from "../result"
import { audienceKeyPublic } from "./kinds/audience-key"
import { bindingPublic } from "./kinds/binding"
import { certificatePublic, inspectionPublic } from "./kinds/checks"
import { cataloguePublic, originStatementPublic, snapshotPublic } from "./kinds/parts"
import { recallStepPublic } from "./kinds/recall"
import {
  refundCommercial,
  refundPersonal,
  refundPublic,
  saleCommercial,
  salePersonal,
  salePublic,
  voidPublic,
} from "./kinds/sale"
import { arrivalPublic, harvestPublic, outsideGoodsPublic, stockTakePublic, wastePublic } from "./kinds/stock"
import { findContradiction, type RecordContradiction } from "./record-consistency"
import type { RecordKind, SectionName, Sections } from "./record-kind"
import type { LedgerRecord, OpenedRecord, WrittenKind } from "./record-types"

export type RecordError =
  /** The number is reserved: no section of that kind is defined yet. */
  | { readonly code: "record/kind-not-written" }
  /** The kind has no such section. */
  | { readonly code: "record/section-not-allowed"; readonly section: SectionName }
  | { readonly code: "record/section-malformed"; readonly section: SectionName; readonly reason: ShapeError }
  | { readonly code: "record/contradicts-itself"; readonly reason: RecordContradiction }

/** This table forgets the types of the sections; `LedgerRecord` has them. */
type SectionShapes = Readonly<{ public: Shape<unknown>; commercial?: Shape<unknown>; personal?: Shape<unknown> }>

const SECTION_SHAPES: Readonly<Record<WrittenKind, SectionShapes>> = {
  sale: { public: salePublic, commercial: saleCommercial, personal: salePersonal },
  refund: { public: refundPublic, commercial: refundCommercial, personal: refundPersonal },
  harvest: { public: harvestPublic },
  "outside-goods": { public: outsideGoodsPublic },
  waste: { public: wastePublic },
  "stock-take": { public: stockTakePublic },
  void: { public: voidPublic },
  arrival: { public: arrivalPublic },
  snapshot: { public: snapshotPublic },
  catalogue: { public: cataloguePublic },
  binding: { public: bindingPublic },
  inspection: { public: inspectionPublic },
  certificate: { public: certificatePublic },
  "origin-statement": { public: originStatementPublic },
  "recall-step": { public: recallStepPublic },
  "audience-key": { public: audienceKeyPublic },
}

export function isWrittenKind(kind: RecordKind): kind is WrittenKind {
  return SECTION_SHAPES[kind as WrittenKind] !== undefined
}

/** Whether entries of this kind have a sealed commercial section: all of them have it, or none. */
export function hasCommercial(kind: WrittenKind): boolean {
  return SECTION_SHAPES[kind].commercial !== undefined
}

/** @throws RangeError for a record outside its shapes, or one that contradicts itself. */
export function encodeRecord(record: LedgerRecord): Sections {
  const contradiction = findContradiction(record)
  if (contradiction !== undefined) throw new RangeError(`${record.kind} record: ${contradiction}`)
  return {
    public: encodeSection(record, "public")!,
    commercial: encodeSection(record, "commercial"),
    personal: encodeSection(record, "personal"),
  }
}

function encodeSection(record: LedgerRecord, section: SectionName): Uint8Array | undefined {
  const shape = SECTION_SHAPES[record.kind][section]
  const value = (record as Readonly<Partial<Record<SectionName, unknown>>>)[section]
  if (shape === undefined || (value === undefined && section === "personal")) return undefined
  try {
    return encodeShape(shape, value)
  } catch (cause) {
    throw new RangeError(`${record.kind} record, ${section} section: ${(cause as Error).message}`)
  }
}

/** What a reader was given; the others stay closed. */
export interface OpenedSections {
  readonly public: Uint8Array
  readonly commercial?: Uint8Array | undefined
  readonly personal?: Uint8Array | undefined
}

export function decodeRecord(kind: RecordKind, sections: OpenedSections): Result<OpenedRecord, RecordError> {
  if (!isWrittenKind(kind)) return err({ code: "record/kind-not-written" })
  const record: Record<string, unknown> = { kind }
  for (const section of ["public", "commercial", "personal"] as const) {
    const bytes = sections[section]
    if (bytes === undefined) continue
    const shape = SECTION_SHAPES[kind][section]
    if (shape === undefined) return err({ code: "record/section-not-allowed", section })
    const value = decodeShape(shape, bytes)
    if (!value.ok) return err({ code: "record/section-malformed", section, reason: value.error })
    record[section] = value.value
  }
  // The table above gave each section the shape that the union has for this kind.
  const opened = record as unknown as OpenedRecord
  const contradiction = findContradiction(opened)
  return contradiction === undefined ? ok(opened) : err({ code: "record/contradicts-itself", reason: contradiction })
}
