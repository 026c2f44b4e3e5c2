/** WeChat Pay's trade bill: one file a day for the whole service provider, named by a signed answer with its hash. */
import { timingSafeEqual } from "node:crypto"
import { z } from "zod"
import type { Clock, Random } from "../context"
import type { BillLimits, BillLine, DailyBill } from "../payments/daily-bill"
import { type Outcome, succeeded, unknown } from "../payments/payment-provider"
import type { BillFile } from "./bill-file"
import { BillUnreadable, billPages, type RowReader, soundBill } from "./bill-pages"
import { BillTotals, billFen, columnReader } from "./bill-text"
import { downloadBill } from "./download-bill"
import type { WechatPayKeys } from "./wechat-pay-keys"
import type { WechatPayTransport } from "./wechat-pay-transport"

export type BillReading = {
  readonly keys: WechatPayKeys
  readonly billOrigins: readonly string[]
  readonly billTimeoutMs: number
  readonly clock: Clock
  readonly random: Random
}

const named = z.object({
  hash_type: z.literal("SHA1"),
  hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/),
  download_url: z.url().max(2048),
})

const columns = [
  "商户号",
  "特约商户号",
  "微信订单号",
  "商户订单号",
  "交易状态",
  "货币种类",
  "商户退款单号",
  "退款状态",
  "手续费",
  "订单金额",
  "申请退款金额",
] as const
const summaryColumns = ["总交易单数", "手续费总金额", "订单总金额", "申请退款总金额"] as const

/** A refusal is `undefined` here: the caller words it as it does for every other call. */
export async function wechatPayBill(
  call: WechatPayTransport,
  reading: BillReading,
  day: string,
): Promise<Outcome<DailyBill> | { kind: "refused"; code: string; status: number }> {
  const query = new URLSearchParams({ bill_date: day, bill_type: "ALL" })
  const answer = await call({ method: "GET", target: `/v3/bill/tradebill?${query}` })
  if (answer.kind === "refused") {
    if (answer.code === "STATEMENTCREATING") return succeeded({ state: "not-ready" })
    if (answer.code === "NOSTATEMENTEXIST") return succeeded({ state: "absent" })
    return answer
  }
  if (answer.kind === "unknown") return unknown(answer.cause)
  const head = named.safeParse(answer.json)
  if (!head.success) return unknown("malformed")
  const address = new URL(head.data.download_url)
  const nonce = Buffer.from(reading.random.bytes(16)).toString("hex")
  const atSeconds = Math.floor(reading.clock.nowMs() / 1000)
  const target = address.pathname + address.search
  const file = await downloadBill(address, {
    origins: reading.billOrigins,
    timeoutMs: reading.billTimeoutMs,
    headers: { Accept: "*/*", Authorization: reading.keys.authorization("GET", target, "", nonce, atSeconds) },
  })
  if (file.kind === "unknown") return unknown(file.cause)
  if (file.kind === "too-large") return succeeded({ state: "too-large" })
  // The file itself is not signed; the hash in the signed answer vouches for it.
  if (!timingSafeEqual(file.file.sha1, Buffer.from(head.data.hash_value, "hex"))) {
    await file.file.close()
    return unknown("unverified")
  }
  return soundBill(file.file, () => wechatPayPages(file.file, reading.keys.mchid))
}

/** UTF-8 with a byte order mark; unreadable unless every line is as documented and the summary agrees to the fen. */
export function wechatPayPages(
  file: Pick<BillFile, "chunks">,
  mchid: string,
  limits?: BillLimits,
): AsyncGenerator<readonly BillLine[]> {
  return billPages(utf8(file.chunks()), wechatPayRows(mchid), limits)
}

async function* utf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch {
      throw new BillUnreadable("malformed")
    }
  }
  for await (const chunk of chunks) yield decode(chunk)
  yield decode()
}

/** A head, the lines, the summary's head, the summary: told apart by the back-tick before each cell. */
function wechatPayRows(mchid: string): RowReader {
  let read: ReturnType<typeof columnReader<(typeof columns)[number]>>
  let summaryHead: string | undefined
  let isSummed = false
  const totals = new BillTotals()
  const row = (text: string): BillLine | undefined => {
    if (read === undefined) {
      read = columnReader(text.split(","), columns)
      if (read === undefined) throw new BillUnreadable("malformed")
      return undefined
    }
    if (summaryHead === undefined && !text.startsWith("`")) {
      summaryHead = text
      return undefined
    }
    if (summaryHead !== undefined) {
      if (isSummed || !isSummary(summaryHead, text, totals)) throw new BillUnreadable("malformed")
      isSummed = true
      return undefined
    }
    const cells = cellsOf(text)
    const line = cells && lineOf(read(cells), mchid)
    if (line === undefined) throw new BillUnreadable("malformed")
    totals.add(line)
    return line
  }
  const end = () => {
    if (!isSummed) throw new BillUnreadable("malformed")
  }
  return { row, end }
}

/** `` `a,`b `` → a, b: a comma inside a value is not followed by a back-tick. */
function cellsOf(row: string): string[] | undefined {
  return row.startsWith("`") ? row.slice(1).split(",`") : undefined
}

const refundStates = { SUCCESS: "succeeded", PROCESSING: "processing" } as const

function lineOf(cells: Record<(typeof columns)[number], string> | undefined, mchid: string): BillLine | undefined {
  if (cells === undefined || cells.商户号 !== mchid || cells.货币种类 !== "CNY") return undefined
  const feeFen = billFen(cells.手续费)
  const { 商户订单号: outTradeNo, 微信订单号: transactionId } = cells
  // A merchant that is nobody's sub-merchant has `0` there, and is paid itself.
  const payeeAccount = ["", "0"].includes(cells.特约商户号) ? mchid : cells.特约商户号
  if (feeFen === undefined || outTradeNo === "" || transactionId === "") return undefined
  if (cells.交易状态 === "SUCCESS") {
    const amountFen = billFen(cells.订单金额)
    if (amountFen === undefined || amountFen < 1) return undefined
    return { about: "payment", outTradeNo, transactionId, payeeAccount, amountFen, feeFen }
  }
  const amountFen = billFen(cells.申请退款金额)
  const outRefundNo = cells.商户退款单号
  const refunded = cells.交易状态 === "REFUND" || cells.交易状态 === "REVOKED"
  if (!refunded || amountFen === undefined || amountFen < 1 || outRefundNo === "") return undefined
  const state = refundStates[cells.退款状态 as keyof typeof refundStates] ?? "failed"
  return { about: "refund", outTradeNo, outRefundNo, payeeAccount, amountFen, feeFen, state }
}

function isSummary(head: string, row: string, totals: BillTotals): boolean {
  const cells = cellsOf(row)
  const summary = cells && columnReader(head.split(","), summaryColumns)?.(cells)
  return (
    summary !== undefined &&
    summary.总交易单数 === String(totals.payments + totals.refunds) &&
    billFen(summary.订单总金额) === totals.paidFen &&
    billFen(summary.申请退款总金额) === totals.refundedFen &&
    billFen(summary.手续费总金额) === totals.feesFen
  )
}
