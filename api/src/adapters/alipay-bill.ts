/** Alipay's trade bill: one zip a day and seller, at an address that lives 30 seconds; CSV in GBK inside. */
import iconv from "iconv-lite"
import { z } from "zod"
import { type BillLimits, type BillLine, billLimits, type DailyBill } from "../payments/daily-bill"
import { type Outcome, type Payee, succeeded, unknown } from "../payments/payment-provider"
import type { AlipayCaller } from "./alipay-client"
import type { BillFile } from "./bill-file"
import { BillUnreadable, billPages, type RowReader, soundBill } from "./bill-pages"
import { BillTotals, billFen, columnReader } from "./bill-text"
import { downloadBill } from "./download-bill"
import { inflateEntry, zipEntries } from "./zip-entries"

export type BillReading = { readonly billOrigins: readonly string[]; readonly billTimeoutMs: number }

const named = z.object({ bill_download_url: z.url().max(2048) })
const columns = [
  "支付宝交易号",
  "商户订单号",
  "业务类型",
  "订单金额（元）",
  "商家实收（元）",
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
  if (file.kind === "too-large") return succeeded({ state: "too-large" })
  return soundBill(file.file, () => alipayPages(file.file, payee.account))
}

/** Unreadable unless the archive holds one list of this seller's, complete to its end mark, with totals that agree. */
export async function* alipayPages(
  file: BillFile,
  sellerId: string,
  limits: BillLimits = billLimits,
): AsyncGenerator<readonly BillLine[]> {
  const entries = await zipEntries(file, filesMax)
  if (entries.reduce((sum, { bytes }) => sum + bytes, 0) > limits.bytesMax) throw new BillUnreadable("too-large")
  for (const entry of entries) {
    const reader = alipayRows(sellerId)
    yield* billPages(gbk(inflateEntry(file, entry)), reader, limits)
    if (reader.hasList()) return
  }
  throw new BillUnreadable("malformed")
}

async function* gbk(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = iconv.getDecoder("gbk")
  for await (const chunk of chunks) yield decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
  yield decoder.end() ?? ""
}

/** Comments with the account, the list between two marks, the totals. A file without a list is another one's. */
function alipayRows(sellerId: string): RowReader & { readonly hasList: () => boolean } {
  let place: "before" | "head" | "list" | "after" = "before"
  let read: ReturnType<typeof columnReader<(typeof columns)[number]>>
  let isOfSeller = false
  const totals = new BillTotals()
  const summed = { payments: false, refunds: false }
  const receivedFen = { payments: 0, refunds: 0 }
  const row = (text: string): BillLine | undefined => {
    switch (place) {
      case "before":
        isOfSeller ||= text.startsWith("#账号：") && text.includes(`[${sellerId}`)
        if (listStart.test(text)) place = "head"
        return undefined
      case "head":
        read = isOfSeller ? columnReader(text.split(",").map(trim), columns) : undefined
        if (read === undefined) throw new BillUnreadable("malformed")
        place = "list"
        return undefined
      case "list": {
        if (listEnd.test(text)) {
          place = "after"
          return undefined
        }
        const cells = read?.(text.split(",").map(trim))
        const line = lineOf(cells, sellerId)
        const gotFen = cells && billFen(cells["商家实收（元）"])
        if (line === undefined || gotFen === undefined) throw new BillUnreadable("malformed")
        totals.add(line)
        receivedFen[line.about === "payment" ? "payments" : "refunds"] += gotFen
        return line
      }
      case "after":
        summed.payments ||= isSum(text, "交易", totals.payments, receivedFen.payments)
        summed.refunds ||= isSum(text, "退款", totals.refunds, receivedFen.refunds)
        return undefined
    }
  }
  const end = () => {
    const isWhole = place === "after" && summed.payments && summed.refunds
    if (place !== "before" && !isWhole) throw new BillUnreadable("malformed")
  }
  return { row, end, hasList: () => place !== "before" }
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

/** `#交易合计：2笔，商家实收共24.68元，…`, `#退款合计：1笔，商家实收退款共-0.34元，…`: a list cut short would not add up. */
function isSum(row: string, word: "交易" | "退款", count: number, receivedFen: number): boolean {
  const match = new RegExp(`^#${word}合计：(\\d+)笔，商家实收(?:退款)?共(-?[0-9.]+)元`).exec(row)
  if (match === null) return false
  const fen = billFen(match[2] ?? "")
  return match[1] === String(count) && fen !== undefined && Math.abs(fen) === Math.abs(receivedFen)
}
