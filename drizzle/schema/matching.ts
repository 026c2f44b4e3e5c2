import { bigint, date, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

/** A name of goods that the catalogue did not know, until a person says what it means. */
export const unmappedNames = pgTable("unmapped_names", {
  id: uuid("id").primaryKey(),
  /** As names are compared: without blanks at its ends, in lower case. */
  name: text("name").notNull().unique(),
  state: text("state", { enum: ["open", "mapped", "dismissed"] }).notNull(),
  /** What it was mapped to. */
  commodity: integer("commodity"),
  /** Why it was dismissed. */
  reason: text("reason"),
  decidedBy: text("decided_by"),
  decidedAt: instant("decided_at"),
  firstSeenAt: instant("first_seen_at").notNull(),
})

/** Who said it: each upload once, however often it came again. */
export const unmappedMentions = pgTable(
  "unmapped_mentions",
  {
    nameId: uuid("name_id").notNull(),
    /** The upload's id, or the caller's. */
    mentionId: uuid("mention_id").notNull(),
    /** As it was written. */
    said: text("said").notNull(),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    source: text("source", { enum: ["outside-goods", "terminal"] }).notNull(),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.nameId, t.mentionId] })],
)

/** A wallet that buys at a wholesale stall as a merchant would: counts under a name that means nothing elsewhere. */
export const bindingProposals = pgTable(
  "binding_proposals",
  {
    id: uuid("id").primaryKey(),
    /** Of the stall that sells. */
    siteId: uuid("site_id").notNull(),
    sellerMerchantId: uuid("seller_merchant_id").notNull(),
    /** 8 bytes, keyed by wallet and stall: the same wallet at another stall has another. */
    pseudonym: hexBytes("pseudonym").notNull(),
    purchases: integer("purchases").notNull(),
    days: integer("days").notNull(),
    /** What each of those purchases weighed at least. */
    leastGrams: bigint("least_grams", { mode: "number" }).notNull(),
    commodities: integer("commodities").notNull(),
    lastDay: date("last_day", { mode: "string" }).notNull(),
    state: text("state", { enum: ["new", "invited", "dismissed", "bound"] }).notNull(),
    proposedAt: instant("proposed_at").notNull(),
    decidedBy: text("decided_by"),
    decidedAt: instant("decided_at"),
    note: text("note"),
  },
  (t) => [unique("binding_proposals_once").on(t.sellerMerchantId, t.pseudonym)],
)
