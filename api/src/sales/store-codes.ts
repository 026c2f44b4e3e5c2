import { saleKeys, saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { concatBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { lineCountOf } from "@suyuan/protocol/terminal/pay-code"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { unnest } from "../unnest"
import { readSnapshots, snapshotKey } from "./read-snapshots"
import { lineRow } from "./resolve-lines"
import { type SaleKey, saleName } from "./sale-key"
import type { VerifiedCode } from "./verify-codes"

export type StoredCode = { readonly key: SaleKey; readonly outcome: "fresh" | "known" | "other-bytes" }

/**
 * Makes a sale of each code, once: same bytes, same sale; other bytes under the same (terminal, counter) are refused.
 * Set-based: a group of 200 costs as many round trips as one. Outcomes come in the order of the codes.
 */
export async function storeCodes(
  ctx: Pick<Context, "clock">,
  tx: Transaction,
  codes: readonly VerifiedCode[],
): Promise<StoredCode[]> {
  if (codes.length === 0) return []
  // The first of a name within the group stands for it; the others are compared with it below. Sorted, so that two
  // groups that share names cannot wait for each other in a ring.
  const first = new Map<string, VerifiedCode>()
  for (const code of codes) if (!first.has(nameOf(code))) first.set(nameOf(code), code)
  const firsts = [...first.values()].sort((a, b) => a.terminal.id - b.terminal.id || a.counter - b.counter)
  const inserted = await tx.execute<{ terminal_id: string; counter: string }>(sql`
    INSERT INTO ${saleKeys} (terminal_id, counter, code_digest, day)
    SELECT * FROM ${unnest("given", {
      terminal_id: ["bigint", firsts.map((code) => code.terminal.id)],
      counter: ["bigint", firsts.map((code) => code.counter)],
      code_digest: ["bytea", firsts.map((code) => code.code.digest)],
      day: ["date", firsts.map((code) => code.day)],
    })}
    ON CONFLICT DO NOTHING RETURNING terminal_id, counter`)
  const fresh = new Set(
    inserted.map((row) => saleName({ terminalId: Number(row.terminal_id), counter: Number(row.counter) })),
  )
  const digests = new Map(firsts.map((code) => [nameOf(code), toHex(code.code.digest)]))
  const known = firsts.filter((code) => !fresh.has(nameOf(code)))
  if (known.length > 0) {
    const rows = await tx
      .select()
      .from(saleKeys)
      .where(
        sql`(${saleKeys.terminalId}, ${saleKeys.counter}) IN (SELECT * FROM ${unnest("named", {
          terminal_id: ["bigint", known.map((code) => code.terminal.id)],
          counter: ["bigint", known.map((code) => code.counter)],
        })})`,
      )
    for (const row of rows) digests.set(saleName(row), row.codeDigest)
  }
  await insertSales(
    ctx,
    tx,
    firsts.filter((code) => fresh.has(nameOf(code))),
  )
  return codes.map((code) => {
    const key = { terminalId: code.terminal.id, counter: code.counter, day: code.day }
    const name = nameOf(code)
    if (digests.get(name) !== toHex(code.code.digest)) return { key, outcome: "other-bytes" }
    return { key, outcome: fresh.has(name) && first.get(name) === code ? "fresh" : "known" }
  })
}

async function insertSales(ctx: Pick<Context, "clock">, tx: Transaction, codes: readonly VerifiedCode[]) {
  if (codes.length === 0) return
  const createdAt = new Date(ctx.clock.nowMs())
  const slots = await readSnapshots(
    tx,
    codes.map((code) => ({ terminalId: code.terminal.id, prefix: toHex(code.code.body.snapshotPrefix) })),
  )
  await tx.insert(sales).values(
    codes.map((code) => ({
      terminalId: code.terminal.id,
      counter: code.counter,
      day: code.day,
      siteId: code.site.id,
      merchantId: code.merchant.id,
      code: concatBytes(code.code.bodyBytes, code.code.signature),
      codeDigest: toHex(code.code.digest),
      snapshotPrefix: toHex(code.code.body.snapshotPrefix),
      issuedAt: code.issuedAt,
      effectiveAt: code.effectiveAt,
      amountFen: code.code.body.amountFen,
      lineCount: lineCountOf(code.code.body.lines),
      state: "presented" as const,
      flags: code.reductionOverTolerance ? SALE_FLAGS.reductionOverTolerance : 0,
      createdAt,
    })),
  )
  const lines = codes.flatMap((code) => {
    const known = slots.get(snapshotKey({ terminalId: code.terminal.id, prefix: toHex(code.code.body.snapshotPrefix) }))
    return (code.lines ?? []).map((line, index) => ({
      terminalId: code.terminal.id,
      counter: code.counter,
      day: code.day,
      line: index,
      siteId: code.site.id,
      ...lineRow(code.merchant.id, line, known),
    }))
  })
  if (lines.length > 0) await tx.insert(saleLines).values(lines)
  await noteIssued(tx, codes)
}

/** The newest counter and issue time seen of each terminal: a clock that goes back shows here. */
async function noteIssued(tx: Transaction, codes: readonly VerifiedCode[]) {
  const newest = new Map<number, VerifiedCode>()
  for (const code of codes) {
    const other = newest.get(code.terminal.id)
    if (!other || other.counter < code.counter) newest.set(code.terminal.id, code)
  }
  const rows = [...newest.values()].sort((a, b) => a.terminal.id - b.terminal.id)
  await tx.execute(sql`
    UPDATE ${terminals} AS t
    SET last_counter = v.counter, last_issued_at = greatest(t.last_issued_at, v.issued_at)
    FROM ${unnest("v", {
      id: ["bigint", rows.map((code) => code.terminal.id)],
      counter: ["bigint", rows.map((code) => code.counter)],
      issued_at: ["timestamptz", rows.map((code) => code.issuedAt)],
    })}
    WHERE t.id = v.id AND t.last_counter < v.counter`)
}

function nameOf(code: VerifiedCode): string {
  return saleName({ terminalId: code.terminal.id, counter: code.counter })
}
