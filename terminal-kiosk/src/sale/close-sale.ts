import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { INLINE_LINES_MAX, type SaleLine } from "@suyuan/protocol/sale/sale"
import { NEW_RECEIPT_CHECK } from "@suyuan/protocol/terminal/offline-receipt"
import { packQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { type PayCode, type PayCodeBody, parsePayCode } from "@suyuan/protocol/terminal/pay-code"
import { linesDigest, signPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { payCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import { priceSaltMessage, priceSaltOfMac } from "@suyuan/protocol/terminal/price-salt"
import { snapshotPrefix } from "@suyuan/protocol/terminal/stock-snapshot"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { type Basket, basketAmountFen } from "../basket/basket"
import type { SaleNumber } from "../counter/counter-blocks"
import { enteredChanges } from "../lost/ask-lost-sales"
import { draftUpload } from "../outbox/queue-upload"
import type { Change } from "../store/local-store"
import { counterKey, type SaleRow, type SnapshotRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { judgeBasket, soldAtOf } from "./judge-basket"

export type CloseSaleError =
  | "sale/no-lines"
  | "sale/too-many-lines"
  /** Nothing says yet what the slots hold. */
  | "sale/no-snapshot"
  | "sale/unknown-slot"
  /** Goods of a slot may be of a recall; `stock/recall-holds` says which and why. */
  | "sale/recalled"
  | "sale/amount-below-one-fen"
  | "sale/amount-above-lines"
  | "sale/amount-too-large"
  /** The basket became a sale, and is another one now. */
  | "sale/basket-settled"
  /** Entered by hand: in cash only, of the last seven days, and not of the future. */
  | "sale/entered-time"

export interface ClosedSale {
  readonly sale: SaleRow
  /** What the customer's screen shows as a QR. */
  readonly url: string
}

/** A sale as it would be if it were closed now: signed, and neither kept nor told to anybody. */
export interface DraftedSale extends ClosedSale {
  readonly basket: Basket
  readonly upload: Change
  /** The turns that were asked for by then: one more may have changed what it stands on. */
  readonly asked: number
}

/** A code says when it was issued: one that was signed earlier than this is signed anew. */
export const DRAFTED_MS_MAX = 20_000

/**
 * Makes a basket a sale: totals, counter, price salt, signature; sale and outbox row in one durable commit; then the
 * code. No network. The same basket again is the same sale and the same code: a row is never signed twice.
 * @param settlement `cash` when the seller takes cash at once; the code is signed all the same.
 * @param onSigned what the code will be, while it is being committed: for work that shows nothing yet.
 * @param readDraft what `draftSale` made of it by then, if anything: taken when it is still so.
 */
export function closeSale(
  terminal: Terminal,
  basket: Basket,
  settlement: "platform" | "cash" = "platform",
  onSigned: (url: string) => void = () => {},
  readDraft: () => DraftedSale | undefined = () => undefined,
): Promise<Result<ClosedSale, CloseSaleError>> {
  const asked = terminal.inTurn.asked()
  return terminal.inTurn(async () => {
    const ready = readDraft()
    if (settlement === "platform" && ready?.asked === asked && isFresh(terminal, ready, basket)) {
      const { counter } = await terminal.counter.take()
      if (counter !== ready.sale.counter) throw new Error("a sale was drafted with a number that is another's")
      return keepSale(terminal, ready, [], onSigned)
    }
    const { known, snapshot, problem } = await judgeBasket(terminal, basket, settlement)
    if (known !== undefined) return saleOfBasket(terminal, basket, known.counter)
    if (problem !== undefined || snapshot === undefined) return err(problem ?? "sale/no-snapshot")
    const signed = await signRows(terminal, basket, settlement, snapshot, await terminal.counter.take())
    const entered = basket.lostName === undefined ? [] : await enteredChanges(terminal, basket.lostName)
    return keepSale(terminal, signed, entered, onSigned)
  })
}

/**
 * Signs ahead what a tap on settle would sign, with the number that stays free until then, so that the tap has but the
 * commit before it. It becomes a sale only by `closeSale`; who drops it has sold nothing and used no number.
 * `undefined` for what is not to be sold, or is sold already.
 */
export function draftSale(terminal: Terminal, basket: Basket): Promise<DraftedSale | undefined> {
  // With its own.
  const asked = terminal.inTurn.asked() + 1
  return terminal.inTurn(async () => {
    const { known, snapshot, problem } = await judgeBasket(terminal, basket, "platform")
    if (known !== undefined || problem !== undefined || snapshot === undefined) return undefined
    const signed = await signRows(terminal, basket, "platform", snapshot, await terminal.counter.ahead())
    return { ...signed, basket, asked }
  })
}

/** Whether a tap would take it, now and for so long. */
export function isStillSo(terminal: Terminal, drafted: DraftedSale | undefined, basket: Basket, forMs = 0): boolean {
  return drafted?.asked === terminal.inTurn.asked() && isFresh(terminal, drafted, basket, forMs)
}

function isFresh({ time }: Terminal, drafted: DraftedSale, basket: Basket, forMs = 0): boolean {
  const ageMs = time.nowMs() - seconds2024ToMs(drafted.sale.issuedAtSeconds)
  // Of a time to come: the clock was set back, and what is sold now is of now.
  return drafted.basket === basket && ageMs >= 0 && ageMs + forMs <= DRAFTED_MS_MAX
}

type SignedSale = Pick<DraftedSale, "sale" | "url" | "upload">

async function signRows(
  terminal: Terminal,
  basket: Basket,
  settlement: "platform" | "cash",
  snapshot: SnapshotRow,
  number: SaleNumber,
): Promise<SignedSale> {
  const code = await signSale(terminal, basket, snapshot, number)
  const sale: SaleRow = {
    counter: code.body.counter,
    basketId: basket.id,
    issuedAtSeconds: code.body.issuedAtSeconds,
    amountFen: code.body.amountFen,
    lines: packedLines(basket),
    code: toHex(code.bodyBytes) + toHex(code.signature),
    settlement,
    ...(basket.soldAtSeconds !== undefined && { soldAtSeconds: soldAtOf(terminal, basket.soldAtSeconds) }),
    receipt: NEW_RECEIPT_CHECK,
  }
  const { change } = await draftUpload(terminal, "sale", saleUpload(sale, basket.lines))
  return { sale, url: payCodeUrl(terminal.identity.gatewayUrl, code), upload: change }
}

async function keepSale(
  { store }: Terminal,
  { sale, url, upload }: SignedSale,
  entered: readonly Change[],
  onSigned: (url: string) => void,
): Promise<Result<ClosedSale, never>> {
  const committed = store.commit([
    { table: "sales", change: "insert", key: counterKey(sale.counter), row: sale },
    { table: "baskets", change: "insert", key: sale.basketId, row: { counter: sale.counter } },
    upload,
    ...entered,
  ])
  await Promise.all([committed, Promise.resolve(url).then(onSigned)])
  return ok({ sale, url })
}

/** The code of a sale that was closed before, as it was signed then. */
export function urlOfSale(terminal: Terminal, sale: SaleRow): string {
  return payCodeUrl(terminal.identity.gatewayUrl, codeOf(sale))
}

export function codeOf(sale: SaleRow): PayCode {
  const code = parsePayCode(payCodeBytesOf(sale))
  if (!code.ok) throw new Error(`the kept code of sale ${sale.counter} is malformed: ${code.error}`)
  return code.value
}

/** What the gateway is told of a sale: the code as shown, its lines when the code holds a digest, how it was settled. */
export function saleUpload(sale: SaleRow, lines: readonly SaleLine[]) {
  return {
    payCode: payCodeBytesOf(sale),
    lines: lines.length > INLINE_LINES_MAX ? lines : undefined,
    settlement: sale.settlement,
    ...(sale.soldAtSeconds !== undefined && { soldAtSeconds: sale.soldAtSeconds }),
  }
}

function payCodeBytesOf(sale: SaleRow): Uint8Array {
  const bytes = fromHex(sale.code)
  if (bytes === undefined) throw new Error(`the kept code of sale ${sale.counter} is not hex`)
  return bytes
}

async function saleOfBasket(
  terminal: Terminal,
  basket: Basket,
  counter: number,
): Promise<Result<ClosedSale, CloseSaleError>> {
  const sale = await terminal.store.get("sales", counterKey(counter))
  if (sale === undefined) throw new Error(`sale ${counter} is gone although its basket is kept`)
  const asked = JSON.stringify([packedLines(basket), basketAmountFen(basket)])
  if (asked !== JSON.stringify([sale.lines, sale.amountFen])) return err("sale/basket-settled")
  return ok({ sale, url: urlOfSale(terminal, sale) })
}

function packedLines({ lines }: Basket): SaleRow["lines"] {
  return lines.map(({ slot, quantity, unitPriceFen }) => [slot, packQuantity(quantity), unitPriceFen])
}

async function signSale(
  terminal: Terminal,
  basket: Basket,
  snapshot: SnapshotRow,
  { counter, issuedAtSeconds }: SaleNumber,
): Promise<PayCode> {
  const { identity, signingKey, receiptKey } = terminal
  const { terminal: id, networkId } = identity
  const priceSalt = priceSaltOfMac(await receiptKey.mac(priceSaltMessage(networkId, id, counter)))
  const { lines } = basket
  const body: PayCodeBody = {
    algorithm: signingKey.algorithm,
    terminal: id,
    counter,
    issuedAtSeconds,
    amountFen: basketAmountFen(basket),
    snapshotPrefix: snapshotPrefix(fromHex(snapshot.hash) ?? new Uint8Array()),
    lines:
      lines.length <= INLINE_LINES_MAX
        ? { kind: "inline", items: lines }
        : { kind: "digest", count: lines.length, digest: linesDigest(networkId, priceSalt, lines) },
  }
  return signPayCode(body, { networkId, priceSalt, sign: signingKey.sign })
}
