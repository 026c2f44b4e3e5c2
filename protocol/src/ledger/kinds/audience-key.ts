/**
 * The day's key of one audience, wrapped to its members. This kind's public section stands in the entry in the
 * clear: the wrapping is its protection, and a member must be able to read it before holding any key.
 * How it is wrapped: docs/specs/sealing.md.
 */
import { bytes, choice, field, list, map, row, type ShapeOf } from "../../codec/shape"
import { day, uint32 } from "./fields"

/** 80 bytes and a few more each: what fits an entry of 4,096 bytes. More recipients take another record. */
export const WRAPS_MAX = 40
export const AUDIENCE_ORGANISATIONS_MAX = 40

export const audienceKeyPublic = map({
  log: field(0, uint32),
  /** UTC day since 1970-01-01 for whose batches the key is used. */
  day: field(1, day),
  section: field(2, choice({ public: 1, commercial: 2 })),
  /** Organisation numbers, strictly ascending; none for `public`, whose audience is every member. */
  organisations: field(3, list(uint32, AUDIENCE_ORGANISATIONS_MAX)),
  /** By organisation, strictly ascending. */
  wraps: field(4, list(row({ organisation: uint32, encapsulated: bytes(32), wrapped: bytes(48) }), WRAPS_MAX, 1)),
})
export type AudienceKeyPublic = ShapeOf<typeof audienceKeyPublic>
