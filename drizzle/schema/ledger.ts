import { bigint, date, integer, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant, rawBytes } from "./columns"

/** Everything that a rebuild needs, as opened sections; sealed once, then submitted unchanged. */
export const records = pgTable(
  "records",
  {
    recordId: hexBytes("record_id").notNull(),
    /** UTC day in the id: finds the partition. */
    day: date("day", { mode: "string" }).notNull(),
    kind: smallint("kind").notNull(),
    siteId: uuid("site_id").notNull(),
    /** Organisations that the record concerns, by number. */
    concerned: integer("concerned").array().notNull(),
    publicBytes: rawBytes("public_bytes").notNull(),
    commercialBytes: rawBytes("commercial_bytes"),
    /** Nulled to forget; the commitment stays. */
    personalBytes: rawBytes("personal_bytes"),
    personalSalt: hexBytes("personal_salt"),
    state: text("state", { enum: ["pending", "sealed", "anchored", "confirmed"] }).notNull(),
    entry: rawBytes("entry"),
    log: integer("log"),
    sequence: bigint("sequence", { mode: "number" }),
    leaf: integer("leaf"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.recordId, t.day] })],
)

/** One append of one log. The payload is stored before it is sent and never changes. */
export const batches = pgTable(
  "batches",
  {
    log: integer("log").notNull(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    previousHead: hexBytes("previous_head").notNull(),
    head: hexBytes("head").notNull(),
    root: hexBytes("root").notNull(),
    count: integer("count").notNull(),
    concerned: integer("concerned").array().notNull(),
    payload: rawBytes("payload").notNull(),
    state: text("state", { enum: ["sealed", "submitted", "anchored"] }).notNull(),
    /** Raw signed transaction and its nonce, stored before it is sent. */
    rawTransaction: rawBytes("raw_transaction"),
    nonce: integer("nonce"),
    transactionHash: hexBytes("transaction_hash"),
    submittedAt: instant("submitted_at"),
    blockNumber: bigint("block_number", { mode: "number" }),
    blockHash: hexBytes("block_hash"),
    anchoredAt: instant("anchored_at"),
    sealedAt: instant("sealed_at").notNull(),
    /** Of its records; null in batches of before. */
    firstDay: date("first_day", { mode: "string" }),
    lastDay: date("last_day", { mode: "string" }),
  },
  (t) => [primaryKey({ columns: [t.log, t.sequence] })],
)
