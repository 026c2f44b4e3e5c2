import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import type { ErrorCode } from "@suyuan/look/errors"
import { equalBytes, toHex } from "@suyuan/protocol/codec/bytes"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { unpackQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { type PayCode, parsePayCode } from "@suyuan/protocol/terminal/pay-code"
import { matchLines } from "@suyuan/protocol/terminal/pay-code-signature"
import { priceSalt } from "@suyuan/protocol/terminal/price-salt"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { eq, sql } from "drizzle-orm"
import { type Actor, gatewayActor } from "../actor"
import { raiseCopiedTerminal } from "../alarms/raise-copied-terminal"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { settleCash } from "../payments/settle-cash"
import { completeTrades } from "./complete-trades"
import { readSnapshots, snapshotKey } from "./read-snapshots"
import { readCodes } from "./read-trades"
import { lineRow, resolveLine } from "./resolve-lines"
import { inSales, isSale, type SaleKey, saleKeyOf, saleName } from "./sale-key"
import { storeCodes } from "./store-codes"
import { type TerminalAtStall, type VerifiedCode, verifyCodes, verifyCodesOf } from "./verify-codes"

export type SaleUpload = {
  readonly terminalId: number
  readonly body: UploadBody<"sale">
  /** The terminal as the caller has just read it; without it, it is read here. */
  readonly stall?: TerminalAtStall
}

/** As far back as a lost store is asked after (EN-14). */
const enteredSecondsMax = 7 * 86_400

/** Undefined: stored (or known already). */
export type UploadRefusal = ErrorCode | undefined

/**
 * Joins uploaded sales with what scans and payments know of them: a group in one transaction. The upload is what the
 * terminal says of a sale that its own signature already names, so it can be repeated and reordered at will.
 * Refusals come in the order of the uploads.
 */
export async function recordTrades(
  ctx: Context,
  tx: Transaction,
  uploads: readonly SaleUpload[],
): Promise<UploadRefusal[]> {
  const parsed = uploads.map((upload) => ownCode(upload))
  const known = await codesOfSales(tx, uploads, parsed)
  const verified = await verifyUploads(ctx, tx, uploads, parsed, known)
  let next = 0
  const refusals: UploadRefusal[] = []
  const accepted: { index: number; upload: SaleUpload; code: VerifiedCode }[] = []
  for (const [index, upload] of uploads.entries()) {
    const code = parsed[index]
    if (!code?.ok) {
      refusals[index] = code?.error ?? "pay-code/malformed"
      continue
    }
    const result = verified[next++]
    const entered = result?.ok ? enteredCode(upload, result.value) : result
    if (!entered?.ok) refusals[index] = entered?.error ?? "terminal/unknown"
    else {
      refusals[index] = undefined
      accepted.push({ index, upload, code: entered.value })
    }
  }
  const stored = await storeCodes(
    ctx,
    tx,
    accepted.map(({ code }) => code),
    known,
  )
  const arrived: Arrived[] = []
  for (const [position, { index, upload, code }] of accepted.entries()) {
    const sale = stored[position]
    if (!sale) throw new Error("an outcome is missing for an accepted sale")
    if (sale.outcome === "other-bytes") {
      refusals[index] = "sale/other-bytes"
      await alarm(ctx, tx, code)
    } else arrived.push({ key: sale.key, upload, code })
  }
  if (arrived.length === 0) return refusals
  await noteHandedOver(tx, arrived)
  for (const { key, upload, code } of arrived) {
    if (code.lines === undefined && upload.body.lines !== undefined)
      await takeLines(ctx, tx, key, code, upload.body.lines)
  }
  const cash = arrived.filter(({ upload }) => upload.body.settlement === "cash")
  if (cash.length > 0) {
    await settleCash(
      ctx,
      tx,
      cash.map(({ key }) => key),
    )
  }
  await completeTrades(
    ctx,
    tx,
    arrived.map(({ key }) => key),
    new Date(ctx.clock.nowMs()),
  )
  return refusals
}

/**
 * After a lost store a seller enters sales by hand, at the time when they were (UP-20). Both times are the terminal's, so
 * its clock's offset belongs to both.
 */
function enteredCode({ body }: SaleUpload, code: VerifiedCode): Result<VerifiedCode, ErrorCode> {
  if (body.soldAtSeconds === undefined) return ok(code)
  const agoSeconds = code.code.body.issuedAtSeconds - body.soldAtSeconds
  if (body.settlement !== "cash" || agoSeconds < 0 || agoSeconds > enteredSecondsMax) return err("sale/entered-time")
  return ok({ ...code, effectiveAt: new Date(code.effectiveAt.getTime() - agoSeconds * 1000) })
}

type Arrived = { readonly key: SaleKey; readonly upload: SaleUpload; readonly code: VerifiedCode }

/** A terminal uploads its own sales only. */
function ownCode({ terminalId, body }: SaleUpload): Result<PayCode, ErrorCode> {
  const code = parsePayCode(body.payCode)
  return code.ok && code.value.body.terminal !== terminalId ? err("upload/wrong-terminal") : code
}

/**
 * Those that a scan has made a sale of, byte for byte: nearly all. Their signatures were checked then, and what the same
 * key says of the same bytes does not change.
 */
async function codesOfSales(
  tx: Transaction,
  uploads: readonly SaleUpload[],
  parsed: readonly Result<PayCode, ErrorCode>[],
): Promise<ReadonlySet<PayCode>> {
  const codes = uploads.flatMap(({ body }, index) => {
    const code = parsed[index]
    return code?.ok ? [{ code: code.value, bytes: body.payCode, key: saleKeyOf(code.value) }] : []
  })
  const stored = await readCodes(
    tx,
    codes.map(({ key }) => key),
  )
  const isStored = ({ key, bytes }: (typeof codes)[number]) => {
    const own = stored.get(saleName(key))
    return own !== undefined && equalBytes(own, bytes)
  }
  return new Set(codes.filter(isStored).map(({ code }) => code))
}

async function verifyUploads(
  ctx: Context,
  tx: Transaction,
  uploads: readonly SaleUpload[],
  parsed: readonly Result<PayCode, ErrorCode>[],
  known: ReadonlySet<PayCode>,
): Promise<Result<VerifiedCode, ErrorCode>[]> {
  const codes = parsed.flatMap((code) => (code.ok ? [code.value] : []))
  const stalls = new Map(uploads.flatMap(({ terminalId, stall }) => (stall ? [[terminalId, stall] as const] : [])))
  return codes.every((code) => stalls.has(code.body.terminal))
    ? verifyCodesOf(ctx, stalls, codes, known)
    : verifyCodes(ctx, tx, codes, known)
}

/** Handed over on six digits, before any platform has said a word. */
async function noteHandedOver(tx: Transaction, arrived: readonly Arrived[]): Promise<void> {
  const handedOver = arrived.filter(({ upload }) => upload.body.settlement === "code-only")
  if (handedOver.length === 0) return
  await tx
    .update(sales)
    .set({ handedOverAt: sql`coalesce(${sales.handedOverAt}, ${sales.effectiveAt})` })
    .where(
      inSales(
        sales,
        handedOver.map(({ key }) => key),
      ),
    )
}

/** Lines of a sale of nine and more: kept when they are the signed ones, flagged and not used when they contradict. */
async function takeLines(
  ctx: Context,
  tx: Transaction,
  key: SaleKey,
  code: VerifiedCode,
  lines: NonNullable<UploadBody<"sale">["lines"]>,
): Promise<void> {
  const networkId = ctx.config.NETWORK_ID
  const salt = priceSalt(ctx.keys.receiptKey(key.terminalId), networkId, key.terminalId, key.counter)
  const matched = matchLines(code.code.body, lines, { networkId, priceSalt: salt })
  if (!matched.ok) {
    await tx
      .update(sales)
      .set({ flags: sql`${sales.flags} | ${SALE_FLAGS.linesContradictCode | SALE_FLAGS.linesUnknown}` })
      .where(isSale(key))
    await writeAudit(ctx, tx, terminalActor(code), {
      verb: "sales/lines-contradict-code",
      subject: saleName(key),
      siteId: code.site.id,
    })
    return
  }
  const name = { terminalId: key.terminalId, prefix: toHex(code.code.body.snapshotPrefix) }
  const slots = (await readSnapshots(tx, [name])).get(snapshotKey(name))
  await tx
    .insert(saleLines)
    .values(
      matched.value.map((line, index) => ({
        terminalId: key.terminalId,
        counter: key.counter,
        day: key.day,
        line: index,
        siteId: code.site.id,
        ...lineRow(code.merchant.id, line, slots),
      })),
    )
    .onConflictDoNothing()
}

/** A number that names two sales is a broken or a copied terminal: somebody must look. */
async function alarm(ctx: Context, tx: Transaction, code: VerifiedCode): Promise<void> {
  await writeAudit(ctx, tx, gatewayActor, {
    verb: "sales/other-bytes",
    subject: saleName({ terminalId: code.terminal.id, counter: code.counter }),
    siteId: code.site.id,
    detail: { digest: toHex(code.code.digest) },
  })
  await raiseCopiedTerminal(ctx, tx, { terminalId: code.terminal.id, name: String(code.counter) })
  ctx.log.error({ terminal: code.terminal.id, counter: code.counter }, "one number, two sales")
}

function terminalActor(code: VerifiedCode): Actor {
  return { kind: "machine", id: `terminal:${code.terminal.id}`, siteIds: [code.site.id], scopes: [] }
}

/** A stock snapshot arrived: sales of its terminal that waited for it learn what their lines are. */
export async function resolveWaitingLines(
  ctx: Context,
  tx: Transaction,
  name: { readonly terminalId: number; readonly prefix: string },
): Promise<void> {
  const slots = (await readSnapshots(tx, [name])).get(snapshotKey(name))
  if (!slots) return
  const waiting = await tx
    .select({ line: saleLines, merchantId: sales.merchantId })
    .from(saleLines)
    .innerJoin(
      sales,
      sql`${sales.terminalId} = ${saleLines.terminalId} AND ${sales.counter} = ${saleLines.counter} AND ${sales.day} = ${saleLines.day}`,
    )
    .where(
      sql`${eq(saleLines.terminalId, name.terminalId)} AND ${saleLines.commodity} IS NULL AND ${eq(sales.snapshotPrefix, name.prefix)}`,
    )
    .limit(10_000)
  const keys = new Map<string, SaleKey>()
  for (const { line, merchantId } of waiting) {
    const quantity = unpackQuantity(line.quantityPacked)
    const goods = quantity.ok && resolveLine(merchantId, { slot: line.slot, quantity: quantity.value }, slots)
    if (!goods) continue
    const { commodity, lotId, pileId, gramsLow, gramsHigh } = goods
    await tx
      .update(saleLines)
      .set({ commodity, lotId, pileId, gramsLow, gramsHigh })
      .where(
        sql`${eq(saleLines.terminalId, line.terminalId)} AND ${eq(saleLines.counter, line.counter)} AND ${eq(saleLines.day, line.day)} AND ${eq(saleLines.line, line.line)}`,
      )
    keys.set(saleName(line), { terminalId: line.terminalId, counter: line.counter, day: line.day })
  }
  await completeTrades(ctx, tx, [...keys.values()])
}
