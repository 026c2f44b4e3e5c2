/** WeChat Pay's trade bill: one file a day for the whole service provider, named by a signed answer with its hash. */
import { createHash, timingSafeEqual } from "node:crypto"
import { z } from "zod"
import type { Clock, Random } from "../context"
import { type BillLine, billLinesMax, type DailyBill } from "../payments/daily-bill"
import { type Outcome, succeeded, unknown } from "../payments/payment-provider"
import { billFen, columnReader } from "./bill-text"
import { downloadBill } from "./download-bill"
import { strictText } from "./strict-text"
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
  // The file itself is not signed; the hash in the signed answer vouches for it.
  const hash = createHash("sha1").update(file.bytes).digest()
  if (!timingSafeEqual(hash, Buffer.from(head.data.hash_value, "hex"))) return unknown("unverified")
  const lines = parseWechatPayBill(file.bytes, reading.keys.mchid)
  return lines === undefined ? unknown("malformed") : succeeded({ state: "ready", lines })
}

/** Undefined unless every line is as documented and the two summary lines agree with them to the fen. */
export function parseWechatPayBill(bytes: Uint8Array, mchid: string): readonly BillLine[] | undefined {
  const text = strictText(bytes)
  if (text === undefined) return undefined
  const rows = text.replace(/^\uFEFF/, "").split(/\r?\n/)
  if (rows.at(-1) === "") rows.pop()
  if (rows.length < 3 || rows.length > billLinesMax) return undefined
  const [summaryHead, summary] = rows.splice(-2)
  const read = columnReader((rows.shift() ?? "").split(","), columns)
  const lines: BillLine[] = []
  for (const row of rows) {
    const cells = read && cellsOf(row)
    const line = cells && lineOf(read?.(cells), mchid)
    if (line === undefined) return undefined
    lines.push(line)
  }
  return isSummary(summaryHead ?? "", summary ?? "", lines) ? lines : undefined
}

/** `` `a,`b `` → a, b: a comma inside a value is not followed by a back-tick. */
function cellsOf(row: string): string[] | undefined {
  return row.startsWith("`") ? row.slice(1).split(",`") : undefined
}

const refundStates = { SUCCESS: "succeeded", PROCESSING: "processing" } as const

function lineOf(cells: Record<(typeof columns)[number], string> | undefined, mchid: string): BillLine | undefined {
  if (cells === undefined || cells.商户号 !== mchid || cells.货币种类 !== "CNY") return undefined
  const feeFen = billFen(cells.手续费)
  const { 商户订单号: outTradeNo, 特约商户号: payeeAccount, 微信订单号: transactionId } = cells
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

function isSummary(head: string, row: string, lines: readonly BillLine[]): boolean {
  const cells = cellsOf(row)
  const summary = cells && columnReader(head.split(","), summaryColumns)?.(cells)
  if (summary === undefined) return false
  const sum = (about: BillLine["about"]) =>
    lines.reduce((total, line) => total + (line.about === about ? line.amountFen : 0), 0)
  return (
    summary.总交易单数 === String(lines.length) &&
    billFen(summary.订单总金额) === sum("payment") &&
    billFen(summary.申请退款总金额) === sum("refund") &&
    billFen(summary.手续费总金额) === lines.reduce((total, { feeFen }) => total + feeFen, 0)
  )
}
