/**
 * Kinds that put goods into a pile, take them out without a payment, or say what is there: harvest, outside goods, the
 * acceptance of a purchase; waste and goods sent back; stock-takes.
 */
import { bytesOrNone, choice, field, map, optionalField, row, type ShapeOf } from "../../codec/shape"
import {
  ALIAS_BYTES,
  alias,
  declaredOrigin,
  grams,
  recordIdBytes,
  secondsSince2024,
  uint8,
  uint32,
  uuid,
} from "./fields"

export const harvestPublic = map({
  siteNumber: field(0, uint32),
  effectiveAtSeconds: field(1, secondsSince2024),
  lot: field(2, uuid),
  pileAlias: field(3, alias),
  commodity: field(4, uint32),
  grams: field(5, grams),
  declaredOrigin: field(6, declaredOrigin),
  certificate: optionalField(7, recordIdBytes),
})
export type HarvestPublic = ShapeOf<typeof harvestPublic>

/** Goods that no record of ours explains: an inflow of unknown origin, whatever was declared. */
export const outsideGoodsPublic = map({
  siteNumber: field(0, uint32),
  effectiveAtSeconds: field(1, secondsSince2024),
  pileAlias: field(2, alias),
  commodity: field(3, uint32),
  grams: field(4, grams),
  declaredOrigin: field(5, declaredOrigin),
})
export type OutsideGoodsPublic = ShapeOf<typeof outsideGoodsPublic>

export const ARRIVAL_OUTCOMES = { accepted: 0, private: 1, refused: 2 } as const

/** A buyer's answer to an offered purchase, and later corrections: they may only lower the weight. */
export const arrivalPublic = map({
  saleRecordId: field(0, recordIdBytes),
  lineIndex: field(1, uint8),
  acceptedGrams: field(2, grams),
  effectiveAtSeconds: field(3, secondsSince2024),
  outcome: field(4, choice(ARRIVAL_OUTCOMES)),
  /** None for a private purchase: it enters no pile. */
  buyerPileAlias: field(5, bytesOrNone(ALIAS_BYTES)),
})
export type ArrivalPublic = ShapeOf<typeof arrivalPublic>

/** Why goods left without a payment. `sent-back`: to the merchant who had sold them. */
export const WASTE_REASONS = { spoiled: 0, damaged: 1, "own-use": 2, "sent-back": 3, other: 4 } as const
export type WasteReason = keyof typeof WASTE_REASONS

export const wastePublic = map({
  siteNumber: field(0, uint32),
  effectiveAtSeconds: field(1, secondsSince2024),
  pileAlias: field(2, alias),
  commodity: field(3, uint32),
  grams: field(4, grams),
  reason: field(5, choice(WASTE_REASONS)),
  /** Only where the seller chose one: the goods were of this lot. */
  lot: optionalField(6, uuid),
  /** Exactly for goods sent back: the line that had brought them, and the pile that gets them. */
  sentBack: optionalField(7, row({ saleRecordId: recordIdBytes, lineIndex: uint8, supplierPileAlias: alias })),
})
export type WastePublic = ShapeOf<typeof wastePublic>

/** What a pile weighed when it was counted; 0 is "sold out". */
export const stockTakePublic = map({
  siteNumber: field(0, uint32),
  effectiveAtSeconds: field(1, secondsSince2024),
  pileAlias: field(2, alias),
  commodity: field(3, uint32),
  grams: field(4, grams),
})
export type StockTakePublic = ShapeOf<typeof stockTakePublic>
