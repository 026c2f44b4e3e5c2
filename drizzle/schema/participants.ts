import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

/** An organisation of the consortium: a base's operator, a market's operator, the regulator, a gateway's operator. */
export const participants = pgTable("participants", {
  id: uuid("id").primaryKey(),
  /** Names the organisation on the chain, up to 2^31 − 1 of its u32; the log id of a gateway's organisation. */
  number: integer("number").notNull().unique(),
  name: text("name").notNull(),
  nameEn: text("name_en").notNull(),
  role: text("role", { enum: ["base", "wholesale", "market", "gateway", "regulator"] }).notNull(),
  /** X25519 public key as the operator entered it. */
  sealingKey: hexBytes("sealing_key"),
  /** As ParticipantRegistry last had it, set by the organisation itself: what audience keys are wrapped to. */
  registeredSealingKey: hexBytes("registered_sealing_key"),
  /** As ParticipantRegistry last had it; null until the organisation is there. */
  registeredState: text("registered_state", { enum: ["active", "suspended"] }),
  /** When the registry was last read for this organisation. */
  registryReadAt: instant("registry_read_at"),
  createdAt: instant("created_at").notNull(),
})

/** A place run by one organisation. */
export const sites = pgTable("sites", {
  id: uuid("id").primaryKey(),
  number: integer("number").notNull().unique(),
  participantId: uuid("participant_id").notNull(),
  kind: text("kind", { enum: ["base", "wholesale", "market"] }).notNull(),
  name: text("name").notNull(),
  nameEn: text("name_en").notNull(),
  /** GB/T 2260 area code, six digits. */
  regionCode: text("region_code").notNull(),
  zone: text("zone").notNull(),
  /** Minutes after local midnight at which the business day starts (market 0, wholesale 720). */
  dayStartsAtMinutes: integer("day_starts_at_minutes").notNull(),
  /** Millionths of a degree, WGS 84; null: not known. */
  latitudeMicrodegrees: integer("latitude_microdegrees"),
  longitudeMicrodegrees: integer("longitude_microdegrees"),
  createdAt: instant("created_at").notNull(),
})
