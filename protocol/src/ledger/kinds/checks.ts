/** Kinds that vouch for goods: the rapid test (快检) and the producer's certificate (承诺达标合格证). */
import { choice, field, map, optionalField, type ShapeOf, text, uint } from "../../codec/shape"
import { alias, grams, hash, secondsSince2024, uint32, uuid } from "./fields"

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
})
export type InspectionPublic = ShapeOf<typeof inspectionPublic>

export const certificatePublic = map({
  lot: field(0, uuid),
  commodity: field(1, uint32),
  grams: field(2, grams),
  origin: field(3, text(64, 1)),
  issuedAtSeconds: field(4, secondsSince2024),
  promiseBasis: field(5, text(64, 1)),
  issuerAlias: field(6, alias),
  /** Salted by the gateway: the certificate names a contact, the ledger must not. */
  contactHash: field(7, hash),
})
export type CertificatePublic = ShapeOf<typeof certificatePublic>
