import { participants } from "@suyuan/drizzle/schema/participants"
import { saleKeys } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { parseUpload, type Upload, verifyUpload } from "@suyuan/protocol/terminal/upload"
import { parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { and, eq, inArray, or } from "drizzle-orm"
import { gatewayActor } from "../actor"
import { raiseCopiedTerminal } from "../alarms/raise-copied-terminal"
import { raiseGivenUp } from "../alarms/raise-given-up"
import { writeAudit } from "../audit"
import { issueCertificate } from "../certificates/issue-certificate"
import type { Context, Transaction } from "../context"
import { reasonOf } from "../errors"
import { recordInspection } from "../inspections/record-inspection"
import { cancelSale } from "../payments/cancel-sale"
import { recordTrades, type SaleUpload, type UploadRefusal } from "../sales/record-trades"
import { type TerminalAtStall, terminalsAtStalls } from "../sales/verify-codes"
import { voidSale } from "../sales/void-sale"
import { acceptPurchase } from "../stock/accept-purchase"
import { declareHarvest } from "../stock/declare-harvest"
import { enterOutsideGoods } from "../stock/enter-outside-goods"
import { recordWaste } from "../stock/record-waste"
import { takeStock } from "../stock/take-stock"
import { receiveSnapshot } from "../terminals/receive-snapshot"
import type { UpMessage } from "../terminals/terminal-channel"
import { inTransaction } from "../transaction"
import { comesAgain, findUpload, isGivenUp, noteUpload } from "./known-uploads"

/** What the terminal is told: its outbox row goes on `stored`, and stays for a person on `refused`. */
export type UploadAck = {
  readonly terminalId: number
  readonly uploadId: string
  readonly refusal: ErrorCode | undefined
}

type Arrived = { readonly terminalId: number; readonly upload: Upload; readonly stall: TerminalAtStall }

/**
 * Commits a group of uploads in one transaction and says what became of each. Sales are worked on as a set, other
 * kinds one by one after their snapshots. A group that cannot be committed is tried one by one, so that one bad
 * upload harms no other; what then still fails is not acknowledged, and comes again.
 * A message that is no envelope at all has no id to acknowledge: it is counted and dropped.
 */
export async function recordUploads(ctx: Context, messages: readonly UpMessage[]): Promise<UploadAck[]> {
  const stalls = await terminalsAtStalls(ctx.db, [...new Set(messages.map((message) => message.terminalId))])
  const acks: UploadAck[] = []
  const arrived: Arrived[] = []
  for (const { terminalId, payload } of messages) {
    const upload = parseUpload(payload)
    const stall = stalls.get(terminalId)
    if (!upload.ok || !stall) {
      ctx.log.warn({ terminal: terminalId, reason: upload.ok ? "terminal/unknown" : upload.error }, "upload dropped")
      continue
    }
    const refusal = refuseEnvelope(ctx, stall, upload.value)
    if (refusal) acks.push({ terminalId, uploadId: upload.value.uploadId, refusal })
    else arrived.push({ terminalId, upload: upload.value, stall })
  }
  if (arrived.length === 0) return acks
  await noteSeen(ctx, arrived)
  try {
    acks.push(...(await inTransaction(ctx, (tx) => recordGroup(ctx, tx, arrived))))
  } catch (error) {
    if (arrived.length === 1) ctx.log.error({ error: reasonOf(error) }, "an upload could not be committed")
    else acks.push(...(await recordOneByOne(ctx, arrived)))
  }
  return acks
}

async function recordOneByOne(ctx: Context, arrived: readonly Arrived[]): Promise<UploadAck[]> {
  const acks: UploadAck[] = []
  for (const one of arrived) {
    try {
      acks.push(...(await inTransaction(ctx, (tx) => recordGroup(ctx, tx, [one]))))
    } catch (error) {
      ctx.log.error({ terminal: one.terminalId, error: reasonOf(error) }, "an upload could not be committed")
    }
  }
  return acks
}

/**
 * Judged before anything is read from the body. A revoked terminal's word counts for nothing new; a suspended one's
 * sales were made before, or will be seen to have been made after, so its uploads are kept.
 */
function refuseEnvelope(ctx: Context, stall: TerminalAtStall, upload: Upload): ErrorCode | undefined {
  const publicKey = fromHex(stall.terminal.publicKey)
  if (!publicKey) throw new Error(`terminal ${stall.terminal.id} has no readable key`)
  const verified = verifyUpload(upload, {
    networkId: ctx.config.NETWORK_ID,
    terminal: stall.terminal.id,
    terminalKey: { algorithm: stall.terminal.algorithm, publicKey },
    verifySignature: ctx.verifySignature,
  })
  if (!verified.ok) return verified.error
  if (upload.kind === "hello") return "upload/unknown-kind"
  if (stall.terminal.state === "revoked") return "terminal/revoked"
  return stall.terminal.state === "claimed" ? "terminal/not-confirmed" : undefined
}

async function recordGroup(ctx: Context, tx: Transaction, arrived: readonly Arrived[]): Promise<UploadAck[]> {
  const acks: UploadAck[] = []
  // Snapshots first: the sales of the same group then know what their lines are.
  const others = arrived.filter(({ upload }) => upload.kind !== "sale")
  const concerned = await concernedBySite(tx, others)
  const ordered = [
    ...others.filter(({ upload }) => upload.kind === "snapshot"),
    ...others.filter(({ upload }) => upload.kind !== "snapshot"),
  ]
  for (const one of ordered) {
    const known = await findUpload(ctx, tx, one)
    const naming = { concerned: concerned.get(one.stall.site.id) ?? [], isLastLook: known?.isLastLook ?? false }
    const refusal = known && !comesAgain(known.refusal) ? known.refusal : await recordOther(ctx, tx, one, naming)
    await noteUpload(ctx, tx, one, { known, refusal })
    if (known && refusal && isGivenUp(known, refusal)) {
      const { uploadId, kind } = one.upload
      await raiseGivenUp(ctx, tx, { stall: one.stall, uploadId, kind, refusal, receivedAt: known.receivedAt })
    } else if (comesAgain(refusal)) {
      // What it names is still on its way here: no answer, so that it comes again.
      continue
    }
    if (refusal === "upload/other-bytes") await alarmOtherBytes(ctx, tx, one)
    acks.push({ terminalId: one.terminalId, uploadId: one.upload.uploadId, refusal })
  }
  const sales: { one: Arrived; upload: SaleUpload }[] = []
  for (const one of arrived) {
    if (one.upload.kind !== "sale") continue
    const body = parseUploadBody("sale", one.upload.body)
    if (body.ok) sales.push({ one, upload: { terminalId: one.terminalId, body: body.value, stall: one.stall } })
    else acks.push({ terminalId: one.terminalId, uploadId: one.upload.uploadId, refusal: "upload/malformed-body" })
  }
  const refusals = await recordTrades(
    ctx,
    tx,
    sales.map(({ upload }) => upload),
  )
  for (const [index, { one }] of sales.entries()) {
    acks.push({ terminalId: one.terminalId, uploadId: one.upload.uploadId, refusal: refusals[index] })
  }
  return acks
}

/** One id that names two contents is a broken or a copied terminal: somebody must look. */
async function alarmOtherBytes(ctx: Context, tx: Transaction, { upload, stall, terminalId }: Arrived): Promise<void> {
  await writeAudit(ctx, tx, gatewayActor, {
    verb: "uploads/other-bytes",
    subject: upload.uploadId,
    siteId: stall.site.id,
    detail: { terminal: terminalToHex(terminalId), kind: upload.kind },
  })
  await raiseCopiedTerminal(ctx, tx, { terminalId, name: upload.uploadId })
  ctx.log.error({ terminal: terminalToHex(terminalId), upload: upload.uploadId }, "one id, two uploads")
}

async function recordOther(
  ctx: Context,
  tx: Transaction,
  { upload, stall }: Arrived,
  { concerned, isLastLook }: { readonly concerned: readonly number[]; readonly isLastLook: boolean },
): Promise<UploadRefusal> {
  const named = { uploadId: upload.uploadId, concerned }
  switch (upload.kind) {
    case "snapshot": {
      const body = parseUploadBody("snapshot", upload.body)
      return body.ok ? receiveSnapshot(ctx, tx, stall, body.value, concerned) : "upload/malformed-body"
    }
    case "harvest": {
      const body = parseUploadBody("harvest", upload.body)
      if (!body.ok) return "upload/malformed-body"
      const refusal = await declareHarvest(ctx, tx, stall, body.value, named)
      if (!refusal) await issueCertificate(ctx, tx, stall, body.value, named)
      return refusal
    }
    case "outside-goods": {
      const body = parseUploadBody("outside-goods", upload.body)
      return body.ok ? enterOutsideGoods(ctx, tx, stall, body.value, named) : "upload/malformed-body"
    }
    case "waste": {
      const body = parseUploadBody("waste", upload.body)
      return body.ok ? recordWaste(ctx, tx, stall, body.value, named) : "upload/malformed-body"
    }
    case "stock-take": {
      const body = parseUploadBody("stock-take", upload.body)
      return body.ok ? takeStock(ctx, tx, stall, body.value, named) : "upload/malformed-body"
    }
    case "arrival": {
      const body = parseUploadBody("arrival", upload.body)
      return body.ok ? acceptPurchase(ctx, tx, stall, body.value, named) : "upload/malformed-body"
    }
    case "inspection": {
      const body = parseUploadBody("inspection", upload.body)
      if (!body.ok) return "upload/malformed-body"
      const photo = body.value.photo && toHex(body.value.photo)
      const enteredBy = terminalName(stall)
      return recordInspection(ctx, tx, stall, body.value, { ...named, isLastLook, enteredBy, photo })
    }
    case "void": {
      const body = parseUploadBody("void", upload.body)
      return body.ok ? voidSale(ctx, tx, stall, body.value, concerned) : "upload/malformed-body"
    }
    case "cancel": {
      const body = parseUploadBody("cancel", upload.body)
      return body.ok ? cancel(ctx, tx, stall, body.value.counter) : "upload/malformed-body"
    }
    default:
      return "upload/unknown-kind"
  }
}

function terminalName({ terminal }: TerminalAtStall): string {
  return `terminal:${terminalToHex(terminal.id)}`
}

/** Whether the payment came first is told on the sale's own channel; the request itself was heard either way. */
async function cancel(ctx: Context, tx: Transaction, stall: TerminalAtStall, counter: number): Promise<UploadRefusal> {
  const [key] = await tx
    .select()
    .from(saleKeys)
    .where(and(eq(saleKeys.terminalId, stall.terminal.id), eq(saleKeys.counter, counter)))
  if (!key) return "sale/unknown"
  const terminal = {
    kind: "machine",
    id: `terminal:${stall.terminal.id}`,
    siteIds: [stall.site.id],
    scopes: [],
  } as const
  await cancelSale(ctx, tx, key, terminal)
  return undefined
}

/** Numbers of the site's organisation and of the regulators, by site. */
async function concernedBySite(tx: Transaction, arrived: readonly Arrived[]): Promise<Map<string, number[]>> {
  if (arrived.length === 0) return new Map()
  const owners = [...new Set(arrived.map(({ stall }) => stall.site.participantId))]
  const rows = await tx
    .select({ id: participants.id, number: participants.number, role: participants.role })
    .from(participants)
    .where(or(inArray(participants.id, owners), eq(participants.role, "regulator")))
  const regulators = rows.filter((row) => row.role === "regulator").map((row) => row.number)
  const numbers = new Map(rows.map((row) => [row.id, row.number]))
  return new Map(
    arrived.map(({ stall }) => {
      const own = numbers.get(stall.site.participantId)
      return [stall.site.id, [...new Set([...(own === undefined ? [] : [own]), ...regulators])]]
    }),
  )
}

/**
 * By itself, before the group's transaction: a terminal's row that this one held while it waited for a sale's would
 * cross with a scan that holds the sale's and wants the terminal's.
 */
async function noteSeen(ctx: Context, arrived: readonly Arrived[]): Promise<void> {
  // A sighting a few seconds old is as good as a new one; not writing it keeps the hot path off this table.
  const nowMs = ctx.clock.nowMs()
  const stale = arrived.filter(({ stall }) => nowMs - (stall.terminal.lastSeenAt?.getTime() ?? 0) > 10_000)
  if (stale.length === 0) return
  const ids = [...new Set(stale.map(({ terminalId }) => terminalId))].sort((a, b) => a - b)
  await ctx.db
    .update(terminals)
    .set({ lastSeenAt: new Date(nowMs) })
    .where(inArray(terminals.id, ids))
}
