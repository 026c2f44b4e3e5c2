import { bigint, date, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant } from "./columns"

/** One try of one payer at one platform to pay one sale. */
export const attempts = pgTable(
  "attempts",
  {
    outTradeNo: text("out_trade_no").notNull(),
    /** UTC day in the number: finds the partition. */
    day: date("day", { mode: "string" }).notNull(),
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    saleDay: date("sale_day", { mode: "string" }).notNull(),
    attempt: smallint("attempt").notNull(),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
    /** In whose session it was opened. */
    buyerId: uuid("buyer_id").notNull(),
    /** jsapi: in the wallet; native: a code that any phone scans; h5: from a browser outside the wallet. */
    method: text("method", { enum: ["jsapi", "native", "h5"] })
      .notNull()
      .default("jsapi"),
    /** h5 only, and only while its order may be sent again: the platform wants to know whose browser it is. */
    clientIp: text("client_ip"),
    /** native and h5: the wallet that paid, as the platform told. */
    walletBuyerId: uuid("wallet_buyer_id"),
    payeeAccount: text("payee_account").notNull(),
    /** Alipay's `app_auth_token` of that account when the attempt was made: still good after the stall's payee changed. */
    payeeAuthToken: text("payee_auth_token"),
    /** Name, in the configuration, of the merchant's own account by which it was made; null: by the service provider. */
    payeeDirectAccount: text("payee_direct_account"),
    amountFen: bigint("amount_fen", { mode: "number" }).notNull(),
    state: text("state", {
      enum: ["prepared", "sent", "unknown", "open", "succeeded", "failed", "closed"],
    }).notNull(),
    /** prepay_id (WeChat Pay) or tradeNO (Alipay), the text of a code, or an address: what the phone needs to pay. */
    platformHandle: text("platform_handle"),
    platformTransactionId: text("platform_transaction_id"),
    /** What the platform says it took; differs from `amountFen` only when something is badly wrong. */
    receivedFen: bigint("received_fen", { mode: "number" }),
    failureCode: text("failure_code"),
    expiresAt: instant("expires_at").notNull(),
    /** Until when a closed attempt is still queried for a late payment. */
    watchUntil: instant("watch_until").notNull(),
    queries: integer("queries").notNull().default(0),
    nextQueryAt: instant("next_query_at"),
    succeededAt: instant("succeeded_at"),
    /** Day in China of the platform's bill that lists it, and the fee that stands there. */
    billedDay: date("billed_day", { mode: "string" }),
    feeFen: bigint("fee_fen", { mode: "number" }),
    version: integer("version").notNull().default(0),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.outTradeNo, t.day] })],
)

/** Money sent back to a payer. The number is made and stored before it is sent, and repeated until the outcome is known. */
export const refunds = pgTable(
  "refunds",
  {
    outRefundNo: text("out_refund_no").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    id: uuid("id").notNull(),
    outTradeNo: text("out_trade_no").notNull(),
    attemptDay: date("attempt_day", { mode: "string" }).notNull(),
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    saleDay: date("sale_day", { mode: "string" }).notNull(),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    platform: text("platform", { enum: ["wechat-pay", "alipay", "cash"] }).notNull(),
    amountFen: bigint("amount_fen", { mode: "number" }).notNull(),
    /** seller: asked for at the stall; second-payment and after-close: sent back by the gateway itself. */
    reason: text("reason", { enum: ["seller", "second-payment", "after-close", "wrong-amount"] }).notNull(),
    goods: text("goods", { enum: ["money-only", "not-handed-over", "returned", "discarded"] }).notNull(),
    /** [[line, grams]] of goods that came back. */
    lines: jsonb("lines").$type<[number, number][]>().notNull(),
    state: text("state", {
      enum: ["prepared", "sent", "unknown", "open", "succeeded", "failed", "closed"],
    }).notNull(),
    platformRefundId: text("platform_refund_id"),
    failureCode: text("failure_code"),
    tries: integer("tries").notNull().default(0),
    nextTryAt: instant("next_try_at"),
    requestedBy: text("requested_by").notNull(),
    recordId: hexBytes("record_id"),
    /** When to try again to make its record, after that failed. */
    recordTryAt: instant("record_try_at"),
    succeededAt: instant("succeeded_at"),
    /** Day in China of the platform's bill that lists it, and the fee that stands there. */
    billedDay: date("billed_day", { mode: "string" }),
    feeFen: bigint("fee_fen", { mode: "number" }),
    version: integer("version").notNull().default(0),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.outRefundNo, t.day] })],
)

