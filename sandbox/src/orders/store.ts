/**
 * Orders, refunds, buyers and notifications in one SQLite file. Every change is committed before an answer leaves,
 * so a killed sandbox starts again with the same books.
 */
import { Database } from "bun:sqlite"
import { alipay, type Platform, wechat } from "../accounts"
import type { Order, Refund } from "./order"

const schema = `
CREATE TABLE IF NOT EXISTS orders (platform TEXT, order_no TEXT, trade_no TEXT, prepay_id TEXT, state TEXT, expires_at_ms INTEGER,
  amount_fen INTEGER, refunded_fen INTEGER, paid_at_ms INTEGER, created_at_ms INTEGER, body TEXT, PRIMARY KEY (platform, order_no)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS orders_prepay ON orders (platform, prepay_id);
CREATE UNIQUE INDEX IF NOT EXISTS orders_trade ON orders (platform, trade_no);
CREATE INDEX IF NOT EXISTS orders_expiring ON orders (expires_at_ms) WHERE state = 'open';
CREATE TABLE IF NOT EXISTS refunds (platform TEXT, order_no TEXT, refund_no TEXT, state TEXT, due_at_ms INTEGER, amount_fen INTEGER,
  body TEXT, PRIMARY KEY (platform, order_no, refund_no)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refunds_number ON refunds (platform, refund_no);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (due_at_ms) WHERE state = 'processing';
CREATE TABLE IF NOT EXISTS buyers (id INTEGER PRIMARY KEY, name TEXT) STRICT;
CREATE TABLE IF NOT EXISTS notifications (id TEXT PRIMARY KEY, next_at_ms INTEGER, body TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (next_at_ms) WHERE next_at_ms IS NOT NULL;
`

interface Row {
  body: string
}

function read<T>(row: Row | null): T | undefined {
  return row === null ? undefined : (JSON.parse(row.body) as T)
}

/** A file of before direct merchants: all was the service provider's, in the app. */
const before = { way: "jsapi", hidden: false } as const

function orderOf(body: string): Order {
  const order = JSON.parse(body) as Order
  const collector = order.platform === "wechat-pay" ? wechat.spMchid : alipay.appId
  return { ...before, ...order, collector: order.collector ?? collector }
}

function readOrder(row: Row | null): Order | undefined {
  return row === null ? undefined : orderOf(row.body)
}

export class Store {
  readonly database: Database

  constructor(path: string) {
    this.database = new Database(path, { create: true })
    this.database.run("PRAGMA journal_mode = WAL")
    this.database.run("PRAGMA synchronous = NORMAL")
    for (const statement of schema.split(";\n")) if (statement.trim() !== "") this.database.run(statement)
  }

  close(): void {
    this.database.close()
  }

  saveOrder(order: Order): void {
    this.database
      .query("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        order.platform,
        order.orderNo,
        order.tradeNo,
        order.prepayId,
        order.state,
        order.expiresAtMs,
        order.amountFen,
        order.refundedFen,
        order.paidAtMs,
        order.createdAtMs,
        JSON.stringify(order),
      )
  }

  order(platform: Platform, orderNo: string): Order | undefined {
    return readOrder(
      this.database
        .query<Row, [string, string]>("SELECT body FROM orders WHERE platform = ? AND order_no = ?")
        .get(platform, orderNo),
    )
  }

  orderByPrepayId(platform: Platform, prepayId: string): Order | undefined {
    return readOrder(
      this.database
        .query<Row, [string, string]>("SELECT body FROM orders WHERE platform = ? AND prepay_id = ?")
        .get(platform, prepayId),
    )
  }

  orderByTradeNo(platform: Platform, tradeNo: string): Order | undefined {
    return readOrder(
      this.database
        .query<Row, [string, string]>("SELECT body FROM orders WHERE platform = ? AND trade_no = ?")
        .get(platform, tradeNo),
    )
  }

  /** Newest first. */
  orders(limit: number): Order[] {
    return this.database
      .query<Row, [number]>("SELECT body FROM orders ORDER BY created_at_ms DESC, order_no DESC LIMIT ?")
      .all(limit)
      .map((row) => orderOf(row.body))
  }

  /** Orders by code that nobody has paid yet, newest first. */
  openCodes(limit: number): Order[] {
    return this.database
      .query<Row, [number]>(
        "SELECT body FROM orders WHERE state = 'open' AND body LIKE '%\"way\":\"native\"%' ORDER BY created_at_ms DESC LIMIT ?",
      )
      .all(limit)
      .map((row) => orderOf(row.body))
  }

