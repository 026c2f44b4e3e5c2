import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { judgeReduction } from "@suyuan/protocol/sale/reduction"
import { AMOUNT_FEN_MAX, INLINE_LINES_MAX, SALE_LINES_MAX, type SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { NEW_RECEIPT_CHECK } from "@suyuan/protocol/terminal/offline-receipt"
import { packQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { type PayCode, type PayCodeBody, parsePayCode } from "@suyuan/protocol/terminal/pay-code"
import { linesDigest, signPayCode } from "@suyuan/protocol/terminal/pay-code-signature"
import { payCodeUrl } from "@suyuan/protocol/terminal/pay-code-url"
import { priceSaltMessage, priceSaltOfMac } from "@suyuan/protocol/terminal/price-salt"
import { snapshotPrefix } from "@suyuan/protocol/terminal/stock-snapshot"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { type Basket, basketAmountFen } from "../basket/basket"
import { enteredChanges } from "../lost/ask-lost-sales"
import { judgeEnteredTime } from "../lost/entered-time"
import { draftUpload } from "../outbox/queue-upload"
import { heldOf } from "../stock/recall-holds"
import { slotsOf } from "../stock/write-snapshot"
import { counterKey, type RecallHoldsRow, type SaleRow, type SnapshotRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

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

/**
 * Makes a basket a sale: totals, counter, price salt, signature; sale and outbox row in one durable commit; then the
 * code. No network. The same basket again is the same sale and the same code: a row is never signed twice.
 * @param settlement `cash` when the seller takes cash at once; the code is signed all the same.
 * @param onSigned what the code will be, while it is being committed: for work that shows nothing yet.
 */
export function closeSale(
  terminal: Terminal,
  basket: Basket,
  settlement: "platform" | "cash" = "platform",
  onSigned: (url: string) => void = () => {},
): Promise<Result<ClosedSale, CloseSaleError>> {
  return terminal.inTurn(async () => {
    const { store } = terminal
    const [known, snapshot, holds] = await Promise.all([
      store.get("baskets", basket.id),
      store.get("snapshots", THE_ONE),
      store.get("recallHolds", THE_ONE),
    ])
    if (known !== undefined) return saleOfBasket(terminal, basket, known.counter)
    const problem =
      enteredProblem(terminal, basket, settlement) ??
      problemOf(basket, snapshot) ??
      recallProblem(basket, snapshot, holds)
    if (problem !== undefined || snapshot === undefined) return err(problem ?? "sale/no-snapshot")
    const code = await signSale(terminal, basket, snapshot)
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
    const upload = await draftUpload(terminal, "sale", saleUpload(sale, basket.lines))
    const url = payCodeUrl(terminal.identity.gatewayUrl, code)
    const entered = basket.lostName === undefined ? [] : await enteredChanges(terminal, basket.lostName)
    const committed = store.commit([
      { table: "sales", change: "insert", key: counterKey(sale.counter), row: sale },
      { table: "baskets", change: "insert", key: basket.id, row: { counter: sale.counter } },
      upload.change,
      ...entered,
    ])
    await Promise.all([committed, Promise.resolve(url).then(onSigned)])
    return ok({ sale, url })
  })
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

function enteredProblem(
  terminal: Terminal,
  { soldAtSeconds }: Basket,
  settlement: "platform" | "cash",
): CloseSaleError | undefined {
  if (soldAtSeconds === undefined) return undefined
  const soldAtMs = seconds2024ToMs(soldAtOf(terminal, soldAtSeconds))
  const isInTime = judgeEnteredTime(soldAtMs, terminal.time.nowMs()) === undefined
  return settlement === "cash" && isInTime ? undefined : "sale/entered-time"
}

/** A person gave it by the tablet's clock; what is signed goes by the terminal's time (UP-20). */
function soldAtOf({ time, clock }: Terminal, enteredSeconds: number): number {
  return enteredSeconds + Math.max(0, Math.floor((time.nowMs() - clock.nowMs()) / 1000))
}

function problemOf(basket: Basket, snapshot: SnapshotRow | undefined): CloseSaleError | undefined {
  const { lines } = basket
  if (lines.length === 0) return "sale/no-lines"
  if (lines.length > SALE_LINES_MAX) return "sale/too-many-lines"
  if (snapshot === undefined) return "sale/no-snapshot"
  const slots = new Set(slotsOf(snapshot).map(({ slot }) => slot))
  if (lines.some(({ slot }) => !slots.has(slot))) return "sale/unknown-slot"
  const linesFen = linesTotalFen(lines)
  if (linesFen > AMOUNT_FEN_MAX) return "sale/amount-too-large"
  const reduction = judgeReduction(linesFen, basketAmountFen(basket))
  return reduction.ok ? undefined : reduction.error
}

function recallProblem(
  { lines }: Basket,
  snapshot: SnapshotRow | undefined,
  holds: RecallHoldsRow | undefined,
): CloseSaleError | undefined {
  const held = heldOf(holds, snapshot === undefined ? [] : slotsOf(snapshot))
  return lines.some(({ slot }) => held.has(slot)) ? "sale/recalled" : undefined
}

async function signSale(terminal: Terminal, basket: Basket, snapshot: SnapshotRow): Promise<PayCode> {
  const { identity, signingKey, receiptKey } = terminal
  const { terminal: id, networkId } = identity
  const { counter, issuedAtSeconds } = await terminal.counter.take()
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
