import { boolean, date, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core"
import { instant } from "./columns"

/** Something in the books that somebody must look at: once for a kind, a subject and a day, with evidence that may grow. */
export const alarms = pgTable(
  "alarms",
  {
    id: uuid("id").primaryKey(),
    kind: text("kind", {
      enum: [
        "unknown-share",
        "sold-above-bought",
        "impossible-speed",
        "own-wallet",
        "round-amounts",
        "terminal-copied",
        "registry-differs",
        "sealing-key",
        "upload-given-up",
        "payment",
        "stray-rows",
      ],
    }).notNull(),
    /** What it is about, by an id that names no person: `merchant:commodity`, a terminal, a number at a platform. */
    subject: text("subject").notNull(),
    /** Business day of the site; UTC day where there is no site. */
    day: date("day", { mode: "string" }).notNull(),
    /** Null: of no site, for those who act at every one. */
    siteId: uuid("site_id"),
    merchantId: uuid("merchant_id"),
    state: text("state", { enum: ["new", "looked-at", "explained", "confirmed"] }).notNull(),
    /** False: what arrived since explains it by itself. */
    holds: boolean("holds").notNull(),
    /** As `api/src/alarms/evidence.ts` says for its kind; no personal data. */
    evidence: jsonb("evidence").notNull(),
    /** Raised with each change of the evidence: a decision names the one that it was made by. */
    version: integer("version").notNull(),
    raisedAt: instant("raised_at").notNull(),
    changedAt: instant("changed_at").notNull(),
    /** Of the newest decision; those of before are in the audit trail. */
    decidedBy: text("decided_by"),
    decidedAt: instant("decided_at"),
    note: text("note"),
  },
  (t) => [unique("alarms_once").on(t.kind, t.subject, t.day)],
)

/** A site's business day as it was when it was judged last (`api/src/alarms/judged-days.ts`). */
export const judgedDays = pgTable(
  "judged_days",
  {
    siteId: uuid("site_id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    mark: text("mark").notNull(),
    judgedAt: instant("judged_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.day] })],
)
