/** `GET /v3/bill/tradebill`: the day's bill of the whole service provider, as an address that is good for five minutes. */
import { createHash } from "node:crypto"
import { dayBooks, dayStartMs, isBillReady } from "../bills/day-books"
import { wechatBill } from "../bills/wechat-bill"
import type { World } from "../world"
import { paramError, wechatErrors } from "./error"

const addressLifeMs = 5 * 60_000
const oldestMs = 92 * 86_400_000

export function tradeBill(world: World, query: URLSearchParams, origin: string): Record<string, unknown> {
  const day = query.get("bill_date") ?? ""
  const startMs = dayStartMs(day)
  const now = world.settings.clockMs()
  if (startMs === undefined || now - startMs > oldestMs) throw paramError("/bill_date", day, "账单日期错误", "query")
  if ((query.get("bill_type") ?? "ALL") !== "ALL") throw paramError("/bill_type", "", "沙箱仅支持ALL", "query")
  if (query.has("tar_type")) throw paramError("/tar_type", "", "沙箱不支持压缩账单", "query")
  if (!isBillReady(world, "wechat-pay", startMs)) throw wechatErrors.statementCreating()
  const books = dayBooks(world, "wechat-pay", startMs)
  if (books.paid.length + books.refunded.length === 0) throw wechatErrors.noStatement()
  const bytes = new TextEncoder().encode(wechatBill(books))
  const token = world.billFiles.keep("wechat-pay", bytes, now + addressLifeMs)
  return {
    hash_type: "SHA1",
    hash_value: createHash("sha1").update(bytes).digest("hex"),
    download_url: `${origin}/v3/billdownload/file?token=${token}`,
  }
}
