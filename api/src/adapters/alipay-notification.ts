/** Alipay's asynchronous notifications: a signed form. Everything before the signature is an attacker's. */
import { err, ok, type Result } from "@suyuan/protocol/result"
import { yuanToFen } from "@suyuan/protocol/units/money"
import type { AlipaySdk } from "alipay-sdk"
import type { NotificationFault, NotificationMessage, PlatformNotice } from "../payments/payment-provider"
import { payerOf, tradeOf } from "./alipay-trade"
import { strictText } from "./strict-text"

const bodyBytesMax = 1 << 16

export type NotifiedAccount = {
  readonly appId: string
  readonly payersAppId: string
  readonly sellerId: string | undefined
  readonly name: string | undefined
}

/** @param account the app to whose address it came, and the only seller that it may be about, if there is only one */
export function readAlipayNotification(
  sdk: AlipaySdk,
  account: NotifiedAccount,
  message: NotificationMessage,
): Result<PlatformNotice, NotificationFault> {
  const text = message.body.length > bodyBytesMax ? undefined : strictText(message.body)
  const form = text === undefined ? undefined : readForm(text)
  if (form === undefined) return err("notification/malformed")
  // The weaker RSA (SHA-1) is asked for by the message itself in the SDK: never given.
  if (form.sign_type !== "RSA2" || !isCanonicalBase64(form.sign)) return err("notification/unverified")
  if (!isSigned(sdk, form)) return err("notification/unverified")
  if (form.app_id !== account.appId) return err("notification/not-ours")
  if (account.sellerId !== undefined && form.seller_id !== account.sellerId) return err("notification/not-ours")
  if (form.notify_type !== "trade_status_sync") return ok({ about: "other", event: form.notify_type ?? "" })
  const isRefund = form.out_biz_no !== undefined && form.refund_fee !== undefined
  return isRefund ? readRefund(form, account.name) : readTrade(form, account)
}

type Form = Readonly<Record<string, string | undefined>>

/** Undefined for a name that comes twice: signer and reader might take different ones. */
function readForm(text: string): Form | undefined {
  const form: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in form) return undefined
    // The SDK refuses a signature over a form with an empty value; Alipay leaves those out when it signs.
    if (value !== "") form[name] = value
  }
  return form
}

/** Lenient decoders give one signature many spellings. */
function isCanonicalBase64(text: string | undefined): boolean {
  return text !== undefined && text !== "" && Buffer.from(text, "base64").toString("base64") === text
}

function isSigned(sdk: AlipaySdk, form: Form): boolean {
  try {
    return sdk.checkNotifySignV2({ ...form })
  } catch {
    return false
  }
}

function readTrade(form: Form, account: NotifiedAccount): Result<PlatformNotice, NotificationFault> {
  const { out_trade_no: outTradeNo, trade_no: tradeNo, trade_status: status, seller_id: payeeAccount } = form
  const totalFen = yuanToFen(form.total_amount ?? "")
  if (!outTradeNo || !tradeNo || !status || !totalFen.ok) return err("notification/malformed")
  const payer = payerOf(account, { openId: form.buyer_open_id, userId: form.buyer_id })
  const trade = tradeOf(status, totalFen.value, tradeNo, form.gmt_payment !== undefined, payer)
  if (trade === undefined) return err("notification/malformed")
  if (trade.state === "open") return ok({ about: "other", event: status })
  return ok({ about: "payment", outTradeNo, payeeAccount, directAccount: account.name, trade })
}

/** Told once the money is back. `out_biz_no` is the refund's number; the fee is the sum of all refunds so far. */
function readRefund(form: Form, directAccount: string | undefined): Result<PlatformNotice, NotificationFault> {
  const { out_trade_no: outTradeNo, out_biz_no: outRefundNo, seller_id: payeeAccount } = form
  if (!outTradeNo || !outRefundNo) return err("notification/malformed")
  const refund = { state: "succeeded", refundId: undefined } as const
  return ok({ about: "refund", outTradeNo, outRefundNo, payeeAccount, directAccount, refund })
}
