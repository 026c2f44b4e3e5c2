/**
 * Snapshots, catalogues and origin statements can be longer than an entry of 4,096 bytes: they are then recorded
 * in parts, each a record of its own whose natural key ends with the part's number.
 */
import { bytes, field, list, map, optionalField, row, type ShapeOf, text, uint } from "../../codec/shape"
import {
  alias,
  day,
  grams,
  hash,
  recordIdBytes,
  secondsSince2024,
  signature,
  terminalId,
  uint16,
  uint32,
} from "./fields"

export const PARTS_MAX = 64

/** 0 … parts − 1. */
const part = uint(PARTS_MAX - 1)
const parts = uint(PARTS_MAX, 1)

/** Leaves room for the fields around it in one entry. */
export const SNAPSHOT_PART_BYTES_MAX = 3_600

/** What a terminal says it sells, signed by it: nobody can turn its cabbage into pork later. */
export const snapshotPublic = map({
  terminal: field(0, terminalId),
  /** SHA-256 of the whole snapshot; a pay code carries its first 8 bytes. */
  hash: field(1, hash),
  /** The terminal's, over `SYN1` ‖ network ‖ hash. */
  signature: field(2, signature),
  part: field(3, part),
  parts: field(4, parts),
  bytes: field(5, bytes(1, SNAPSHOT_PART_BYTES_MAX)),
})
export type SnapshotPublic = ShapeOf<typeof snapshotPublic>

export const catalogueEntryShape = row({ code: uint32, zh: text(32, 1), en: text(64, 1), shelfLifeHours: uint16 })

/** Names of commodities, by version. Codes ascend, over all parts of a version as well. */
export const cataloguePublic = map({
  version: field(0, uint32),
  part: field(1, part),
  parts: field(2, parts),
  entries: field(3, list(catalogueEntryShape, 200, 1)),
})
export type CataloguePublic = ShapeOf<typeof cataloguePublic>

/** A lot's id, or the id by which the trace engine names a source. */
const sourceId = bytes(16)

/** More stand in further rows of the same inflow. */
export const INFLOW_SOURCES_MAX = 64

export const inflowShape = row({
  recordId: recordIdBytes,
  atSeconds: secondsSince2024,
  grams,
  sources: list(row({ source: sourceId, lowGrams: grams, highGrams: grams }), INFLOW_SOURCES_MAX),
})

export const lossShape = row({ atSeconds: secondsSince2024, grams })

/** Which upstream records may have gone into a pile on a business day. Replaced by a later version, never changed. */
export const originStatementPublic = map({
  pileAlias: field(0, alias),
  businessDay: field(1, day),
  version: field(2, uint32),
  /** The first part of the version that this one replaces. */
  replaces: optionalField(3, recordIdBytes),
  part: field(4, part),
  parts: field(5, parts),
  inflows: field(6, list(inflowShape, 200)),
  losses: field(7, list(lossShape, 500)),
})
export type OriginStatementPublic = ShapeOf<typeof originStatementPublic>
