import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

/** Goods declared together, at harvest. */
export const lots = pgTable("lots", {
  id: uuid("id").primaryKey(),
  siteId: uuid("site_id").notNull(),
  merchantId: uuid("merchant_id").notNull(),
  commodity: integer("commodity").notNull(),
  grams: bigint("grams", { mode: "number" }).notNull(),
  harvestedAt: instant("harvested_at").notNull(),
  /** By the shelf life that the catalogue gave its commodity then; null for lots of before, and for no other. */
  expiresAt: instant("expires_at"),
  declaredOrigin: text("declared_origin").notNull(),
  regionCode: text("region_code").notNull(),
  recordId: hexBytes("record_id").notNull(),
  createdAt: instant("created_at").notNull(),
})

/** 承诺达标合格证: the producer's signed promise. */
export const certificates = pgTable("certificates", {
  id: uuid("id").primaryKey(),
  lotId: uuid("lot_id").notNull(),
  siteId: uuid("site_id").notNull(),
  commodity: integer("commodity").notNull(),
  grams: bigint("grams", { mode: "number" }).notNull(),
  origin: text("origin").notNull(),
  issuedAt: instant("issued_at").notNull(),
  promiseBasis: text("promise_basis").notNull(),
  recordId: hexBytes("record_id").notNull(),
  /** Of goods that were mixed or repacked: whose, and the pile that they lay in; `lotId` is then its own id. */
  merchantId: uuid("merchant_id"),
  pileId: hexBytes("pile_id"),
})

/** A rapid test (快检), with the standard whose limit it applies. */
export const inspections = pgTable("inspections", {
  id: uuid("id").primaryKey(),
  siteId: uuid("site_id").notNull(),
  merchantId: uuid("merchant_id").notNull(),
  pileId: hexBytes("pile_id").notNull(),
  lotId: uuid("lot_id"),
  commodity: integer("commodity").notNull(),
  sampleNumber: text("sample_number").notNull(),
  sampledAt: instant("sampled_at").notNull(),
  testedAt: instant("tested_at").notNull(),
  method: text("method").notNull(),
  standard: text("standard").notNull(),
  limitPermille: integer("limit_permille").notNull(),
  inhibitionPermille: integer("inhibition_permille").notNull(),
  conclusion: text("conclusion", { enum: ["passed", "failed"] }).notNull(),
  instrument: text("instrument").notNull(),
  testerRole: text("tester_role").notNull(),
  recordId: hexBytes("record_id").notNull(),
  channel: text("channel"),
  reviewerRole: text("reviewer_role"),
  /** SHA-256 of its photo. */
  photo: hexBytes("photo"),
  /** The test that this one repeats, and the first of all that hang together so; none: nobody repeated it. */
  retestOf: uuid("retest_of"),
  chainId: uuid("chain_id"),
  /** The one of the chain that counts; null for that one. */
  supersededBy: uuid("superseded_by"),
  /** The inspector's id, or `terminal:<hex>`. */
  enteredBy: text("entered_by"),
  /** It failed, and what it may cover was not proposed for recall yet. */
  recallDue: boolean("recall_due").notNull().default(false),
  /** By the books nothing was there: when to look again; null: at once. */
  recallTryAt: instant("recall_try_at"),
  recallId: uuid("recall_id"),
  /** When to look (again) at what may have been in the sampled pile; null: what that was is settled. */
  sourcesDueAt: instant("sources_due_at").defaultNow(),
  /** Revision of the pile when that was found out. */
  sourcesRevision: bigint("sources_revision", { mode: "number" }),
})

/** One merchant's stock of one commodity, or of one lot where lots are kept apart. */
export const piles = pgTable("piles", {
  id: hexBytes("id").primaryKey(),
  siteId: uuid("site_id").notNull(),
  merchantId: uuid("merchant_id").notNull(),
  commodity: integer("commodity").notNull(),
  lotId: uuid("lot_id"),
  alias: hexBytes("alias").notNull(),
  createdAt: instant("created_at").notNull(),
  /** Effective time of the newest event. */
  lastAt: instant("last_at"),
  /** The least that can be there by the book: as long as it is not exceeded, nothing of before is revised. */
  bookGrams: bigint("book_grams", { mode: "number" }).notNull().default(0),
  /** How often something was stored that may change what was true of the pile before its newest event. */
  revision: bigint("revision", { mode: "number" }).notNull().default(0),
  /** How often more left than the book had: ranges of before are revised, what is in the pile now is not. */
  shortfalls: bigint("shortfalls", { mode: "number" }).notNull().default(0),
  /** Effective time of the newest stock-take: no shortfall says anything of before. */
  countedAt: instant("counted_at"),
})

