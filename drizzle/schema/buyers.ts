import { bigint, pgTable, text, unique, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

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
