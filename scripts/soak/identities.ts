// What must be true of a market that has come to rest, whatever was done to it: no sale lost, none doubled, the money
// adds up, every settled sale has one record, every record one batch.
import { toHex } from "@suyuan/protocol/codec/bytes"
import { parseBatch } from "@suyuan/protocol/ledger/batch"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { ISql } from "postgres"

export type SaleName = { readonly terminalId: number; readonly counter: number }

/** What somebody knows of a sale from outside the gateway. */
export type KnownSale = SaleName & {
  /** By phone or in cash. */
  readonly isPaid?: boolean
  /** Its terminal has nothing left to say: every upload was acknowledged. */
  readonly isUploaded?: boolean
}

/** What a platform took for an order, and gave back. */
type OrderBooks = { readonly orderNo: string; readonly receivedFen: number; readonly refundedFen: number }

export type Witnesses = {
  readonly sql: ISql
  /** Of both payment platforms together. */
  readonly books: { readonly receiptsFen: number; readonly refundsFen: number }
  /** Of both platforms, order by order; undefined where nobody can tell. */
  readonly orders?: readonly OrderBooks[]
  /** Those that must be there. */
  readonly sales: readonly KnownSale[]
  /** Ids of all records that the chain holds, each as often as it stands there; undefined where there is no chain. */
  readonly onChain?: readonly string[]
}

export type Identity = { readonly name: string; readonly holds: boolean; readonly detail: string }

export async function checkIdentities(witnesses: Witnesses): Promise<Identity[]> {
  return [
    await noSaleLost(witnesses),
    await noSaleDoubled(witnesses),
    await moneyAddsUp(witnesses),
    ...(witnesses.orders === undefined ? [] : [await everyOrderAgrees(witnesses, witnesses.orders)]),
    await oneRecordASale(witnesses),
    await oneRecordARefund(witnesses),
    await oneBatchARecord(witnesses),
    ...(witnesses.onChain === undefined ? [] : [await onChainOnce(witnesses, witnesses.onChain)]),
    await purchasesAsEvents(witnesses),
  ]
}

const nameOf = ({ terminalId, counter }: SaleName) => `${terminalId}/${counter}`

/** It is there, paid when somebody paid it, and has its terminal's word when that was acknowledged. */
async function noSaleLost({ sql, sales }: Witnesses): Promise<Identity> {
  const rows = await sql`
    SELECT terminal_id || '/' || counter AS name, state, uploaded_at IS NOT NULL AS "isUploaded" FROM sales`
  const stored = new Map(rows.map(({ name, ...row }) => [String(name), row]))
  const wrong = sales.flatMap((sale) => {
    const row = stored.get(nameOf(sale))
    if (row === undefined) return `${nameOf(sale)} is absent`
    if (sale.isPaid && row.state !== "paid") return `${nameOf(sale)} is ${row.state}`
    return sale.isUploaded && !row.isUploaded ? `${nameOf(sale)} has no upload` : []
  })
  return { name: "no sale lost", holds: wrong.length === 0, detail: `${sales.length} known, wrong: ${listed(wrong)}` }
}

async function noSaleDoubled({ sql }: Witnesses): Promise<Identity> {
  const rows = await sql`
    SELECT coalesce(k.terminal_id, s.terminal_id) || '/' || coalesce(k.counter, s.counter) AS name
    FROM sale_keys k FULL JOIN sales s ON s.terminal_id = k.terminal_id AND s.counter = k.counter
    GROUP BY 1 HAVING count(k.counter) <> 1 OR count(s.counter) <> 1`
  const wrong = rows.map(({ name }) => String(name))
  return { name: "no sale doubled", holds: wrong.length === 0, detail: `doubled or half there: ${listed(wrong)}` }
}