  openOrdersExpiredBy(platform: Platform, nowMs: number): Order[] {
    return this.database
      .query<Row, [string, number]>(
        "SELECT body FROM orders WHERE platform = ? AND state = 'open' AND expires_at_ms <= ? LIMIT 200",
      )
      .all(platform, nowMs)
      .map((row) => orderOf(row.body))
  }

  ordersPaidIn(platform: Platform, fromMs: number, toMs: number): Order[] {
    return this.database
      .query<Row, [string, number, number]>(
        "SELECT body FROM orders WHERE platform = ? AND paid_at_ms >= ? AND paid_at_ms < ? ORDER BY order_no",
      )
      .all(platform, fromMs, toMs)
      .map((row) => orderOf(row.body))
  }

  /** Those that ended then, and those that were asked for then and have not ended. */
  refundsIn(platform: Platform, fromMs: number, toMs: number): Refund[] {
    return this.database
      .query<Row, [string]>("SELECT body FROM refunds WHERE platform = ? ORDER BY refund_no")
      .all(platform)
      .map((row) => JSON.parse(row.body) as Refund)
      .filter(({ settledAtMs, createdAtMs }) => {
        const atMs = settledAtMs ?? createdAtMs
        return atMs >= fromMs && atMs < toMs
      })
  }

  saveRefund(refund: Refund): void {
    this.database
      .query("INSERT OR REPLACE INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(
        refund.platform,
        refund.orderNo,
        refund.refundNo,
        refund.state,
        refund.dueAtMs,
        refund.amountFen,
        JSON.stringify(refund),
      )
  }

  /** By the merchant's refund number alone, as WeChat Pay keeps them: unique under one service provider. */
  refund(platform: Platform, refundNo: string): Refund | undefined {
    return read(
      this.database
        .query<Row, [string, string]>("SELECT body FROM refunds WHERE platform = ? AND refund_no = ?")
        .get(platform, refundNo),
    )
  }

  refundsOf(platform: Platform, orderNo: string): Refund[] {
    return this.database
      .query<Row, [string, string]>("SELECT body FROM refunds WHERE platform = ? AND order_no = ?")
      .all(platform, orderNo)
      .map((row) => JSON.parse(row.body) as Refund)
  }

  refundsDueBy(nowMs: number): Refund[] {
    return this.database
      .query<Row, [number]>("SELECT body FROM refunds WHERE state = 'processing' AND due_at_ms <= ? LIMIT 200")
      .all(nowMs)
      .map((row) => JSON.parse(row.body) as Refund)
  }

  /** Σ money received and Σ money given back, in fen, by platform. */
  books(platform: Platform): { receiptsFen: number; refundsFen: number; paidOrders: number; refunds: number } {
    const paid = this.database
      .query<{ fen: number | null; n: number }, [string]>(
        "SELECT sum(amount_fen) AS fen, count(*) AS n FROM orders WHERE platform = ? AND paid_at_ms IS NOT NULL",
      )
      .get(platform)
    const returned = this.database
      .query<{ fen: number | null; n: number }, [string]>(
        "SELECT sum(amount_fen) AS fen, count(*) AS n FROM refunds WHERE platform = ? AND state = 'succeeded'",
      )
      .get(platform)
    return {
      receiptsFen: paid?.fen ?? 0,
      refundsFen: returned?.fen ?? 0,
      paidOrders: paid?.n ?? 0,
      refunds: returned?.n ?? 0,
    }
  }

  addBuyer(name: string): number {
    return Number(this.database.query("INSERT INTO buyers (name) VALUES (?)").run(name).lastInsertRowid)
  }

  buyers(): { id: number; name: string }[] {
    return this.database.query<{ id: number; name: string }, []>("SELECT id, name FROM buyers ORDER BY id").all()
  }

  buyer(id: number): { id: number; name: string } | undefined {
    return (
      this.database.query<{ id: number; name: string }, [number]>("SELECT id, name FROM buyers WHERE id = ?").get(id) ??
      undefined
    )
  }

  saveNotification(id: string, nextAtMs: number | null, body: string): void {
    this.database.query("INSERT OR REPLACE INTO notifications VALUES (?, ?, ?)").run(id, nextAtMs, body)
  }

  notificationsDueBy(nowMs: number, limit: number): string[] {
    return this.database
      .query<Row, [number, number]>("SELECT body FROM notifications WHERE next_at_ms <= ? ORDER BY next_at_ms LIMIT ?")
      .all(nowMs, limit)
      .map((row) => row.body)
  }

  notifications(): string[] {
    return this.database
      .query<Row, []>("SELECT body FROM notifications ORDER BY id")
      .all()
      .map((row) => row.body)
  }
}
