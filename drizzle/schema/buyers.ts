import { bigint, date, jsonb, pgTable, primaryKey, smallint, text, unique, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant, rawBytes } from "./columns"

/**
 * A person as one platform's app knows them; never joined across apps without an explicit step. `web`: a browser of
 * which nothing is known, under a random id; whoever pays there becomes known by the platform's own word.
 */
export const buyers = pgTable(
  "buyers",
  {
    id: uuid("id").primaryKey(),
    platform: text("platform", { enum: ["wechat-pay", "alipay", "web"] }).notNull(),
    appId: text("app_id").notNull(),
    openId: text("open_id").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The person asked to be forgotten: since then this is a number and nobody, of platform `web`. */
    forgottenAt: instant("forgotten_at"),
  },
  (t) => [unique("buyers_identity").on(t.platform, t.appId, t.openId)],
)

/** An opaque session; the token itself is only at the phone. */
export const buyerSessions = pgTable("buyer_sessions", {
  tokenHash: hexBytes("token_hash").primaryKey(),
  buyerId: uuid("buyer_id").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
})

/** A buyer's wallet that buys for a merchant, from `validFrom` until ended. */
export const bindings = pgTable("bindings", {
  id: uuid("id").primaryKey(),
  buyerId: uuid("buyer_id").notNull(),
  merchantId: uuid("merchant_id").notNull(),
  siteId: uuid("site_id").notNull(),
  /** Terminal whose signed code was claimed, and which answers. */
  terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
  /** Digest of the signed code's body: a code is claimed once. */
  codeDigest: hexBytes("code_digest").notNull().unique(),
  /** claimed: the phone answered the terminal's code; active: the terminal confirmed. */
  state: text("state", { enum: ["claimed", "active", "ended"] }).notNull(),
  /** Two digits shown on both screens while claimed. */
  checkDigits: text("check_digits").notNull(),
  claimedAt: instant("claimed_at").notNull(),
  /** buyer, merchant, operator, or expired. */
  endedBy: text("ended_by"),
  validFrom: instant("valid_from"),
  validTo: instant("valid_to"),
})

/** A revocable link to one sale's trace: 16 random characters, ≥96 bits. */
export const shares = pgTable("shares", {
  id: text("id").primaryKey(),
  recordId: hexBytes("record_id").notNull(),
  buyerId: uuid("buyer_id"),
  createdAt: instant("created_at").notNull(),
  revokedAt: instant("revoked_at"),
})

/** A platform's picture that opens a share in its mini-program: asked for once. */
export const shareCodes = pgTable(
  "share_codes",
  {
    shareId: text("share_id").notNull(),
    platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
    mediaType: text("media_type", { enum: ["image/jpeg", "image/png"] }).notNull(),
    bytes: rawBytes("bytes").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.shareId, t.platform] })],
)

/**
 * Two identities of one person, joined because that person said so on both. Not a merge: each stays what it is, and the
 * row ends when either wants it to.
 */
export const buyerJoins = pgTable("buyer_joins", {
  id: uuid("id").primaryKey(),
  /** Shows the code. */
  offeredBy: uuid("offered_by").notNull(),
  /** Typed it. */
  claimedBy: uuid("claimed_by"),
  codeHash: hexBytes("code_hash").notNull().unique(),
  state: text("state", { enum: ["offered", "claimed", "active", "ended"] }).notNull(),
  /** Two digits that both screens show once it is claimed. */
  checkDigits: text("check_digits").notNull(),
  offeredAt: instant("offered_at").notNull(),
  /** Until then it must be claimed and confirmed on both. */
  expiresAt: instant("expires_at").notNull(),
  offererConfirmedAt: instant("offerer_confirmed_at"),
  claimerConfirmedAt: instant("claimer_confirmed_at"),
  endedAt: instant("ended_at"),
  endedBy: uuid("ended_by"),
})

export const problemKinds = [
  "short-weight",
  "spoiled",
  "other-goods",
  "origin-doubted",
  "overcharged",
  "made-ill",
  "other",
] as const

/** What a buyer says is wrong with a purchase, once a kind, and what the market's office answers. */
export const purchaseProblems = pgTable(
  "purchase_problems",
  {
    id: uuid("id").primaryKey(),
    /** Null once its buyer is forgotten. */
    buyerId: uuid("buyer_id"),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    kind: text("kind", { enum: problemKinds }).notNull(),
    /** In the buyer's words; emptied when the buyer is forgotten. */
    said: text("said").notNull(),
    state: text("state", { enum: ["open", "answered"] }).notNull(),
    answer: text("answer"),
    answeredBy: text("answered_by"),
    answeredAt: instant("answered_at"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [unique("purchase_problems_once").on(t.terminalId, t.counter, t.kind)],
)

/** At most three photos of a report, each sealed by a key of the gateway's: a copy of the database shows nothing. */
export const problemPhotos = pgTable(
  "problem_photos",
  {
    problemId: uuid("problem_id").notNull(),
    /** 0 to 2. */
    position: smallint("position").notNull(),
    mediaType: text("media_type", { enum: ["image/jpeg", "image/png"] }).notNull(),
    /** Nonce ‖ AES-256-GCM of the bytes with its tag. */
    sealed: rawBytes("sealed").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.problemId, t.position] })],
)

/** That somebody was forgotten and how much of theirs went, under the request's own id; not who it was. */
export const forgettings = pgTable("forgettings", {
  id: uuid("id").primaryKey(),
  counts: jsonb("counts").$type<Record<string, number>>().notNull(),
  at: instant("at").notNull(),
})