/** Σ platform receipts − Σ platform refunds = Σ (paidFen − refundedFen), without what went over the counter in cash. */
async function moneyAddsUp({ sql, books }: Witnesses): Promise<Identity> {
  const [row] = await sql`
    WITH back AS (
      SELECT terminal_id, counter, sum(amount_fen) AS fen FROM refunds
      WHERE platform <> 'cash' AND state = 'succeeded' GROUP BY terminal_id, counter
    )
    SELECT coalesce(sum(s.paid_fen - s.refunded_fen
      - CASE WHEN s.paid_by = 'cash' THEN s.amount_fen - (s.refunded_fen - coalesce(back.fen, 0)) ELSE 0 END), 0)::text AS fen
    FROM sales s LEFT JOIN back USING (terminal_id, counter)`
  const [atPlatformsFen, inBooksFen] = [books.receiptsFen - books.refundsFen, Number(row?.fen ?? 0)]
  const detail = `platforms ${books.receiptsFen} − ${books.refundsFen} = ${atPlatformsFen} fen, our books ${inBooksFen} fen`
  return { name: "the money adds up", holds: atPlatformsFen === inBooksFen, detail }
}

/** To the fen, order by order: two mistakes that cancel each other out are two. */
async function everyOrderAgrees({ sql }: Witnesses, orders: readonly OrderBooks[]): Promise<Identity> {
  const rows = await sql`
    SELECT a.out_trade_no AS name, coalesce(a.received_fen, 0)::float8 AS received,
      (SELECT coalesce(sum(f.amount_fen), 0) FROM refunds f
        WHERE f.out_trade_no = a.out_trade_no AND f.platform <> 'cash' AND f.state = 'succeeded')::float8 AS refunded
    FROM attempts a WHERE a.state = 'succeeded'`
  const said = (receivedFen: number, refundedFen: number) => `${receivedFen} − ${refundedFen}`
  const here = new Map(rows.map(({ name, received, refunded }) => [String(name), said(received, refunded)]))
  const paid = orders.filter(({ receivedFen }) => receivedFen > 0)
  const there = new Map(paid.map(({ orderNo, receivedFen, refundedFen }) => [orderNo, said(receivedFen, refundedFen)]))
  const wrong = [...new Set([...here.keys(), ...there.keys()])]
    .filter((name) => here.get(name) !== there.get(name))
    .map((name) => `${name} there ${there.get(name) ?? "nothing"}, here ${here.get(name) ?? "nothing"}`)
  const detail = `${there.size} paid orders, wrong: ${listed(wrong)}`
  return { name: "every order agrees", holds: wrong.length === 0, detail }
}

/** One that only a scan has told of waits a day for its upload; every other settled sale has its record. */
async function oneRecordASale({ sql }: Witnesses): Promise<Identity> {
  const rows = await sql`
    SELECT s.terminal_id || '/' || s.counter AS name FROM sales s
    LEFT JOIN records r ON r.record_id = s.record_id AND r.kind = ${RECORD_KINDS.sale}
    GROUP BY s.terminal_id, s.counter, s.record_id, s.state, s.uploaded_at
    HAVING count(r.record_id) <> CASE
      WHEN s.record_id IS NOT NULL OR (s.state = 'paid' AND s.uploaded_at IS NOT NULL) THEN 1 ELSE 0 END`
  const [counted] = await sql`
    SELECT (SELECT count(*) FROM records WHERE kind = ${RECORD_KINDS.sale})::int AS records,
      (SELECT count(DISTINCT record_id) FROM sales)::int AS sales`
  const wrong = rows.map(({ name }) => String(name))
  const holds = wrong.length === 0 && counted?.records === counted?.sales
  const detail = `${counted?.records} records of ${counted?.sales} sales, wrong: ${listed(wrong)}`
  return { name: "every settled sale has one record", holds, detail }
}

