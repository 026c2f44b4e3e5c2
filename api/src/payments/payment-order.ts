import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants, payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { sales } from "@suyuan/drizzle/schema/sales"
import { bytesToDecimal } from "@suyuan/protocol/codec/decimal"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, isNull, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { preparedOn } from "../fixed-text"
import { isSale } from "../sales/sale-key"
import { type AttemptRow, saleKeyOf } from "./attempts"
import type { Payee, PayMethod, PaymentOrder, PlatformPayer } from "./payment-provider"

/** The order of an attempt, the same each time it is sent: platforms refuse a number that comes back with other content. */
export async function paymentOrderOf(
  ctx: Pick<Context, "config">,
  reader: Reader,
  attempt: AttemptRow,
): Promise<PaymentOrder> {
  const { buyerId, merchantId, siteId, platform, payeeAccount } = attempt
  const [row] = await partiesOf(reader).execute({ buyerId, merchantId, siteId, platform, payeeAccount })
  if (row === undefined) throw new Error(`attempt ${attempt.outTradeNo} has lost its payer or stall`)
  const { appId, openId } = row
  const code = attempt.method === "h5" ? await codeOf(reader, attempt) : noCode
  return {
    outTradeNo: attempt.outTradeNo,
    amountFen: attempt.amountFen,
    description: descriptionOf(row.site, row.stall, attempt.counter),
    payee: payeeBy(attempt, row),
    method: methodOf(ctx, attempt, { payer: { appId, openId }, code }),
    expiresAt: attempt.expiresAt,
    terminalHex: terminalToHex(attempt.terminalId),
  }
}

const isPayee = and(
  eq(payeeAccounts.merchantId, sql.placeholder("merchantId")),
  eq(payeeAccounts.platform, sql.placeholder("platform")),
  eq(payeeAccounts.account, sql.placeholder("payeeAccount")),
  isNull(payeeAccounts.directAccount),
)

const partiesOf = preparedOn((reader) =>
  reader
    .select({
      ...{ stall: merchants.stallNumber, site: sites.name, appId: buyers.appId, openId: buyers.openId },
      authToken: payeeAccounts.authToken,
    })
    .from(buyers)
    .innerJoin(merchants, eq(merchants.id, sql.placeholder("merchantId")))
    .innerJoin(sites, eq(sites.id, sql.placeholder("siteId")))
    .leftJoin(payeeAccounts, isPayee)
    .where(eq(buyers.id, sql.placeholder("buyerId")))
    .prepare("parties of an order"),
)

const noCode = new Uint8Array()

async function codeOf(reader: Reader, attempt: AttemptRow): Promise<Uint8Array> {
  const [sale] = await reader
    .select({ code: sales.code })
    .from(sales)
    .where(isSale(saleKeyOf(attempt)))
  if (sale === undefined) throw new Error(`attempt ${attempt.outTradeNo} has lost its sale`)
  return sale.code
}

/**
 * How the attempt is paid: in the wallet whose session opened it, or by whoever comes to it from outside.
 * @param of the session's buyer, and the sale's code, to whose page a browser is led back
 */
export function methodOf(
  ctx: Pick<Context, "config">,
  attempt: Pick<AttemptRow, "method" | "clientIp">,
  of: { readonly payer: PlatformPayer; readonly code: Uint8Array },
): PayMethod {
  switch (attempt.method) {
    case "jsapi":
      return { kind: "jsapi", payer: of.payer }
    case "native":
      return { kind: "native" }
    case "h5": {
      const returnUrl = `${ctx.config.GATEWAY_PUBLIC_URL}/p/${bytesToDecimal(of.code)}`
      return { kind: "h5", clientIp: attempt.clientIp ?? "", returnUrl }
    }
  }
}

/**
 * The account that the attempt was opened for, whatever the stall's payee is by now: its own account with the keys of
 * the configuration; else with the token by which we act for it, today's while the stall has that account, and the one
 * that the attempt was opened with afterwards.
 */
export async function payeeOf(reader: Reader, payment: PaidTo): Promise<Payee> {
  if (payment.payeeDirectAccount !== null) return payeeBy(payment, undefined)
  const { merchantId, platform, payeeAccount } = payment
  const [row] = await tokenOf(reader).execute({ merchantId, platform, payeeAccount })
  return payeeBy(payment, row)
}

type PaidTo = Pick<AttemptRow, "merchantId" | "platform" | "payeeAccount" | "payeeAuthToken" | "payeeDirectAccount">

const tokenOf = preparedOn((reader) =>
  reader.select({ authToken: payeeAccounts.authToken }).from(payeeAccounts).where(isPayee).prepare("token of a payee"),
)

/** @param today the stall's account as it is now, if it still is the one that the payment was opened for */
function payeeBy(
  { payeeAccount: account, payeeAuthToken, payeeDirectAccount }: PaidTo,
  today: { readonly authToken: string | null } | undefined,
): Payee {
  if (payeeDirectAccount !== null) return { account, authToken: undefined, directAccount: payeeDirectAccount }
  return { account, authToken: today?.authToken ?? payeeAuthToken ?? undefined }
}

/** As the wallet shows it. Legal on both platforms: ≤127 bytes, and none of `/ = &`, which Alipay refuses in a subject. */
function descriptionOf(site: string, stall: string, counter: number): string {
  const legal = (text: string) => text.replaceAll(/[^\p{L}\p{N} .-]/gu, "").slice(0, 16)
  return `${legal(site)} ${legal(stall)} 第${counter}单`
}
