import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { createHash } from "node:crypto"
import { readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { alipayPages } from "@suyuan/api/adapters/alipay-bill"
import { type BillFile, spoolBill } from "@suyuan/api/adapters/bill-file"
import { BillUnreadable } from "@suyuan/api/adapters/bill-pages"
import { billFen } from "@suyuan/api/adapters/bill-text"
import { downloadBill } from "@suyuan/api/adapters/download-bill"
import { wechatPayPages } from "@suyuan/api/adapters/wechat-pay-bill"
import { type BillLimits, type BillLine, billLimits, billPageLines } from "@suyuan/api/payments/daily-bill"
import { alipayBillTexts, zipOfTexts } from "@suyuan/sandbox/bills/alipay-bill"
import type { DayBooks } from "@suyuan/sandbox/bills/day-books"
import { wechatBill } from "@suyuan/sandbox/bills/wechat-bill"
import type { Order, Refund } from "@suyuan/sandbox/orders/order"

setDefaultTimeout(60_000)

const mchid = "1900000100"
const seller = "2088000000000002"
const at = Date.parse("2026-03-01T02:00:00Z")

function orderOf(number: number, amountFen: number): Order {
  return {
    ...{ platform: "wechat-pay", orderNo: `order${number}`, tradeNo: `4200${number}`, prepayId: "", prepayAtMs: at },
    ...{ collector: mchid, way: "jsapi", hidden: false },
    ...{ appId: "wx1", payer: "someone", payeeNo: "1900000109", amountFen, couponFen: 0, notifyUrl: "" },
    ...{ description: "大白菜, 杭椒", request: { sp_mchid: mchid }, state: "paid", createdAtMs: at, expiresAtMs: null },
    ...{ paidAtMs: at, closedAtMs: null, refundedFen: 0 },
  }
}

function refundOf(order: Order, amountFen: number): { order: Order; refund: Refund } {
  const { platform, orderNo } = order
  const refund: Refund = {
    ...{
      platform,
      orderNo,
      refundNo: `${orderNo}r01`,
      refundId: `5030${orderNo}`,
      amountFen,
      reason: "",
      notifyUrl: "",
    },
    ...{ state: "succeeded", createdAtMs: at, dueAtMs: at, settledAtMs: at },
  }
  return { order, refund }
}

const first = orderOf(1, 1234)
const books: DayBooks = { paid: [first, orderOf(2, 5000)], refunded: [refundOf(first, 34)] }
const lines = [
  { about: "payment", outTradeNo: "order1", amountFen: 1234, feeFen: 7 },
  { about: "payment", outTradeNo: "order2", amountFen: 5000, feeFen: 30 },
  { about: "refund", outTradeNo: "order1", outRefundNo: "order1r01", amountFen: 34, feeFen: 0, state: "succeeded" },
]

async function* inPieces(bytes: Uint8Array, length: number) {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

async function fileOf(bytes: Uint8Array, pieceBytes = 1000): Promise<BillFile> {
  const file = await spoolBill(inPieces(bytes, pieceBytes), billLimits.bytesMax)
  if (file === undefined) throw new Error("too large to keep")
  return file
}

/** Its lines, or why there are none. */
async function linesOf(pages: AsyncIterable<readonly BillLine[]>): Promise<BillLine[] | BillUnreadable["reason"]> {
  const found: BillLine[] = []
  try {
    for await (const page of pages) found.push(...page)
  } catch (cause) {
    if (cause instanceof BillUnreadable) return cause.reason
    throw cause
  }
  return found
}

async function readWechatPay(text: string | Uint8Array, owner = mchid, limits?: BillLimits) {
  const file = await fileOf(typeof text === "string" ? new TextEncoder().encode(text) : text)
  const found = await linesOf(wechatPayPages(file, owner, limits))
  await file.close()
  return found
}

async function readAlipay(bytes: Uint8Array, owner = seller, limits?: BillLimits) {
  const file = await fileOf(bytes)
  const found = await linesOf(alipayPages(file, owner, limits))
  await file.close()
  return found
}

describe("[PY-18] WeChat Pay's file", () => {
  const text = wechatBill(books)

  test("is read with its byte order mark and back-ticks, commas inside a value included", async () => {
    expect(text.startsWith("\uFEFF")).toBe(true)
    expect(await readWechatPay(text)).toMatchObject(lines.map((line) => ({ ...line, payeeAccount: "1900000109" })))
    expect(await readWechatPay(text.slice(1))).toHaveLength(3)
    const plain = wechatBill({ ...books, paid: [{ ...first, description: "白菜,`1" }, orderOf(2, 5000)] })
    expect(await readWechatPay(plain)).toHaveLength(3)
  })

  test("of a merchant that is nobody's sub-merchant names the merchant itself", async () => {
    const own = await readWechatPay(text.replaceAll("`1900000109", "`0"))
    expect(own).toMatchObject(lines.map(() => ({ payeeAccount: mchid })))
  })

  test("is refused when it is another merchant's, torn, or not in the documented form", async () => {
    expect(await readWechatPay(text, "1900000002")).toBe("malformed")
    const rows = text.split("\r\n")
    expect(await readWechatPay(rows.slice(0, 3).join("\r\n"))).toBe("malformed")
    expect(await readWechatPay(text.slice(0, -40))).toBe("malformed")
    expect(await readWechatPay(`${text}${rows[1]}\r\n`)).toBe("malformed")
    expect(await readWechatPay(text.replace("申请退款金额", "退款"))).toBe("malformed")
    expect(await readWechatPay(new Uint8Array([0xff, 0xfe]))).toBe("malformed")
    expect(await readWechatPay("")).toBe("malformed")
    expect(await readWechatPay("x".repeat(100_000))).toBe("malformed")
  })

  test("is refused when the summary does not add up: count, paid, refunded, fees", async () => {
    const rows = text.split("\r\n")
    expect(await readWechatPay([rows[0], ...rows.slice(2)].join("\r\n"))).toBe("malformed")
    const summary = rows.at(-2) ?? ""
    for (const [right, wrong] of [
      ["`3,", "`4,"],
      ["`62.34,`0.34", "`62.35,`0.34"],
      [",`0.34", ",`0.35"],
      ["`0.37000", "`0.38000"],
    ]) {
      expect(summary).toContain(right ?? "")
      const changed = [...rows.slice(0, -2), summary.replaceAll(right ?? "", wrong ?? ""), ""].join("\r\n")
      expect(await readWechatPay(changed)).toBe("malformed")
    }
  })

  test("has a limit on its lines", async () => {
    expect(await readWechatPay(text, mchid, { ...billLimits, linesMax: 3 })).toHaveLength(3)
    expect(await readWechatPay(text, mchid, { ...billLimits, linesMax: 2 })).toBe("too-large")
  })

  test("of a whole market is never held as objects at once, nor read further than it is used", async () => {
    const count = 20_000
    const many = wechatBill({ paid: Array.from({ length: count }, (_, n) => orderOf(n, 100 + n)), refunded: [] })
    const bytes = new TextEncoder().encode(many)
    let read = 0
    const counting: Pick<BillFile, "chunks"> = {
      chunks: async function* () {
        for await (const piece of inPieces(bytes, 64 * 1024)) {
          read += piece.length
          yield piece
        }
      },
    }
    let seen = 0
    for await (const page of wechatPayPages(counting, mchid)) {
      expect(page.length).toBeLessThanOrEqual(billPageLines)
      seen += page.length
      expect(read).toBeLessThan(((seen + 2 * billPageLines) * bytes.length) / count)
    }
    expect(seen).toBe(count)
  })
})

describe("[PY-18] Alipay's file", () => {
  const day = "2026-03-01"
  const texts = alipayBillTexts(day, seller, books)
  const zip = zipOfTexts(texts)
  const changed = (change: (text: string) => string) =>
    zipOfTexts(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)])))

  test("is read from its zip and GBK, cut anywhere", async () => {
    expect(await readAlipay(zip)).toMatchObject(lines.map((line) => ({ ...line, payeeAccount: seller })))
    const file = await fileOf(zip, 1)
    expect(await linesOf(alipayPages(file, seller))).toHaveLength(3)
    expect(await linesOf(alipayPages(file, seller))).toHaveLength(3)
    await file.close()
  })

  test("is refused when it is another seller's, torn, or no archive", async () => {
    expect(await readAlipay(zip, "2088000000000009")).toBe("malformed")
    for (const length of [zip.length - 1, zip.length - 30, 200, 21, 0]) {
      expect(await readAlipay(zip.slice(0, length))).toBe("malformed")
    }
    expect(await readAlipay(new TextEncoder().encode("没有账单"))).toBe("malformed")
    const flipped = zip.slice()
    flipped[120] = (flipped[120] ?? 0) ^ 1
    expect(await readAlipay(flipped)).toBe("malformed")
    expect(await readAlipay(changed((text) => text.replace(/#-+业务明细列表结束-+\r\n/, "")))).toBe("malformed")
    expect(await readAlipay(changed((text) => text.replaceAll("业务明细列表", "明细")))).toBe("malformed")
  })

  test("is refused when its totals do not add up: counts and sums of payments and refunds", async () => {
    for (const [right, wrong] of [
      ["#交易合计：2笔", "#交易合计：3笔"],
      ["商家实收共62.34元", "商家实收共62.35元"],
      ["#退款合计：1笔", "#退款合计：0笔"],
      ["商家实收退款共-0.34元", "商家实收退款共-0.35元"],
    ] as const) {
      expect(await readAlipay(changed((text) => text.replace(right, wrong)))).toBe("malformed")
    }
    expect(await readAlipay(changed((text) => text.replace(/#退款合计：.*\r\n/, "")))).toBe("malformed")
  })

  test("has limits on its lines, its files and what it unpacks to, by what it declares and by what comes", async () => {
    expect(await readAlipay(zip, seller, { ...billLimits, linesMax: 2 })).toBe("too-large")
    expect(await readAlipay(zip, seller, { ...billLimits, bytesMax: 500 })).toBe("too-large")
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}.csv`, "1"]))
    expect(await readAlipay(zipOfTexts(many))).toBe("too-large")
    // Declares one byte and inflates to a megabyte.
    const bomb = zipOfTexts({ "a.csv": "0".repeat(1_000_000) })
    const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.byteLength)
    const directoryAt = view.getUint32(bomb.length - 22 + 16, true)
    view.setUint32(directoryAt + 24, 1, true)
    expect(await readAlipay(bomb)).toBe("malformed")
  })
})

test("[PY-18] a bill of a city's day is within the limits, and read no further than its pages are taken", async () => {
  const rows = wechatBill({ paid: [first], refunded: [] })
    .split("\r\n")
    .slice(0, 4)
  const [head = "", line = "", summaryHead = "", summary = ""] = rows
  const citySales = 3_000_000
  expect(billLimits.linesMax).toBeGreaterThan(citySales)
  expect(billLimits.bytesMax).toBeGreaterThan(citySales * 2 * line.length)
  const count = 100_000
  const [block, blocks] = [200, count / 200]
  let given = 0
  async function* chunks() {
    const encoder = new TextEncoder()
    yield encoder.encode(`${head}\r\n`)
    for (const _ of Array(blocks)) {
      given += block
      yield encoder.encode(`${line}\r\n`.repeat(block))
    }
    const sums = summary.replace("`1,", `\`${count},`).replaceAll("12.34", `${12.34 * count}.00`)
    yield encoder.encode(`${summaryHead}\r\n${sums.replace("0.07000", `${(7 * count) / 100}.00000`)}\r\n`)
  }
  let taken = 0
  for await (const page of wechatPayPages({ chunks }, mchid)) {
    taken += page.length
    expect(page.length).toBeLessThanOrEqual(billPageLines)
    expect(given - taken).toBeLessThanOrEqual(block)
  }
  expect(taken).toBe(count)
})

describe("[PY-18] a bill file", () => {
  let server: ReturnType<typeof Bun.serve>
  beforeAll(() => {
    const slow = () => new ReadableStream({ start: (sink) => sink.enqueue("a ") })
    const answer = (request: Request) => (request.url.endsWith("/slow") ? slow() : "a bill")
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => new Response(answer(request)) })
  })
  afterAll(() => server.stop(true))

  test("is kept with its hash in a file that has no name", async () => {
    const bytes = new TextEncoder().encode("x".repeat(200_000))
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("suyuan-bill-"))
    const file = await fileOf(bytes, 777)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("suyuan-bill-"))).toEqual(before)
    expect(file.size).toBe(bytes.length)
    expect(Buffer.from(file.sha1).toString("hex")).toBe(createHash("sha1").update(bytes).digest("hex"))
    const again: number[] = []
    for await (const chunk of file.chunks(199_990)) again.push(...chunk)
    expect(again).toHaveLength(10)
    await file.close()
  })

  test("beyond the limit is not kept", async () => {
    expect(await spoolBill(inPieces(new Uint8Array(1001), 100), 1000)).toBeUndefined()
  })

  test("comes from an address that is the platform's own, and from nowhere else", async () => {
    const address = new URL(`http://127.0.0.1:${server.port}/bill`)
    const elsewhere = await downloadBill(address, { origins: ["https://dwbillcenter.alipay.com"], timeoutMs: 1000 })
    expect(elsewhere).toEqual({ kind: "unknown", cause: "unverified" })
    const got = await downloadBill(address, { origins: [address.origin], timeoutMs: 10_000 })
    expect(got).toMatchObject({ kind: "file", file: { size: 6 } })
    if (got.kind === "file") await got.file.close()
  })

  test("that stops coming is given up, and has been asked for in vain", async () => {
    const address = new URL(`http://127.0.0.1:${server.port}/slow`)
    const silent = await downloadBill(address, { origins: [address.origin], timeoutMs: 200 })
    expect(silent).toEqual({ kind: "unknown", cause: "time-out" })
  })
})

test("[PY-18] amounts of bills are whole fen", () => {
  expect(["12.34", "-0.07", "0.07000", "0", "-0.00"].map(billFen)).toEqual([1234, -7, 7, 0, 0])
  expect(["0.071", "0.07001", "1,000.00", "", " 1.00", "1e3"].map(billFen)).toEqual(Array(6).fill(undefined))
})
