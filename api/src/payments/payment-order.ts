import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants, payeeAccounts } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { sales } from "@suyuan/drizzle/schema/sales"
import { bytesToDecimal } from "@suyuan/protocol/codec/decimal"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, isNull } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { isSale } from "../sales/sale-key"
import { type AttemptRow, saleKeyOf } from "./attempts"
import type { Payee, PayMethod, PaymentOrder, PlatformPayer } from "./payment-provider"

/** The order of an attempt, the same each time it is sent: platforms refuse a number that comes back with other content. */
export async function paymentOrderOf(
  ctx: Pick<Context, "config">,
  reader: Reader,
  attempt: AttemptRow,
): Promise<PaymentOrder> {
  const [row] = await reader
    .select({ stall: merchants.stallNumber, site: sites.name, appId: buyers.appId, openId: buyers.openId })
    .from(buyers)
    .innerJoin(merchants, eq(merchants.id, attempt.merchantId))
    .innerJoin(sites, eq(sites.id, attempt.siteId))
    .where(eq(buyers.id, attempt.buyerId))
  if (row === undefined) throw new Error(`attempt ${attempt.outTradeNo} has lost its payer or stall`)
  const { appId, openId } = row
  const code = attempt.method === "h5" ? await codeOf(reader, attempt) : noCode
  return {
    outTradeNo: attempt.outTradeNo,
    amountFen: attempt.amountFen,
    description: descriptionOf(row.site, row.stall, attempt.counter),
    payee: await payeeOf(reader, attempt),
    method: methodOf(ctx, attempt, { payer: { appId, openId }, code }),
    expiresAt: attempt.expiresAt,
    terminalHex: terminalToHex(attempt.terminalId),
  }
}

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
export async function payeeOf(
  reader: Reader,
  payment: Pick<AttemptRow, "merchantId" | "platform" | "payeeAccount" | "payeeAuthToken" | "payeeDirectAccount">,
): Promise<Payee> {
  const { payeeAccount: account, payeeDirectAccount: directAccount } = payment
  if (directAccount !== null) return { account, authToken: undefined, directAccount }
  const [row] = await reader
    .select({ authToken: payeeAccounts.authToken })
    .from(payeeAccounts)
    .where(
      and(
        eq(payeeAccounts.merchantId, payment.merchantId),
        eq(payeeAccounts.platform, payment.platform),
        eq(payeeAccounts.account, account),
        isNull(payeeAccounts.directAccount),
      ),
    )
  return { account, authToken: row?.authToken ?? payment.payeeAuthToken ?? undefined }
}

/** As the wallet shows it. Legal on both platforms: ≤127 bytes, and none of `/ = &`, which Alipay refuses in a subject. */
function descriptionOf(site: string, stall: string, counter: number): string {
  const legal = (text: string) => text.replaceAll(/[^\p{L}\p{N} .-]/gu, "").slice(0, 16)
  return `${legal(site)} ${legal(stall)} 第${counter}单`
}