/** What a seller gave back of a recorded sale is recorded too; money that never settled a sale is no part of its trade. */
async function oneRecordARefund({ sql }: Witnesses): Promise<Identity> {
  const rows = await sql`
    SELECT f.out_refund_no AS name FROM refunds f
    JOIN sales s ON s.terminal_id = f.terminal_id AND s.counter = f.counter
    LEFT JOIN records r ON r.record_id = f.record_id AND r.kind = ${RECORD_KINDS.refund}
    WHERE f.state = 'succeeded' AND f.reason = 'seller' AND s.record_id IS NOT NULL
    GROUP BY f.out_refund_no HAVING count(r.record_id) <> 1`
  const wrong = rows.map(({ name }) => String(name))
  return { name: "every seller's refund has one record", holds: wrong.length === 0, detail: `wrong: ${listed(wrong)}` }
}

async function oneBatchARecord({ sql }: Witnesses): Promise<Identity> {
  const batches = await sql`SELECT log, sequence::int AS sequence, payload FROM batches ORDER BY log, sequence`
  const batched = batches.flatMap(({ payload }) => recordIdsOf(payload as Uint8Array))
  const records = await sql`SELECT encode(record_id, 'hex') AS id, state FROM records`
  const sealed = records.filter(({ state }) => state !== "pending").map(({ id }) => String(id))
  const wrong = [...doubled(batched), ...difference(sealed, batched), ...difference(batched, sealed)]
  const gaps = batches.filter(
    ({ log, sequence }, index) => batches[index - 1]?.log === log && batches[index - 1]?.sequence !== sequence - 1,
  )
  const holds = wrong.length === 0 && gaps.length === 0
  const detail = `${batched.length} records in ${batches.length} batches, gaps: ${gaps.length}, wrong: ${listed(wrong)}`
  return { name: "every record stands in one batch", holds, detail }
}

async function onChainOnce({ sql }: Witnesses, onChain: readonly string[]): Promise<Identity> {
  const batches = await sql`SELECT payload FROM batches`
  const batched = batches.flatMap(({ payload }) => recordIdsOf(payload as Uint8Array))
  const wrong = [...doubled(onChain), ...difference(batched, onChain), ...difference(onChain, batched)]
  const detail = `${onChain.length} records on the chain, wrong: ${listed(wrong)}`
  return { name: "the chain holds each of them once", holds: wrong.length === 0, detail }
}

/** A recall follows goods by them: one that is absent is a stall that nobody tells. */
async function purchasesAsEvents({ sql }: Witnesses): Promise<Identity> {
  const rows = await sql`
    SELECT encode(record_id, 'hex') || '#' || line AS name FROM (
      SELECT upstream_pile_id, left_at, pile_id, effective_at, record_id, line, upstream_record_id,
        coalesce(upstream_line, 0) AS upstream_line FROM pile_events WHERE source = 'purchase'
      UNION ALL
      SELECT upstream_pile_id, left_at, pile_id, effective_at, record_id, line, upstream_record_id, upstream_line
      FROM pile_purchases
    ) AS said
    GROUP BY upstream_pile_id, left_at, pile_id, effective_at, record_id, line, upstream_record_id, upstream_line
    HAVING count(*) <> 2`
  const wrong = rows.map(({ name }) => String(name))
  const detail = `absent, or of no event: ${listed(wrong)}`
  return { name: "every purchase is known by whose goods it was", holds: wrong.length === 0, detail }
}

function recordIdsOf(payload: Uint8Array): string[] {
  const batch = parseBatch(new Uint8Array(payload))
  if (!batch.ok) throw new Error(`a stored batch is malformed: ${batch.error}`)
  return batch.value.entries.map((encoded) => {
    const entry = parseEntry(encoded)
    if (!entry.ok) throw new Error(`a stored entry is malformed: ${entry.error}`)
    return toHex(entry.value.recordId)
  })
}

function doubled(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => seen.size === seen.add(name).size)
}

function difference(these: readonly string[], those: readonly string[]): string[] {
  const known = new Set(those)
  return these.filter((name) => !known.has(name))
}

const SHOWN = 5

function listed(names: readonly string[]): string {
  if (names.length === 0) return "none"
  return `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`
}
