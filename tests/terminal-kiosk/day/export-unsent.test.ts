import { expect, test } from "bun:test"
import { recordInspection } from "@suyuan/terminal-kiosk/inspections/record-inspection"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { listUnsent } from "@suyuan/terminal-kiosk/outbox/list-unsent"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { askRefund, openRefunds } from "@suyuan/terminal-kiosk/refund/ask-refund"
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { acceptPurchase, purchaseKey } from "@suyuan/terminal-kiosk/stock/accept-purchase"
import { declareHarvest, newHarvestIds } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { enterOutsideGoods } from "@suyuan/terminal-kiosk/stock/enter-outside-goods"
import { recordWaste } from "@suyuan/terminal-kiosk/stock/record-waste"
import { takeStock } from "@suyuan/terminal-kiosk/stock/take-stock"
import type { CatalogueRow } from "@suyuan/terminal-kiosk/store/rows"
import { unsentTable } from "../../../terminal-kiosk/screens/day/export-unsent"
import { fakeGateway } from "../fake-gateway"
import { cabbage, openStockedStall } from "../headless-terminal"

const catalogue: CatalogueRow = { version: 1, readAtMs: 0, entries: [[1001, "大白菜", "Napa cabbage", []]] }

async function tableOf({ terminal, store }: Awaited<ReturnType<typeof openStockedStall>>): Promise<string[]> {
  const names = { catalogue, language: "zh" as const, zone: "Asia/Shanghai" }
  const [records, purchases, refunds] = await Promise.all([
    listUnsent(terminal),
    store.list("purchases"),
    openRefunds(terminal),
  ])
  const text = unsentTable({ records, purchases, refunds }, names)
  return text.trimEnd().split("\r\n")
}

test("what was never sent is told in the seller's words: goods in, harvests, counts, waste, tests, cancellations", async () => {
  const stall = await openStockedStall()
  const { terminal } = stall
  const goods = { commodity: 1001, weightGrams: 24_000, declaredOrigin: "河北张北" }
  await enterOutsideGoods(terminal, goods)
  await declareHarvest(terminal, { ...goods, weightGrams: 60_000 }, newHarvestIds(terminal))
  await recordWaste(terminal, { commodity: 1001, weightGrams: 500, reason: "spoiled" })
  await takeStock(terminal, { commodity: 1001, countedGrams: 0 })
  const offered = { saleRecordId: "51".repeat(16), lineIndex: 0, commodity: 1001, grams: 5000 }
  await takeNotice(terminal, { v: 1, kind: "purchase-offered", ...offered })
  await acceptPurchase(terminal, purchaseKey(offered), { outcome: "accepted", grams: 4800 })
  const [title, heads, ...rows] = await tableOf(stall)
  expect(title).toContain("没传上去")
  expect(heads).toBe("时间,记录,单号,货品,克,说明")
  expect(rows.map((row) => row.slice(row.indexOf(",") + 1))).toEqual([
    "外来货,,大白菜,24000,河北张北",
    "采收,,大白菜,60000,河北张北",
    "损耗,,大白菜,500,坏了",
    "盘点,,大白菜,0,",
    "收货,,大白菜,4800,已入库",
  ])
  // One in the morning in UTC, as the market's clock has it.
  expect(rows.every((row) => row.startsWith("2026-03-01 09:00:"))).toBe(true)
})

test("goods that the seller named, a test of the stall's own, and a sale that was to be cancelled", async () => {
  const stall = await openStockedStall()
  const { terminal } = stall
  await enterOutsideGoods(terminal, { commodity: 0, name: "灯笼果", weightGrams: 3000, declaredOrigin: "" })
  await recordInspection(terminal, {
    ...{
      sampleNumber: "ZJ-1",
      commodity: 1001,

      sampledAtMs: Date.UTC(2026, 1, 28),
      method: "酶抑制率法",
    },
    ...{ standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille: 612, instrument: "X" },
    testerRole: "摊主",
  })
  const closed = await closeSale(terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  await cancelSale(terminal, closed.value.sale.counter)
  const [, , named, tested, cancelled, ...others] = await tableOf(stall)
  expect(named).toEndWith(",外来货,,灯笼果,3000,")
  expect(tested).toEndWith(",快检,,大白菜,,ZJ-1 61.2% 不合格")
  expect(cancelled).toEndWith(`,取消,${closed.value.sale.counter},,,`)
  // The sale stands among the sales.
  expect(others).toEqual([])
})

test("[PY-22] money that was to go back, of which nobody has said the end; one that was given back is no news", async () => {
  const stall = await openStockedStall()
  const { terminal } = stall
  const closed = await closeSale(terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  const { counter } = closed.value.sale
  const money = { state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 2 } as const
  await followPayment(terminal, { v: 1, counter, ...money })
  const wish = { counter, amountFen: 200, goods: "money-only", lines: [] } as const
  const answers = [{ status: 200, json: { state: "succeeded" } }, "no-answer"] as const
  for (const answer of answers) {
    await askRefund(terminal, fakeGateway(() => answer).transport, { ...wish, id: terminal.newId() })
  }
  const [title, , ...rows] = await tableOf(stall)
  expect(title).toContain("退款请市场查")
  expect(rows).toEqual([`2026-03-01 09:00:00,退款,${counter},,,¥2.00 · 顾客留着（只退钱） · 结果不明，正在追问`])
})
