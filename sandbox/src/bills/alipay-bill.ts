/** Alipay's trade bill: a zip of two CSV files in GBK, comment lines with `#`, a tab after each cell, amounts in yuan. */
import { fenToYuan } from "@suyuan/protocol/units/money"
import { zipSync } from "fflate"
import iconv from "iconv-lite"
import type { Order } from "../orders/order"
import { dateTime } from "../time/china-time"
import { type DayBooks, feeFenOf } from "./day-books"

const columns =
  "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"

const signedYuan = (fen: number) => `${fen < 0 ? "-" : ""}${fenToYuan(Math.abs(fen))}`

interface Movement {
  readonly order: Order
  readonly kind: "交易" | "退款"
  readonly atMs: number
  readonly amountFen: number
  readonly feeFen: number
  readonly refundNo: string
}

function line({ order, kind, atMs, amountFen, feeFen, refundNo }: Movement): string {
  const money = signedYuan(amountFen)
  return [
    order.tradeNo,
    order.orderNo,
    kind,
    order.description,
    dateTime(order.createdAtMs),
    dateTime(atMs),
    ...["", "", "", String(order.request.terminal_id ?? ""), "*甲(buy***@sandbox)"],
    ...[money, money, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00"],
    ...[refundNo, signedYuan(feeFen), "0.00", ""],
  ]
    .map((cell) => `${cell.replaceAll(",", " ")}\t`)
    .join(",")
}

export function alipayBill(day: string, sellerId: string, books: DayBooks): Uint8Array {
  return zipOfTexts(alipayBillTexts(day, sellerId, books))
}

/** By their names in the archive. Names are GBK too at Alipay, and no reader may depend on them; here in letters. */
export function alipayBillTexts(day: string, sellerId: string, books: DayBooks): Record<string, string> {
  const paid = books.paid.map((order): Movement => {
    const { amountFen, paidAtMs } = order
    return { order, kind: "交易", atMs: paidAtMs ?? 0, amountFen, feeFen: -feeFenOf(amountFen), refundNo: "" }
  })
  // What has not moved is not in it.
  const done = books.refunded.filter(({ refund }) => refund.state === "succeeded")
  const refunded = done.map(({ order, refund }): Movement => {
    const { amountFen, settledAtMs, refundNo } = refund
    return {
      ...{ order, refundNo },
      kind: "退款",
      atMs: settledAtMs ?? 0,
      amountFen: -amountFen,
      feeFen: feeFenOf(amountFen),
    }
  })
  const sum = (list: readonly Movement[]) => signedYuan(list.reduce((total, { amountFen }) => total + amountFen, 0))
  const head = [
    `#账号：[${sellerId}]`,
    `#起始日期：[${day.replaceAll("-", "年").replace(/年(\d\d)$/, "月$1日")} 00:00:00]   终止日期：[次日 00:00:00]`,
  ]
  const details = [
    "#支付宝业务明细查询",
    ...head,
    "#-----------------------------------------业务明细列表----------------------------------------",
    columns,
    ...[...paid, ...refunded].map(line),
    "#-----------------------------------------业务明细列表结束------------------------------------",
    `#交易合计：${paid.length}笔，商家实收共${sum(paid)}元，商家优惠共0.00元`,
    `#退款合计：${refunded.length}笔，商家实收退款共${sum(refunded)}元，商家优惠退款共0.00元`,
    "",
  ]
  const totals = [
    "#支付宝业务汇总查询",
    ...head,
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数",
    `合计\t,\t,${paid.length}\t,${refunded.length}\t`,
    "",
  ]
  const name = `${sellerId}0156_${day.replaceAll("-", "")}`
  return { [`${name}_details.csv`]: details.join("\r\n"), [`${name}_totals.csv`]: totals.join("\r\n") }
}

export function zipOfTexts(texts: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(texts).map(([name, text]) => [name, new Uint8Array(iconv.encode(text, "gbk"))])
  return zipSync(Object.fromEntries(entries))
}
