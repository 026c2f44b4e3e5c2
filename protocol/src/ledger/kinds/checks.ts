/** Kinds that vouch for goods: the rapid test (快检) and the producer's certificate (承诺达标合格证). */
import { choice, field, list, map, optionalField, row, type ShapeOf, text, uint } from "../../codec/shape"
import { alias, grams, hash, recordIdBytes, secondsSince2024, uint32, uuid } from "./fields"

export const CONCLUSIONS = { passed: 1, failed: 2 } as const

/** Each result carries its own standard and limit: GB/T 5009.199 says 500 ‰, NY/T 448 700 ‰. No person is named. */
export const inspectionPublic = map({
  siteNumber: field(0, uint32),
  pileAlias: field(1, alias),
  lot: optionalField(2, uuid),
  commodity: field(3, uint32),
  sampleNumber: field(4, text(64, 1)),
  sampledAtSeconds: field(5, secondsSince2024),
  testedAtSeconds: field(6, secondsSince2024),
  method: field(7, text(64, 1)),
  standard: field(8, text(64, 1)),
  limitPermille: field(9, uint(1000)),
  /** A strong enzyme preparation can read above its blank, hence no upper bound at 1,000. */
  inhibitionPermille: field(10, uint(2000)),
  conclusion: field(11, choice(CONCLUSIONS)),
  instrument: field(12, text(64)),
  testerRole: field(13, text(64, 1)),
  /** The test that this one repeats (复检). The newest of such a chain counts; none of them is forgotten. */
  retestOf: optionalField(14, recordIdBytes),
  /** SHA-256 of a photo that stays at the gateway. */
  photo: optionalField(15, hash),
  channel: optionalField(16, text(16, 1)),
  reviewerRole: optionalField(17, text(64, 1)),
})
export type InspectionPublic = ShapeOf<typeof inspectionPublic>

/** What fits an entry of 4,096 bytes beside the rest. */
export const CERTIFICATE_PARENTS_MAX = 100

export const certificatePublic = map({
  /** The lot; of goods that were mixed or repacked the certificate's own id, for they are of no one lot. */
  lot: field(0, uuid),
  commodity: field(1, uint32),
  grams: field(2, grams),
  origin: field(3, text(64, 1)),
  issuedAtSeconds: field(4, secondsSince2024),
  promiseBasis: field(5, text(64, 1)),
  issuerAlias: field(6, alias),
  /** Salted by the gateway: the certificate names a contact, the ledger must not. */
  contactHash: field(7, hash),
  /** Of goods that were mixed or repacked (混装/分装): the pile that they lay in. */
  pileAlias: optionalField(8, alias),
  /** With it: the certificates that this one rests on, ascending, and how much of each must and may be in the goods. */
  parents: optionalField(
    9,
    list(row({ certificate: recordIdBytes, mustGrams: grams, mayGrams: grams }), CERTIFICATE_PARENTS_MAX, 1),
  ),
})
export type CertificatePublic = ShapeOf<typeof certificatePublic>
