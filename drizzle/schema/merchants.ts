import { bigint, boolean, integer, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

/** Who sells at a stall. The stall lasts; its terminals come and go. */
export const merchants = pgTable("merchants", {
  id: uuid("id").primaryKey(),
  siteId: uuid("site_id").notNull(),
  stallNumber: text("stall_number").notNull(),
  name: text("name").notNull(),
  /** 8 bytes: stands for the stall in public sections. */
  alias: hexBytes("alias").notNull(),
  state: text("state", { enum: ["active", "suspended"] }).notNull(),
  /** What the stall looks like: SHA-256 of the picture, in `photos`. */
  photo: hexBytes("photo"),
  /** By its terminal's clock, of the last photo that it sent: the next one's is later. */
  photoRequestedAtMs: bigint("photo_requested_at_ms", { mode: "number" }).notNull().default(0),
  createdAt: instant("created_at").notNull(),
})

/** Where a platform settles a merchant's money. Funds go there directly; nothing is pooled. */
export const payeeAccounts = pgTable(
  "payee_accounts",
  {
    merchantId: uuid("merchant_id").notNull(),
    platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
    /** WeChat Pay: sub_mchid, or the merchant's own mchid. Alipay: the seller's user id. */
    account: text("account").notNull(),
    /** Alipay service-provider mode only: the merchant's app_auth_token. */
    authToken: text("auth_token"),
    /** Name, in the configuration, of the account that collects with its own keys; null: through the service provider. */
    directAccount: text("direct_account"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.platform] })],
)

/** A change of payee account: proposed by one person, approved by another, in force after a delay that the stall sees. */
export const payeeChanges = pgTable("payee_changes", {
  id: uuid("id").primaryKey(),
  merchantId: uuid("merchant_id").notNull(),
  siteId: uuid("site_id").notNull(),
  platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
  account: text("account").notNull(),
  authToken: text("auth_token"),
  directAccount: text("direct_account"),
  state: text("state", { enum: ["proposed", "approved", "applied", "withdrawn"] }).notNull(),
  proposedBy: text("proposed_by").notNull(),
  approvedBy: text("approved_by"),
  createdAt: instant("created_at").notNull(),
  /** When the job puts it in force; set on approval. */
  appliesAt: instant("applies_at"),
})

/** A one-time code by which a tablet becomes a stall's terminal; only its hash is kept. */
export const claimCodes = pgTable("claim_codes", {
  codeHash: hexBytes("code_hash").primaryKey(),
  merchantId: uuid("merchant_id").notNull(),
  siteId: uuid("site_id").notNull(),
  createdBy: text("created_by").notNull(),
  /** Development only: the terminal is active at once, without a person who compares fingerprints. */
  confirmed: boolean("confirmed").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  usedAt: instant("used_at"),
  /** The enrolment that used it: a repeat after a lost answer finds its terminal. */
  terminalId: bigint("terminal_id", { mode: "number" }),
})

/** Scoped token of a machine or, in development, of an operator; only its hash is kept. */
export const accessTokens = pgTable("access_tokens", {
  tokenHash: hexBytes("token_hash").primaryKey(),
  /** Names the token in lists and when it is revoked. */
  id: uuid("id").notNull().unique(),
  /** What it is for, in its issuer's words. */
  label: text("label").notNull(),
  kind: text("kind", { enum: ["operator", "inspector", "machine"] }).notNull(),
  actorId: text("actor_id").notNull(),
  participantId: uuid("participant_id"),
  /** Empty: every site. */
  siteIds: uuid("site_ids").array().notNull(),
  scopes: text("scopes").array().notNull(),
  issuedBy: text("issued_by").notNull(),
  createdAt: instant("created_at").notNull(),
  expiresAt: instant("expires_at").notNull(),
  revokedAt: instant("revoked_at"),
})

/** Failures against a claim code, PIN or token from one address: bounds guessing. */
export const guessLimits = pgTable(
  "guess_limits",
  {
    subject: text("subject").notNull(),
    windowStartsAt: instant("window_starts_at").notNull(),
    failures: integer("failures").notNull(),
  },
  (t) => [primaryKey({ columns: [t.subject, t.windowStartsAt] })],
)

/** One catalogue of what is traded. */
export const commodities = pgTable("commodities", {
  code: integer("code").primaryKey(),
  nameZh: text("name_zh").notNull(),
  nameEn: text("name_en").notNull(),
  synonyms: text("synonyms").array().notNull(),
  /** First letters of its name in pinyin, lower case: how a seller finds it with few keys. */
  initials: text("initials").notNull().default(""),
  shelfLifeHours: integer("shelf_life_hours").notNull(),
  catalogueVersion: smallint("catalogue_version").notNull(),
})