/** Which refund of which sale a caller's id names, for ever: the refund's record is named by it. */
export const refundIds = pgTable("refund_ids", {
  id: uuid("id").primaryKey(),
  terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
  counter: bigint("counter", { mode: "number" }).notNull(),
  saleDay: date("sale_day", { mode: "string" }).notNull(),
})

/** Append-only: what was sent to a platform, what it answered, what was concluded. Never a secret, never a whole body. */
export const paymentEvents = pgTable(
  "payment_events",
  {
    id: uuid("id").notNull(),
    day: date("day", { mode: "string" }).notNull(),
    outTradeNo: text("out_trade_no").notNull(),
    outRefundNo: text("out_refund_no"),
    siteId: uuid("site_id").notNull(),
    kind: text("kind").notNull(),
    detail: jsonb("detail").$type<Record<string, string | number | boolean | null>>().notNull(),
    at: instant("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.id, t.day] })],
)

/** One platform's bill of one day in China, held against our books. */
export const reconciliations = pgTable(
  "reconciliations",
  {
    platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    matched: integer("matched").notNull(),
    differences: integer("differences").notNull(),
    paidFen: bigint("paid_fen", { mode: "number" }).notNull(),
    refundedFen: bigint("refunded_fen", { mode: "number" }).notNull(),
    feesFen: bigint("fees_fen", { mode: "number" }).notNull(),
    reconciledAt: instant("reconciled_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.day] })],
)

/** When a platform was last asked for a day's bill, and what became of it. */
export const billReadings = pgTable(
  "bill_readings",
  {
    platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    state: text("state", { enum: ["reconciled", "not-ready", "unknown", "too-large"] }).notNull(),
    /** Of `unknown`: why. */
    cause: text("cause"),
    tries: integer("tries").notNull(),
    triedAt: instant("tried_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.day] })],
)

/** What became of one payee's bill of a day: taken in, with its sums, or what was answered instead. */
export const payeeBills = pgTable(
  "payee_bills",
  {
    platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    /** Empty: the service provider's one bill. */
    account: text("account").notNull(),
    /** Name of the merchant's own account in the configuration; empty: the service provider's. */
    directAccount: text("direct_account").notNull(),
    state: text("state", { enum: ["taken", "absent", "not-ready", "unknown", "too-large"] }).notNull(),
    /** Of `unknown`: why. */
    cause: text("cause"),
    matched: integer("matched").notNull(),
    paidFen: bigint("paid_fen", { mode: "number" }).notNull(),
    refundedFen: bigint("refunded_fen", { mode: "number" }).notNull(),
    feesFen: bigint("fees_fen", { mode: "number" }).notNull(),
    tries: integer("tries").notNull(),
    triedAt: instant("tried_at").notNull(),
    /** When a person was told that it is missing. */
    alarmedAt: instant("alarmed_at"),
  },
  (t) => [primaryKey({ columns: [t.platform, t.day, t.account, t.directAccount] })],
)

/** A difference between a bill and our books, with what is proposed to be done about it. */
export const reconciliationItems = pgTable("reconciliation_items", {
  id: uuid("id").primaryKey(),
  platform: text("platform", { enum: ["wechat-pay", "alipay"] }).notNull(),
  day: date("day", { mode: "string" }).notNull(),
  outTradeNo: text("out_trade_no").notNull(),
  /** Empty for a payment. */
  outRefundNo: text("out_refund_no").notNull(),
  /** Null when nothing here has that number. */
  siteId: uuid("site_id"),
  payeeAccount: text("payee_account").notNull(),
  kind: text("kind", { enum: ["missing-here", "missing-there", "amount-differs", "state-differs"] }).notNull(),
  hereState: text("here_state"),
  hereFen: bigint("here_fen", { mode: "number" }),
  thereState: text("there_state"),
  thereFen: bigint("there_fen", { mode: "number" }),
  repair: text("repair", { enum: ["query-and-settle", "refund", "alarm"] }).notNull(),
  state: text("state", { enum: ["open", "repaired", "alarmed"] }).notNull(),
  repairedBy: text("repaired_by"),
  repairedAt: instant("repaired_at"),
  /** What of it was shown to whoever repaired it: the same again after a lost answer is the same repair. */
  shown: text("shown"),
  createdAt: instant("created_at").notNull(),
})
