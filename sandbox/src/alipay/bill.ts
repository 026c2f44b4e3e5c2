/** `alipay.data.dataservice.bill.downloadurl.query`: the day's bill of one seller, as an address that lives 30 seconds. */
import { z } from "zod"
import { alipayBill } from "../bills/alipay-bill"
import { dayBooks, dayStartMs, isBillReady } from "../bills/day-books"
import type { World } from "../world"
import { alipayErrors } from "./error"
import { type CallContext, parseContent, sellerOf } from "./trade"

const addressLifeMs = 30_000
const input = z.object({ bill_type: z.literal("trade"), bill_date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) })

export function billUrl(world: World, context: CallContext, body: unknown, origin: string): Record<string, unknown> {
  const { bill_date: day } = parseContent(input, body)
  const seller = sellerOf(world, context, undefined)
  const startMs = dayStartMs(day)
  if (startMs === undefined) throw alipayErrors.invalidParameter("bill_date")
  if (!isBillReady(world, "alipay", startMs)) throw alipayErrors.billNotExist()
  const books = dayBooks(world, "alipay", startMs, seller)
  if (books.paid.length + books.refunded.length === 0) throw alipayErrors.billNotExist()
  const untilMs = world.settings.clockMs() + addressLifeMs
  const token = world.billFiles.keep("alipay", alipayBill(day, seller, books), untilMs)
  return {
    code: "10000",
    msg: "Success",
    bill_download_url: `${origin}/downloadBillFile.resource?bizType=trade&fileId=${token}`,
  }
}
