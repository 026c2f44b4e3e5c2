/** Alipay's trade bill: one zip a day and seller, at an address that lives 30 seconds; CSV in GBK inside. */
import { unzipSync } from "fflate"
import iconv from "iconv-lite"
import { z } from "zod"
import { type BillLine, billBytesMax, billLinesMax, type DailyBill } from "../payments/daily-bill"
import { type Outcome, type Payee, succeeded, unknown } from "../payments/payment-provider"
import type { AlipayCaller } from "./alipay-client"
import { billFen, columnReader } from "./bill-text"
import { downloadBill } from "./download-bill"

export type BillReading = { readonly billOrigins: readonly string[]; readonly billTimeoutMs: number }

const named = z.object({ bill_download_url: z.url().max(2048) })
const columns = [
  "支付宝交易号",
  "商户订单号",
  "业务类型",
  "订单金额（元）",
  "退款批次号/请求号",
  "服务费（元）",
] as const
const filesMax = 8
const listEnd = /^#-+业务明细列表结束-+$/
const listStart = /^#-+业务明细列表-+$/

export async function alipayBill(
  call: AlipayCaller,
  reading: BillReading,
  day: string,
  payee: Payee,
): Promise<Outcome<DailyBill> | { kind: "refused"; code: string }> {
  const answer = await call("alipay.data.dataservice.bill.downloadurl.query", {
    authToken: payee.authToken,
    content: { bill_type: "trade", bill_date: day },
  })
  if (answer.kind === "refused") {
    return answer.code === "BILLNOTEXIST" ? succeeded({ state: "absent" }) : answer
  }
  if (answer.kind === "unknown") return unknown(answer.cause)
  const head = named.safeParse(answer.body)
  if (!head.success) return unknown("malformed")
  const address = new URL(head.data.bill_download_url)
  // Alipay still writes http here; the file is only ever fetched encrypted.
  if (address.protocol === "http:" && address.hostname.endsWith(".alipay.com")) address.protocol = "https:"
  const file = await downloadBill(address, { origins: reading.billOrigins, timeoutMs: reading.billTimeoutMs })
  if (file.kind === "unknown") return unknown(file.cause)
  const lines = parseAlipayBill(file.bytes, payee.account)
  return lines === undefined ? unknown("malformed") : succeeded({ state: "ready", lines })
}

/** Undefined unless the archive holds one list of this seller's, complete to its end mark, with totals that agree. */
export function parseAlipayBill(bytes: Uint8Array, sellerId: string): readonly BillLine[] | undefined {
  for (const text of textsOf(bytes) ?? []) {
    const rows = text.split(/\r?\n/)
    if (rows.length > billLinesMax) return undefined
    const start = rows.findIndex((row) => listStart.test(row))
    if (start < 0) continue
    const end = rows.findIndex((row) => listEnd.test(row))
    const ofSeller = rows.slice(0, start).some((row) => row.startsWith("#账号：") && row.includes(`[${sellerId}`))
    const lines = end > start && ofSeller ? readList(rows.slice(start + 1, end), sellerId) : undefined
    return lines !== undefined && isSummary(rows.slice(end + 1), lines) ? lines : undefined
  }
  return undefined
}

/** At most `billBytesMax` in all, judged by the sizes that the archive declares before anything is inflated. */
function textsOf(bytes: Uint8Array): string[] | undefined {
  let length = 0
  let files = 0
  try {
    const entries = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        length += originalSize
        files += 1
        if (length > billBytesMax || files > filesMax) throw new Error("the archive is too large")
        return true
      },
    })
    return Object.values(entries).map((entry) => iconv.decode(Buffer.from(entry), "gbk"))
  } catch {
    return undefined
  }
}

function readList(rows: readonly string[], sellerId: string): BillLine[] | undefined {
  const [head, ...rest] = rows
  const read = columnReader((head ?? "").split(",").map(trim), columns)
  const lines: BillLine[] = []
  for (const row of rest) {
    const line = lineOf(read?.(row.split(",").map(trim)), sellerId)
    if (line === undefined) return undefined
    lines.push(line)
  }
  return read && lines
}

const trim = (cell: string) => cell.trim()

function lineOf(
  cells: Record<(typeof columns)[number], string> | undefined,
  payeeAccount: string,
): BillLine | undefined {
  if (cells === undefined) return undefined
  const amountFen = billFen(cells["订单金额（元）"])
  const servedFen = billFen(cells["服务费（元）"])
  const { 商户订单号: outTradeNo, 支付宝交易号: transactionId } = cells
  if (amountFen === undefined || servedFen === undefined || outTradeNo === "" || transactionId === "") return undefined
  // As the seller's account moves: a fee is written as negative.
  const feeFen = servedFen === 0 ? 0 : -servedFen
  if (cells.业务类型 === "交易" && amountFen > 0) {
    return { about: "payment", outTradeNo, transactionId, payeeAccount, amountFen, feeFen }
  }
  const outRefundNo = cells["退款批次号/请求号"]
  if (cells.业务类型 !== "退款" || amountFen >= 0 || outRefundNo === "") return undefined
  return {
    ...{ about: "refund", outTradeNo, outRefundNo, payeeAccount, feeFen, state: "succeeded" },
    amountFen: -amountFen,
  }
}

/** `#交易合计：2笔，…` and `#退款合计：1笔，…`: a list cut short would not add up. */
function isSummary(rows: readonly string[], lines: readonly BillLine[]): boolean {
  const countOf = (word: string) =>
    rows.map((row) => new RegExp(`^#${word}合计：(\\d+)笔`).exec(row)?.[1]).find((count) => count !== undefined)
  const have = (about: BillLine["about"]) => String(lines.filter((line) => line.about === about).length)
  return countOf("交易") === have("payment") && countOf("退款") === have("refund")
}
