/**
 * A step of a recall (召回): who did what and when is for ever, and so is what the scope was at that moment. The set and
 * the scope stand as digests: which sales, and whose, stays at the gateway (docs/specs/recall.md).
 */
import { choice, field, list, map, optionalField, row, type ShapeOf, uint } from "../../codec/shape"
import { alias, grams, hash, secondsSince2024, uint32, uuid } from "./fields"

export const RECALL_ACTIONS = { drafted: 1, approved: 2, activated: 3, extended: 4, closed: 5, withdrawn: 6 } as const
export type RecallAction = keyof typeof RECALL_ACTIONS

/** What fits an entry of 4,096 bytes beside the rest; the digest of the set covers all of them. */
export const RECALL_LOTS_SHOWN_MAX = 200

export const recallStepPublic = map({
  recall: field(0, uuid),
  /** From 1, without gaps. */
  step: field(1, uint(0xffff, 1)),
  action: field(2, choice(RECALL_ACTIONS)),
  atSeconds: field(3, secondsSince2024),
  /** Keyed: says nothing about the person, but shows that a second one approved. */
  actorAlias: field(4, alias),
  /** Left out for a recall in earnest. */
  drill: optionalField(5, uint(1, 1)),
  /** SHA-256 of the set's sources, as the gateway writes them. */
  setDigest: field(6, hash),
  /** The set's lots, as many as are shown, ascending. */
  lots: field(7, list(uuid, RECALL_LOTS_SHOWN_MAX)),
  /** What may hold some of the set, as known at the step: one element, or none. */
  scope: field(8, list(row({ digest: hash, sales: uint32, mayGrams: grams }), 1)),
})
export type RecallStepPublic = ShapeOf<typeof recallStepPublic>
