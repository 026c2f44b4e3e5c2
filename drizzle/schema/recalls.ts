import { bigint, boolean, date, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

/** Goods to be withdrawn, and how far that has come. */
export const recalls = pgTable("recalls", {
  id: uuid("id").primaryKey(),
  /** Where the first of its goods came from: the site that its records stand under. */
  siteId: uuid("site_id").notNull(),
  state: text("state", { enum: ["draft", "approved", "active", "closed", "withdrawn"] }).notNull(),
  isDrill: boolean("is_drill").notNull(),
  /** As it was asked for: a lot, a base, a region, an inspection. */
  asked: jsonb("asked").notNull(),
  /** What that meant when it was drafted: lots, and inflows of unknown goods. */
  sources: jsonb("sources").notNull(),
  setDigest: hexBytes("set_digest").notNull(),
  reason: text("reason").notNull(),
  proposedBy: text("proposed_by").notNull(),
  approvedBy: text("approved_by"),
  /** The scope as frozen when it was approved, and again by each extension. */
  frozen: jsonb("frozen"),
  /** Steps recorded; each raises it. */
  step: integer("step").notNull(),
  /** When somebody began to look: what a drill is timed from. */
  startedAt: instant("started_at").notNull(),
  firstPageAt: instant("first_page_at"),
  approvedAt: instant("approved_at"),
  activatedAt: instant("activated_at"),
  /** When every stall's terminals had been told for the first time, as far as the broker knows. */
  stallsToldAt: instant("stalls_told_at"),
  endedAt: instant("ended_at"),
})

/** One step of a recall with the record that tells of it. */
export const recallSteps = pgTable(
  "recall_steps",
  {
    recallId: uuid("recall_id").notNull(),
    step: integer("step").notNull(),
    action: text("action", {
      enum: ["drafted", "approved", "activated", "extended", "closed", "withdrawn"],
    }).notNull(),
    actorId: text("actor_id").notNull(),
    at: instant("at").notNull(),
    recordId: hexBytes("record_id").notNull(),
    scopeDigest: hexBytes("scope_digest"),
  },
  (t) => [primaryKey({ columns: [t.recallId, t.step] })],
)

/** What a recall reached in one pile, as frozen. */
export const recallPiles = pgTable(
  "recall_piles",
  {
    recallId: uuid("recall_id").notNull(),
    pileId: hexBytes("pile_id").notNull(),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    commodity: integer("commodity").notNull(),
    lotId: uuid("lot_id"),
    sales: integer("sales").notNull(),
    /** Those that hold more by the seller's own word than the books had, and so much more. */
    claimedSales: integer("claimed_sales").notNull().default(0),
    claimedGrams: bigint("claimed_grams", { mode: "number" }).notNull().default(0),
    mayGrams: bigint("may_grams", { mode: "number" }).notNull(),
    expectedGrams: bigint("expected_grams", { mode: "number" }).notNull(),
    stockMayGrams: bigint("stock_may_grams", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.recallId, t.pileId] })],
)

/** What a stall may not sell for now, the whole list under one version: terminals keep the newest. */
export const stallHolds = pgTable("stall_holds", {
  merchantId: uuid("merchant_id").primaryKey(),
  version: integer("version").notNull(),
  holds: jsonb("holds").notNull(),
})

/** An identity of a buyer to be told of a recall, once. */
export const recallNotices = pgTable(
  "recall_notices",
  {
    id: uuid("id").primaryKey(),
    recallId: uuid("recall_id").notNull(),
    buyerId: uuid("buyer_id").notNull(),
    state: text("state", { enum: ["waiting", "sent", "read", "not-permitted", "failed", "unknown"] }).notNull(),
    /** One of the buyer's sales: its platform transaction permits an Alipay message. */
    saleRecordId: hexBytes("sale_record_id").notNull(),
    saleDay: date("sale_day", { mode: "string" }).notNull(),
    /** By the seller's own word alone: the books say that none of it can be in that sale. */
    isClaimed: boolean("is_claimed").notNull().default(false),
    platformMessageId: text("platform_message_id"),
    failureCode: text("failure_code"),
    tries: integer("tries").notNull(),
    nextTryAt: instant("next_try_at"),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at"),
    readAt: instant("read_at"),
  },
  (t) => [unique("recall_notices_once").on(t.recallId, t.buyerId)],
)

/** A buyer's leave to be sent one message; WeChat gives one a tap. */
export const messageConsents = pgTable("message_consents", {
  id: uuid("id").primaryKey(),
  buyerId: uuid("buyer_id").notNull(),
  /** What the buyer was asked about; empty of before it was kept. */
  templateId: text("template_id").notNull().default(""),
  givenAt: instant("given_at").notNull(),
  /** The notice it is used for: taken before it is sent, and by one only. */
  usedBy: uuid("used_by"),
  /** When the platform said that it is not there: taken back, or used by a message of which nothing was heard. */
  voidAt: instant("void_at"),
})