/** What went into a pile and out of it. Ranges are never stored: they are a pure function of these rows. */
export const pileEvents = pgTable(
  "pile_events",
  {
    pileId: hexBytes("pile_id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    effectiveAt: instant("effective_at").notNull(),
    /** 0 in, 1 out, 2 counted: in this order where they are of the same instant. */
    direction: smallint("direction").notNull(),
    recordId: hexBytes("record_id").notNull(),
    line: smallint("line").notNull(),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    commodity: integer("commodity").notNull(),
    gramsLow: bigint("grams_low", { mode: "number" }).notNull(),
    gramsHigh: bigint("grams_high", { mode: "number" }).notNull(),
    /** A sale or waste is an outflow; a void takes one back that was never handed over; a count is a stock-take. */
    source: text("source", { enum: ["lot", "unknown", "purchase", "return", "outflow", "void", "count"] }).notNull(),
    /** What was harvested; of an outflow, what the seller chose. */
    lotId: uuid("lot_id"),
    /** What a purchase, return or void names: pile, record and line of the outflow. */
    upstreamPileId: hexBytes("upstream_pile_id"),
    upstreamRecordId: hexBytes("upstream_record_id"),
    upstreamLine: smallint("upstream_line"),
    /** Of a purchase, and of nothing else: when that outflow left. It may have arrived later. */
    leftAt: instant("left_at"),
  },
  // Its index holds what is read of a pile, too (0049_pile_event_reads).
  (t) => [primaryKey({ columns: [t.pileId, t.day, t.effectiveAt, t.recordId, t.line] })],
)

/**
 * Which purchases are of a pile's goods: the rows of `pileEvents` that are purchases, of all days together and by the pile that
 * was bought from. Triggers keep it as those rows are (0047_pile_purchases).
 */
export const pilePurchases = pgTable(
  "pile_purchases",
  {
    upstreamPileId: hexBytes("upstream_pile_id").notNull(),
    leftAt: instant("left_at").notNull(),
    pileId: hexBytes("pile_id").notNull(),
    effectiveAt: instant("effective_at").notNull(),
    recordId: hexBytes("record_id").notNull(),
    line: smallint("line").notNull(),
    upstreamRecordId: hexBytes("upstream_record_id").notNull(),
    upstreamLine: smallint("upstream_line").notNull(),
  },
  (t) => [
    primaryKey({
      name: "pile_purchases_pk",
      columns: [t.upstreamPileId, t.leftAt, t.pileId, t.effectiveAt, t.recordId, t.line],
    }),
  ],
)

/**
 * How often something was stored that may change what was true of a pile since an instant, which is a stock-take, the
 * beginning, or when goods left that came back: `revisions` in any way, `shortfalls` where only ranges of before change and what is in the pile now does not.
 */
export const pileRevisions = pgTable(
  "pile_revisions",
  {
    pileId: hexBytes("pile_id").notNull(),
    since: instant("since").notNull(),
    revisions: bigint("revisions", { mode: "number" }).notNull(),
    shortfalls: bigint("shortfalls", { mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.pileId, t.since] })],
)

/**
 * What a pile held as of its newest event by then, a row for each UTC day on which somebody found out, so that nobody need
 * walk its history again. It can always be computed anew: it counts only while nothing revised
 * the pile, or those that supplied it, as they were by then.
 */
export const pileDays = pgTable(
  "pile_days",
  {
    pileId: hexBytes("pile_id").notNull(),
    /** Of `at`. */
    day: date("day", { mode: "string" }).notNull(),
    at: instant("at").notNull(),
    /** Of the pile as it was until `at`, when this was computed. */
    revisions: bigint("revisions", { mode: "number" }).notNull(),
    shortfalls: bigint("shortfalls", { mode: "number" }).notNull(),
    state: jsonb("state").notNull(),
    /** Of its `carry`. */
    grams: bigint("grams", { mode: "number" }).generatedAlwaysAs(sql`((state -> 'carry') ->> 'grams')::bigint`),
    lowGrams: bigint("low_grams", { mode: "number" }).generatedAlwaysAs(
      sql`((state -> 'carry') ->> 'lowGrams')::bigint`,
    ),
    /** Lots of which some may be there still (`trace/lots-left`); null where that was not found out, which says nothing. */
    lotsLeft: uuid("lots_left").array(),
    suppliers: hexBytes("suppliers").array().notNull(),
    /** Until when each of them matters. */
    supplierUntil: instant("supplier_until").array().notNull(),
    /** Revisions and shortfalls of each as it was until then, added up. */
    supplierRevisions: bigint("supplier_revisions", { mode: "number" }).array().notNull(),
  },
  // With what a recall reads of many (0039_recall_openings): at, revisions, both weights.
  (t) => [primaryKey({ columns: [t.pileId, t.day] }), index("pile_days_grams").on(t.pileId, t.day)],
)

/**
 * What happened in a pile on a UTC day until some time of it, with outflows that nothing tells apart as one of their sum, so
 * that a recall need not read each. It counts only while nothing revised the pile as it was until then.
 */
