import { buyers } from "@suyuan/drizzle/schema/buyers"
import { payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import type { ErrorCode } from "@suyuan/look/errors"
import { formatOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { beginPaying, mayOpenAttempt } from "@suyuan/protocol/payment/payment-state"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import { and, eq, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { preparedOn } from "../fixed-text"
import type { SaleKey } from "../sales/sale-key"
import {
  type AttemptRow,
  attemptsOf,
  findSale,
  insertAttempt,
  isLive,
  lockSale,
  type SaleRow,
  saleKeyOf,
} from "./attempts"
import { changeSale, type SaleState, saleStateOf, settlementOf } from "./change-sale"
import { claimUntil } from "./due"
import { tellWhenBegunAgain } from "./payer-hints"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"
import { methodOf } from "./payment-order"
import type { Bridge, Platform } from "./payment-provider"
import { watchMs } from "./query-schedule"
import { dayOfNumber } from "./refund-number"
import { resolveAttempt } from "./resolve-unknown"
import { sendAttempt, sendNoted } from "./send-attempt"

/** Attempts of one sale, by all payers: their number is one byte, and more than this is somebody playing. */
const attemptsMax = 100
/** Of them by payers of whom nothing is known: they must not use up what wallets need. */
const outsideAttemptsMax = 20
/** WeChat Pay's `h5_url` is good for so long. */
const h5SecondsMax = 300

export type OpenedPayment = {
  readonly outTradeNo: string
  readonly platform: Platform
  readonly attempt: AttemptRow["state"]
  readonly sale: SaleState
  readonly expiresAt: Date
  /** What the phone pays with; absent while the platform's answer is unknown, and once nothing is left to pay. */
  readonly bridge: Bridge | undefined
}

type Payer = typeof buyers.$inferSelect

/** How a payer pays whose wallet is not the session's. */
export type OutsideWallet = { readonly platform: Platform } & (
  | { readonly method: "native" }
  /** An IP address: WeChat Pay wants to know whose browser it is. */
  | { readonly method: "h5"; readonly clientIp: string }
)

export type OpenPaymentInput = {
  readonly sale: SaleKey
  /** Without it, in the wallet whose session it is. */
  readonly outside?: OutsideWallet | undefined
  /** Why no new attempt may be opened (window, terminal), as the sale's own verb judged; one that is open stays good. */
  readonly refusal?: ErrorCode | undefined
}

/**
 * Opens a payer's attempt to pay a sale, or gives back the one that is open: at most one per (sale, platform, payer),
 * and none blocks another payer's. A browser of which nothing is known is one payer. The number is stored before
 * anything is sent; repeating the call is harmless.
 * @throws ServiceError payment/sale-unknown, /sale-paid, /sale-closed, /expired, /no-payee, /too-many-attempts,
 *   /platform-refused; request/forbidden for anybody but a buyer; request/unauthenticated for a browser's session that
 *   wants to pay in a wallet.
 */
export async function openPayment(
  ctx: Context,
  deps: PaymentDeps,
  actor: Actor,
  input: OpenPaymentInput,
): Promise<OpenedPayment> {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
  const [payer] = await payerById(ctx.db).execute({ id: actor.id })
  if (payer === undefined) throw new ServiceError("request/unauthenticated")
  const prepared = await prepareAttempt(ctx, deps, payer, input)
  const opened = await bringToPlatform(ctx, deps, prepared)
  if (opened.attempt.state === "failed") throw new ServiceError("payment/platform-refused")
  return present(ctx, deps, payer, opened)
}

const payerById = preparedOn((reader) =>
  reader
    .select()
    .from(buyers)
    .where(eq(buyers.id, sql.placeholder("id")))
    .prepare("payer"),
)

/** An attempt, and its sale where that was read as late. */
type Brought = { readonly attempt: AttemptRow; readonly sale?: SaleRow }

async function bringToPlatform(ctx: Context, deps: PaymentDeps, { attempt, isNew }: Prepared): Promise<Brought> {
  if (isNew) return sendNoted(ctx, deps, attempt)
  // Sent and unanswered: perhaps by a second tap of this moment. The same order twice is one order.
  const isUnanswered = attempt.state === "prepared" || attempt.state === "sent"
  const hasNoHandle = attempt.state === "open" && attempt.platformHandle === null
  if (isUnanswered || hasNoHandle) return { attempt: await sendAttempt(ctx, deps, attempt) }
  return { attempt: attempt.state === "unknown" ? await resolveAttempt(ctx, deps, attempt) : attempt }
}

async function present(ctx: Context, deps: PaymentDeps, payer: Payer, opened: Brought): Promise<OpenedPayment> {
  const { attempt } = opened
  const sale = opened.sale ?? (await findSale(ctx.db, saleKeyOf(attempt)))
  if (sale === undefined) throw new Error(`attempt ${attempt.outTradeNo} has lost its sale`)
  const { outTradeNo, platform, platformHandle: handle, expiresAt, createdAt: openedAt } = attempt
  const payable = attempt.state === "open" && mayOpenAttempt(settlementOf(sale))
  const bridge =
    payable && handle !== null
      ? deps.providers[platform].bridge({
          ...{ handle, outTradeNo, openedAt },
          method: methodOf(ctx, attempt, { payer, code: sale.code }),
          payee: { account: attempt.payeeAccount, directAccount: attempt.payeeDirectAccount ?? undefined },
        })
      : undefined
  return { outTradeNo, platform, attempt: attempt.state, sale: saleStateOf(sale), expiresAt, bridge }
}

type Prepared = {
  readonly attempt: AttemptRow
  /** Stored now as being sent, and sent by nobody yet. */
  readonly isNew: boolean
}

async function prepareAttempt(
  ctx: Context,
  deps: PaymentDeps,
  payer: Payer,
  input: OpenPaymentInput,
): Promise<Prepared> {
  const { sale: key, refusal, outside } = input
  const platform = platformOf(payer, outside)
  return ctx.db.transaction(async (tx) => {
    const sale = await lockSale(tx, key)
    if (sale === undefined) throw new ServiceError("payment/sale-unknown")
    const made = await attemptsOf(tx, sale)
    const own = made.findLast((attempt) => attempt.buyerId === payer.id && attempt.platform === platform)
    if (own !== undefined && own.state === "succeeded") return { attempt: own, isNew: false }
    if (sale.state === "paid") throw new ServiceError("payment/sale-paid")
    if (!mayOpenAttempt(settlementOf(sale))) throw new ServiceError("payment/sale-closed")
    if (own !== undefined && isLive(own)) {
      if (own.expiresAt.getTime() <= ctx.clock.nowMs()) throw new ServiceError("payment/expired")
      await tellWhenBegunAgain(ctx, tx, sale, made, own)
      return { attempt: own, isNew: false }
    }
    if (refusal !== undefined) throw new ServiceError(refusal)
    const fromOutside = made.filter(({ method }) => method !== "jsapi")
    if (made.length >= attemptsMax || (outside && fromOutside.length >= outsideAttemptsMax)) {
      throw new ServiceError("payment/too-many-attempts")
    }
    await tellWhenBegunAgain(ctx, tx, sale, made, undefined)
    const number = (made.at(-1)?.attempt ?? 0) + 1
    const attempt = await makeAttempt(ctx, deps, tx, sale, { buyerId: payer.id, platform, outside, attempt: number })
    return { attempt, isNew: true }
  })
}

function platformOf(payer: Payer, outside: OutsideWallet | undefined): Platform {
  if (outside !== undefined) return outside.platform
  if (payer.platform === "web") throw new ServiceError("request/unauthenticated")
  return payer.platform
}

type NewAttempt = Pick<AttemptRow, "buyerId" | "platform" | "attempt"> & Pick<OpenPaymentInput, "outside">

async function makeAttempt(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  sale: SaleRow,
  { buyerId, platform, outside, attempt }: NewAttempt,
): Promise<AttemptRow> {
  const nowMs = ctx.clock.nowMs()
  const name = { utcDay: utcDayOf(nowMs), terminal: sale.terminalId, counter: sale.counter, attempt }
  const outTradeNo = formatOutTradeNo(name)
  const { config } = ctx
  // Whole seconds: that is how platforms write it, and a repeated order must say the same.
  const secondsMax = outside?.method === "h5" ? h5SecondsMax : Number.POSITIVE_INFINITY
  const expiresAtMs = Math.ceil(nowMs / 1000 + Math.min(config.PAYMENT_EXPIRY_SECONDS, secondsMax)) * 1000
  const row = await insertAttempt(tx, {
    outTradeNo,
    day: dayOfNumber(name),
    terminalId: sale.terminalId,
    counter: sale.counter,
    saleDay: sale.day,
    attempt,
    siteId: sale.siteId,
    merchantId: sale.merchantId,
    platform,
    buyerId,
    method: outside?.method ?? "jsapi",
    clientIp: outside?.method === "h5" ? outside.clientIp : null,
    ...(await payeeFieldsOf(deps, tx, sale.merchantId, platform)),
    amountFen: sale.amountFen,
    // Committed before it is sent: after a crash it is asked after, as one whose answer was lost.
    state: "sent",
    expiresAt: new Date(expiresAtMs),
    watchUntil: new Date(expiresAtMs + watchMs),
    nextQueryAt: claimUntil(ctx),
    createdAt: new Date(nowMs),
  })
  const { siteId, amountFen } = sale
  await appendEvents(ctx, tx, [
    { outTradeNo, siteId, kind: "attempt/prepared", detail: { amountFen } },
    { outTradeNo, siteId, kind: "attempt/sent" },
  ])
  const paying = beginPaying(settlementOf(sale))
  if (paying.kind === "applied") await changeSale(ctx, tx, sale, paying.settlement)
  return row
}

async function payeeFieldsOf(
  deps: PaymentDeps,
  tx: Transaction,
  merchantId: string,
  platform: Platform,
): Promise<Pick<AttemptRow, "payeeAccount" | "payeeAuthToken" | "payeeDirectAccount">> {
  const [row] = await tx
    .select({
      payeeAccount: payeeAccounts.account,
      payeeAuthToken: payeeAccounts.authToken,
      payeeDirectAccount: payeeAccounts.directAccount,
    })
    .from(payeeAccounts)
    .where(and(eq(payeeAccounts.merchantId, merchantId), eq(payeeAccounts.platform, platform)))
  if (row === undefined) throw new ServiceError("payment/no-payee")
  const { payeeAccount: account, payeeDirectAccount: name } = row
  const known = () =>
    deps.providers[platform].directAccounts.some((own) => own.name === name && own.account === account)
  if (name !== null && !known()) throw new ServiceError("payment/no-payee")
  return row
}
