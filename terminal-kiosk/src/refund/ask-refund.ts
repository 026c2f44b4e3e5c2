/**
 * Money back from the stall, whole or part (PY-22). The request is signed and on the disk before it is sent, and the
 * same bytes go again until the gateway has said how it ended: no answer is unknown, never refused.
 */
import type { Transport } from "@suyuan/client/transport"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { type REQUESTED_GOODS, refundRequestMessage } from "@suyuan/protocol/terminal/refund-request"
import { toLowS } from "@suyuan/protocol/terminal/signature"
import { z } from "zod"
import { callGateway } from "../link/call-gateway"
import { standingOf } from "../sale/sale-standing"
import type { Change } from "../store/local-store"
import { counterKey, type RefundRow, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type AskRefundError =
  | "sale/unknown"
  | "refund/not-paid"
  | "refund/amount-below-one-fen"
  /** The same id stood for another wish. */
  | "refund/asked-otherwise"
  | RefundAboveRest
type RefundAboveRest = "refund/amount-above-paid"

export interface RefundWish {
  /** Made where the wish is: whoever asks twice for the same is given back once. */
  readonly id: string
  readonly counter: number
  readonly amountFen: number
  readonly goods: keyof typeof REQUESTED_GOODS
  /** [line, grams]; none with goods means all of the sale. */
  readonly lines: RefundRow["lines"]
}

const states = ["prepared", "sent", "unknown", "open", "succeeded", "failed", "closed"] as const
const answerBody = z.object({ state: z.enum(states), failureCode: z.string().max(200).optional() })

const standings = {
  prepared: "asked",
  sent: "asked",
  open: "asked",
  unknown: "unknown",
  succeeded: "done",
  failed: "refused",
  closed: "refused",
} as const satisfies Record<(typeof states)[number], RefundRow["state"]>

/** Refunds of one sale that were asked for here, oldest first. */
export async function refundsOfSale(terminal: Terminal, counter: number): Promise<readonly RefundRow[]> {
  const all = await terminal.store.list("refunds")
  return all.map(([, refund]) => refund).filter((refund) => refund.counter === counter)
}

/** What can still be given back, as far as this terminal knows. */
export function refundableFen(sale: SaleRow, refunds: readonly RefundRow[]): number {
  if (standingOf(sale) !== "paid" || sale.payment === undefined) return 0
  const pending = refunds.filter(isOpenRefund)
  const pendingFen = pending.reduce((sum, { amountFen }) => sum + amountFen, 0)
  const doneFen = refunds.filter(({ state }) => state === "done").reduce((sum, { amountFen }) => sum + amountFen, 0)
  // The gateway's sum may be older than its answer, and knows of refunds that the office made.
  return Math.max(0, sale.payment.paidFen - Math.max(sale.payment.refundedFen, doneFen) - pendingFen)
}

/**
 * Keeps the request and sends it. The caller asked the owner's PIN. Returns it as the gateway answered; the same wish
 * again is the same request.
 */
export async function askRefund(
  terminal: Terminal,
  transport: Transport,
  wish: RefundWish,
): Promise<Result<RefundRow, AskRefundError>> {
  const drafted = await draftRefund(terminal, wish)
  return drafted.ok ? ok(await sendRefund(terminal, transport, drafted.value)) : drafted
}

function draftRefund(terminal: Terminal, wish: RefundWish): Promise<Result<RefundRow, AskRefundError>> {
  return terminal.inTurn(async () => {
    const known = await terminal.store.get("refunds", wish.id)
    if (known !== undefined) return isSameWish(known, wish) ? ok(known) : err("refund/asked-otherwise")
    const sale = await terminal.store.get("sales", counterKey(wish.counter))
    if (sale === undefined) return err("sale/unknown")
    if (standingOf(sale) !== "paid") return err("refund/not-paid")
    if (wish.amountFen < 1) return err("refund/amount-below-one-fen")
    const leftFen = refundableFen(sale, await refundsOfSale(terminal, wish.counter))
    if (wish.amountFen > leftFen) return err("refund/amount-above-paid")
    const { identity, signingKey, clock } = terminal
    const message = refundRequestMessage(identity.networkId, { ...wish, terminal: identity.terminal })
    const signed = await signingKey.sign(message)
    const signature = toHex(signingKey.algorithm === "p256" ? toLowS(signed) : signed)
    const row: RefundRow = { ...wish, signature, state: "unknown", askedAtMs: clock.nowMs() }
    const open = { counter: wish.counter }
    await terminal.store.commit([
      { table: "refunds", change: "insert", key: wish.id, row },
      { table: "openRefunds", change: "put", key: wish.id, row: open },
    ])
    return ok(row)
  })
}

function isSameWish(known: RefundRow, { counter, amountFen, goods, lines }: RefundWish): boolean {
  const said = (wish: Omit<RefundWish, "id">) => JSON.stringify([wish.counter, wish.amountFen, wish.goods, wish.lines])
  return said(known) === said({ counter, amountFen, goods, lines })
}

/** The same bytes again, whenever it helps: it is the same refund, as it stands by then. */
export async function sendRefund(terminal: Terminal, transport: Transport, refund: RefundRow): Promise<RefundRow> {
  const { id, counter, amountFen, goods, signature } = refund
  const lines = refund.lines.map(([line, grams]) => ({ line, grams }))
  const path = `/terminals/${terminalToHex(terminal.identity.terminal)}/refunds`
  const answer = await callGateway(transport, path, { id, counter, amountFen, goods, lines, signature }, answerBody)
  const heard = answer.ok
    ? { state: standings[answer.value.state], code: answer.value.failureCode }
    : answer.error.kind === "refused"
      ? { state: answer.error.code.startsWith("refund/") ? ("refused" as const) : undefined, code: answer.error.code }
      : { state: undefined, code: answer.error.kind }
  return terminal.inTurn(async () => {
    const known = (await terminal.store.get("refunds", id)) ?? refund
    // An answer that was overtaken does not undo an end.
    if (known.state === "done" || known.state === "refused") return known
    const { code: _, ...rest } = known
    const row: RefundRow = {
      ...rest,
      state: heard.state ?? known.state,
      ...(heard.code !== undefined && { code: heard.code }),
    }
    await terminal.store.commit([{ table: "refunds", change: "put", key: id, row }, ...endChanges(row)])
    return row
  })
}

/** The buyer may be gone by then: that no money went back waits for a person. */
function endChanges(refund: RefundRow): Change[] {
  if (isOpenRefund(refund)) return []
  const { id, counter, state } = refund
  const ended: Change = { table: "openRefunds", change: "delete", key: id }
  return state === "refused" ? [ended, { table: "refusedRefunds", change: "put", key: id, row: { counter } }] : [ended]
}

/** A person has read that money of this sale did not go back. */
export function seeRefusedRefunds(terminal: Terminal, counter: number): Promise<void> {
  return terminal.inTurn(async () => {
    const refused = await terminal.store.list("refusedRefunds")
    const seen = refused.filter(([, row]) => row.counter === counter)
    await terminal.store.commit(seen.map(([key]) => ({ table: "refusedRefunds", change: "delete", key })))
  })
}

export function isOpenRefund({ state }: RefundRow): boolean {
  return state === "asked" || state === "unknown"
}

/** Those whose end nobody has said yet, oldest first. */
export async function openRefunds({ store }: Pick<Terminal, "store">): Promise<readonly RefundRow[]> {
  const ids = (await store.list("openRefunds")).map(([id]) => id)
  const refunds = await Promise.all(ids.map((id) => store.get("refunds", id)))
  return refunds.filter((refund) => refund !== undefined)
}

/** Of an older version's memory, which had no list of open ones: looked for once, at the start. */
export function noteOpenRefunds(terminal: Terminal): Promise<void> {
  return terminal.inTurn(async () => {
    const open = (await terminal.store.list("refunds")).filter(([, refund]) => isOpenRefund(refund))
    if (open.length === 0) return
    await terminal.store.commit(
      open.map(([key, { counter }]) => ({ table: "openRefunds", change: "put", key, row: { counter } })),
    )
  })
}

/**
 * Asks after every refund whose end this terminal has not heard; of all the others nothing is read. Returns whether
 * some is still open.
 */
export async function followRefunds(terminal: Terminal, transport: Transport): Promise<boolean> {
  let isOpen = false
  for (const refund of await openRefunds(terminal)) {
    isOpen = isOpenRefund(await sendRefund(terminal, transport, refund)) || isOpen
  }
  return isOpen
}
