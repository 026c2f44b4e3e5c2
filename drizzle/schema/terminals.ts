import { bigint, index, integer, pgSequence, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant, rawBytes } from "./columns"

/** Serials of terminal ids: a sequence never gives a number twice, not even after a rollback. */
export const terminalSerials = pgSequence("terminal_serials", { startWith: 1, minValue: 1, maxValue: 4_294_967_295 })

/** One row is one enrolment: a lost store or a new tablet gets a new id. */
export const terminals = pgTable("terminals", {
  /** 5 bytes: region u8, serial u32. */
  id: bigint("id", { mode: "number" }).primaryKey(),
  merchantId: uuid("merchant_id").notNull(),
  siteId: uuid("site_id").notNull(),
  state: text("state", { enum: ["claimed", "active", "suspended", "revoked"] }).notNull(),
  algorithm: text("algorithm", { enum: ["ed25519", "p256"] }).notNull(),
  /** Unique: a key belongs to one enrolment. */
  publicKey: hexBytes("public_key").notNull().unique(),
  /** Learned from authenticated broker exchanges: gateway time minus terminal time. */
  clockOffsetMs: bigint("clock_offset_ms", { mode: "number" }).notNull().default(0),
  clockLearnedAt: instant("clock_learned_at"),
  /** What the terminal said, by its clock, when its offset was last believed a little smaller. */
  clockLoweredAtMs: bigint("clock_lowered_at_ms", { mode: "number" }),
  /** The offset by which what it had said until then was placed: what it says later is never placed before that. */
  clockLoweredFromMs: bigint("clock_lowered_from_ms", { mode: "number" }),
  lastSeenAt: instant("last_seen_at"),
  lastIssuedAt: instant("last_issued_at"),
  lastCounter: bigint("last_counter", { mode: "number" }).notNull().default(0),
  /** Raised on suspend and revoke; broker tokens carry it. */
  tokenEpoch: integer("token_epoch").notNull().default(0),
  /** Newest request for a broker token, by the terminal's clock: an older one is a repeat. */
  tokenRequestedAtMs: bigint("token_requested_at_ms", { mode: "number" }).notNull().default(0),
  /** State that TerminalRegistry is known to hold; null until the key has been entered there. */
  registeredState: text("registered_state", { enum: ["active", "suspended", "revoked"] }),
  /** Transaction that entered the key into TerminalRegistry; null until it is in a block. */
  registeredTx: text("registered_tx"),
  /** Key that TerminalRegistry holds under this id; null until it is there, and while it is there for another. */
  registeredKey: hexBytes("registered_key"),
  /** When the registry was last read for this terminal. */
  registryReadAt: instant("registry_read_at"),
  createdAt: instant("created_at").notNull(),
  stateChangedAt: instant("state_changed_at").notNull(),
})

/** What a terminal had for sale, signed by it: slot → commodity, lot, declared origin, pack weight. */
export const snapshots = pgTable(
  "snapshots",
  {
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    hash: hexBytes("hash").notNull(),
    /** First 8 bytes of the hash: what a pay code carries. */
    prefix: hexBytes("prefix").notNull(),
    siteId: uuid("site_id").notNull(),
    bytes: rawBytes("bytes").notNull(),
    signature: hexBytes("signature").notNull(),
    issuedAt: instant("issued_at").notNull(),
    receivedAt: instant("received_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.terminalId, t.hash] })],
)

/** Uploads other than sales, which are named by their own codes: a repeated one has the answer it had. */
export const uploads = pgTable("uploads", {
  uploadId: uuid("upload_id").primaryKey(),
  terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
  /** SHA-256 of kind and body. */
  bodyHash: hexBytes("body_hash").notNull(),
  refusal: text("refusal"),
  receivedAt: instant("received_at").notNull(),
})

/** Second tablets that may read what a terminal's customer is shown: invited, paired by a code, ended for ever. */
export const displays = pgTable(
  "displays",
  {
    /** Made by the terminal. */
    id: uuid("id").primaryKey(),
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    codeHash: hexBytes("code_hash").notNull().unique(),
    codeExpiresAt: instant("code_expires_at").notNull(),
    /** SHA-256 of what the second tablet shows to get its tokens; null until it is paired. */
    secretHash: hexBytes("secret_hash"),
    createdAt: instant("created_at").notNull(),
    pairedAt: instant("paired_at"),
    endedAt: instant("ended_at"),
  },
  (t) => [index("displays_terminal").on(t.terminalId)],
)
