import { bigint, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant, rawBytes } from "./columns"

/** The lots that may have been in a pile when a sample was taken from it: what the test speaks for. */
export const testedLots = pgTable(
  "tested_lots",
  { lotId: uuid("lot_id").notNull(), inspectionId: uuid("inspection_id").notNull() },
  (t) => [primaryKey({ columns: [t.lotId, t.inspectionId] })],
)

/** Photos by the SHA-256 of their bytes, without what the camera wrote beside the picture. */
export const photos = pgTable("photos", {
  hash: hexBytes("hash").primaryKey(),
  mediaType: text("media_type", { enum: ["image/jpeg", "image/png"] }).notNull(),
  bytes: rawBytes("bytes").notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: instant("created_at").notNull(),
})

/** A certificate that came with goods that a merchant bought (应当收取), and how much of them it must and may cover. */
export const collectedCertificates = pgTable(
  "collected_certificates",
  {
    saleRecordId: hexBytes("sale_record_id").notNull(),
    line: smallint("line").notNull(),
    certificateId: uuid("certificate_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    siteId: uuid("site_id").notNull(),
    mustGrams: bigint("must_grams", { mode: "number" }).notNull(),
    mayGrams: bigint("may_grams", { mode: "number" }).notNull(),
    collectedAt: instant("collected_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.saleRecordId, t.line, t.certificateId] })],
)

/** A certificate for goods that were mixed or repacked, as it waits for its issuer's signature. */
export const certificateDrafts = pgTable("certificate_drafts", {
  id: uuid("id").primaryKey(),
  siteId: uuid("site_id").notNull(),
  merchantId: uuid("merchant_id").notNull(),
  pileId: hexBytes("pile_id").notNull(),
  commodity: integer("commodity").notNull(),
  reason: text("reason", { enum: ["mixed", "repacked"] }).notNull(),
  grams: bigint("grams", { mode: "number" }).notNull(),
  origin: text("origin").notNull(),
  promiseBasis: text("promise_basis").notNull().default(""),
  /** `[{certificateId, recordId, mustGrams, mayGrams}]`, by record id. */
  parents: jsonb("parents").notNull(),
  /** SHA-256 of what the issuer signs. */
  digest: hexBytes("digest").notNull(),
  state: text("state", { enum: ["draft", "issued", "discarded"] }).notNull(),
  draftedBy: text("drafted_by").notNull(),
  draftedAt: instant("drafted_at").notNull(),
  decidedAt: instant("decided_at"),
  /** Of the certificate, once issued. */
  recordId: hexBytes("record_id"),
})
