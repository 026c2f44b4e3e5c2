/** WeChat Pay's trade bill of type ALL for a service provider: BOM, a back-tick before each cell, amounts in yuan. */
import { fenToYuan } from "@suyuan/protocol/units/money"
import type { Refund } from "../orders/order"
import { dateTime } from "../time/china-time"
import { type DayBooks, feeFenOf } from "./day-books"

const columns =
  "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
const summaryColumns = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"

const line = (cells: readonly string[]) => cells.map((cell) => `\`${cell.replaceAll(",", " ")}`).join(",")
/** Fees stand there with five decimals. */
const feeText = (fen: number) => `${fen < 0 ? "-" : ""}${fenToYuan(Math.abs(fen))}000`

const refundStates = {
  processing: "PROCESSING",
  succeeded: "SUCCESS",
  abnormal: "CHANGE",
  closed: "CLOSED",
} as const satisfies Record<Refund["state"], string>

/** The fee goes back with the money. */
const feeBackFen = ({ state, amountFen }: Refund) => (state === "succeeded" ? feeFenOf(amountFen) : 0)

export function wechatBill(books: DayBooks): string {
  const paid = books.paid.map((order) =>
    line([
      dateTime(order.paidAtMs ?? 0),
      order.appId,
      String(order.request.sp_mchid),
      order.payeeNo,
      "",
      order.tradeNo,
      order.orderNo,
      order.payer,
      "JSAPI",
      "SUCCESS",
      "OTHERS",
      "CNY",
      fenToYuan(order.amountFen),
      "0.00",
      ...["0", "0", "0.00", "0.00", "", "", order.description, ""],
      feeText(feeFenOf(order.amountFen)),
      "0.60%",
      fenToYuan(order.amountFen),
      "0.00",
      "",
    ]),
  )
  const refunded = books.refunded.map(({ order, refund }) =>
    line([
      dateTime(refund.settledAtMs ?? refund.createdAtMs),
      order.appId,
      String(order.request.sp_mchid),
      order.payeeNo,
      "",
      order.tradeNo,
      order.orderNo,
      order.payer,
      "JSAPI",
      "REFUND",
      "OTHERS",
      "CNY",
      "0.00",
      "0.00",
      refund.refundId,
      refund.refundNo,
      fenToYuan(refund.amountFen),
      "0.00",
      "ORIGINAL",
      refundStates[refund.state],
      order.description,
      "",
      feeText(-feeBackFen(refund)),
      "0.60%",
      "0.00",
      fenToYuan(refund.amountFen),
      "",
    ]),
  )
  const paidFen = books.paid.reduce((sum, order) => sum + order.amountFen, 0)
  const refundedFen = books.refunded.reduce((sum, { refund }) => sum + refund.amountFen, 0)
  const feesFen =
    books.paid.reduce((sum, order) => sum + feeFenOf(order.amountFen), 0) -
    books.refunded.reduce((sum, { refund }) => sum + feeBackFen(refund), 0)
  const summary = line([
    String(paid.length + refunded.length),
    fenToYuan(paidFen),
    fenToYuan(refundedFen),
    "0.00",
    feeText(feesFen),
    fenToYuan(paidFen),
    fenToYuan(refundedFen),
  ])
  return `\uFEFF${[columns, ...paid, ...refunded, summaryColumns, summary].join("\r\n")}\r\n`
}
