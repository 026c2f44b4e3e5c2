/** `GET /v3/bill/tradebill`: the day's bill of whoever signs, as an address that is good for five minutes. */
import { createHash } from "node:crypto"
import { wechat } from "../accounts"
import { type DayBooks, dayBooks, dayStartMs, isBillReady } from "../bills/day-books"
import { wechatBill } from "../bills/wechat-bill"
import type { Order } from "../orders/order"
import type { World } from "../world"
import { paramError, wechatErrors } from "./error"

const addressLifeMs = 5 * 60_000
const oldestMs = 92 * 86_400_000

/** As the file names the parties: a merchant by itself has no sub-merchant, and `0` stands there. */
function billed(order: Order): Order {
  if (order.collector === wechat.spMchid) return order
  return { ...order, payeeNo: "0", request: { ...order.request, sp_mchid: order.collector } }
}

/** One service provider's orders of all its sub-merchants, or one merchant's own. */
function collectedBy(signer: string, { paid, refunded }: DayBooks): DayBooks {
  return {
    paid: paid.filter((order) => order.collector === signer).map(billed),
    refunded: refunded
      .filter(({ order }) => order.collector === signer)
      .map(({ order, refund }) => ({ order: billed(order), refund })),
  }
}

export function tradeBill(
  world: World,
  signer: string,
  query: URLSearchParams,
  origin: string,
): Record<string, unknown> {
  const day = query.get("bill_date") ?? ""
  const startMs = dayStartMs(day)
  const now = world.settings.clockMs()
  if (startMs === undefined || now - startMs > oldestMs) throw paramError("/bill_date", day, "账单日期错误", "query")
  if ((query.get("bill_type") ?? "ALL") !== "ALL") throw paramError("/bill_type", "", "沙箱仅支持ALL", "query")
  if (query.has("tar_type")) throw paramError("/tar_type", "", "沙箱不支持压缩账单", "query")
  if (!isBillReady(world, "wechat-pay", startMs)) throw wechatErrors.statementCreating()
  const books = collectedBy(signer, dayBooks(world, "wechat-pay", startMs))
  if (books.paid.length + books.refunded.length === 0) throw wechatErrors.noStatement()
  const bytes = new TextEncoder().encode(wechatBill(books))
  const token = world.billFiles.keep("wechat-pay", bytes, now + addressLifeMs)
  return {
    hash_type: "SHA1",
    hash_value: createHash("sha1").update(bytes).digest("hex"),
    download_url: `${origin}/v3/billdownload/file?token=${token}`,
  }
}
