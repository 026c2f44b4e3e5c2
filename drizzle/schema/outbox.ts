import { bigint, date, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core"
import { instant } from "./columns"

/** Messages written in the domain's transaction and relayed after it: at least once, newest version wins. */
export const outbox = pgTable(
  "outbox",
  {
    id: uuid("id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    /** terminal: MQTT to a terminal; buyer: server-sent events. */
    channel: text("channel", { enum: ["terminal", "buyer"] }).notNull(),
    /** terminal id in hex, or <terminal>/<counter> of a sale. */
    recipient: text("recipient").notNull(),
    topic: text("topic").notNull(),
    version: integer("version").notNull(),
    payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
    tries: integer("tries").notNull().default(0),
    nextTryAt: instant("next_try_at").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.id, t.day] })],
)

/** Who did what to what; append-only. */
export const audit = pgTable(
  "audit",
  {
    id: uuid("id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    siteId: uuid("site_id"),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id").notNull(),
    verb: text("verb").notNull(),
    subject: text("subject").notNull(),
    detail: jsonb("detail").$type<Record<string, unknown>>().notNull(),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.id, t.day] })],
)

/** A named duty that one process holds; each write under it checks the fence. */
export const leases = pgTable("leases", {
  name: text("name").primaryKey(),
  holder: text("holder").notNull(),
  fence: bigint("fence", { mode: "number" }).notNull(),
  until: instant("until").notNull(),
})