export const pileSums = pgTable(
  "pile_sums",
  {
    pileId: hexBytes("pile_id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    until: instant("until").notNull(),
    /** Of the pile as it was until then, when this was summed. */
    revisions: bigint("revisions", { mode: "number" }).notNull(),
    /** As `trace/pile-sums` writes them. */
    events: json("events").notNull(),
    /** The outflows that these events name. */
    namedPile: hexBytes("named_pile").array().notNull(),
    namedRecord: hexBytes("named_record").array().notNull(),
    namedLine: smallint("named_line").array().notNull(),
    /** The newest of these events. */
    lastAt: instant("last_at"),
    /** When it was last counted as sold out; null: not on that day. */
    clearedAt: instant("cleared_at"),
  },
  // With when it was cleared, for recalls (0035_recall_parts).
  (t) => [primaryKey({ columns: [t.pileId, t.day] }), index("pile_sums_by_day").on(t.day)],
)

/**
 * What a line of a sale held that another merchant bought, and the way that it had come: one row a trade between
 * merchants, never one a bag. Can be computed anew like a pile's state, and counts under the same condition.
 */
export const boughtOrigins = pgTable(
  "bought_origins",
  {
    recordId: hexBytes("record_id").notNull(),
    line: smallint("line").notNull(),
    /** The record's. */
    day: date("day", { mode: "string" }).notNull(),
    pileId: hexBytes("pile_id").notNull(),
    /** Null: not computed yet. */
    origins: jsonb("origins"),
    suppliers: hexBytes("suppliers").array(),
    supplierUntil: instant("supplier_until").array(),
    supplierRevisions: bigint("supplier_revisions", { mode: "number" }).array(),
  },
  (t) => [primaryKey({ columns: [t.recordId, t.line, t.day] })],
)

/** A sale line that a bound merchant bought, waiting for the buyer's terminal to accept it. */
export const purchases = pgTable("purchases", {
  id: uuid("id").primaryKey(),
  buyerMerchantId: uuid("buyer_merchant_id").notNull(),
  siteId: uuid("site_id").notNull(),
  saleRecordId: hexBytes("sale_record_id").notNull(),
  line: smallint("line").notNull(),
  commodity: integer("commodity").notNull(),
  grams: bigint("grams", { mode: "number" }).notNull(),
  pileId: hexBytes("pile_id").notNull(),
  upstreamPileId: hexBytes("upstream_pile_id").notNull(),
  effectiveAt: instant("effective_at").notNull(),
  state: text("state", { enum: ["offered", "accepted", "private", "refused"] }).notNull(),
  acceptedGrams: bigint("accepted_grams", { mode: "number" }),
  /** Effective time of the newest answer, and its record. */
  decidedAt: instant("decided_at"),
  answerRecordId: hexBytes("answer_record_id"),
  /** When the certificates that came with it were collected. */
  collectedAt: instant("collected_at"),
  /** When they are looked for once more: records of where the goods came from, or of a certificate, may come late. */
  collectDueAt: instant("collect_due_at"),
})

/**
 * What a refund says came back, as it was said. In whose piles that is which events depends on who had bought the goods,
 * and on what they answer; see `trace/project-purchase`.
 */
export const returnedGoods = pgTable(
  "returned_goods",
  {
    refundRecordId: hexBytes("refund_record_id").notNull(),
    line: smallint("line").notNull(),
    saleRecordId: hexBytes("sale_record_id").notNull(),
    /** That they had left. */
    pileId: hexBytes("pile_id").notNull(),
    effectiveAt: instant("effective_at").notNull(),
    gramsLow: bigint("grams_low", { mode: "number" }).notNull(),
    gramsHigh: bigint("grams_high", { mode: "number" }).notNull(),
    /** They were thrown away at once. */
    isDiscarded: boolean("is_discarded").notNull(),
  },
  (t) => [primaryKey({ columns: [t.refundRecordId, t.line] })],
)

/**
 * That a pile's business day was looked at for its statement, and what was known then: it need not be looked at again
 * while nothing was added to the day, and nothing revised the pile or those that supplied it.
 */
export const statedDays = pgTable(
  "stated_days",
  {
    pileId: hexBytes("pile_id").notNull(),
    businessDay: date("business_day", { mode: "string" }).notNull(),
    /** Of the pile's newest event, or the day's end when that was later. */
    lastAt: instant("last_at").notNull(),
    /** Of the pile as it was until the day's end. */
    revisions: bigint("revisions", { mode: "number" }).notNull(),
    /** Null, of before: they were too many to be kept, and the day is looked at again. */
    suppliers: hexBytes("suppliers").array(),
    supplierUntil: instant("supplier_until").array(),
    supplierRevisions: bigint("supplier_revisions", { mode: "number" }).array(),
  },
  (t) => [primaryKey({ columns: [t.pileId, t.businessDay] })],
)

/** The newest origin statement of a pile and business day. */
export const originStatements = pgTable(
  "origin_statements",
  {
    pileId: hexBytes("pile_id").notNull(),
    businessDay: date("business_day", { mode: "string" }).notNull(),
    version: integer("version").notNull(),
    siteId: uuid("site_id").notNull(),
    recordId: hexBytes("record_id").notNull(),
    inflows: jsonb("inflows").notNull(),
    issuedAt: instant("issued_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.pileId, t.businessDay, t.version] })],
)
