import { expect, test } from "bun:test"
import type { RefundRow } from "@suyuan/api/payments/attempts"
import { compareRefund } from "@suyuan/api/payments/compare-bill"
import type { BillRefund } from "@suyuan/api/payments/daily-bill"

const dayEndMs = Date.parse("2026-03-02T00:00:00+08:00")

/** What a line of the day's bill and a row of ours come to: the repair that is proposed, or nothing where they agree. */
function repairOf(there: BillRefund["state"], here: RefundRow["state"], succeededAtMs: number | null = null) {
  const outTradeNo = "260301buaaaabkaaaaa5ib"
  const line = { outTradeNo, outRefundNo: `${outTradeNo}r01`, payeeAccount: "1900000109", amountFen: 34, feeFen: 0 }
  const ours = { platform: "wechat-pay", outTradeNo, siteId: "", state: here, amountFen: 34, succeededAtMs } as const
  return compareRefund("wechat-pay", { about: "refund", ...line, state: there }, ours, dayEndMs)?.repair
}

test("[PY-19] a refund that is on its way on both sides agrees, and one that failed on both", () => {
  for (const here of ["sent", "unknown", "open"] as const) expect(repairOf("processing", here)).toBeUndefined()
  for (const here of ["failed", "closed"] as const) expect(repairOf("failed", here)).toBeUndefined()
  expect(repairOf("succeeded", "succeeded", dayEndMs - 1)).toBeUndefined()
})

test("[PY-19] a refund that was done after the bill's day may stand in its bill as it was", () => {
  for (const there of ["processing", "failed"] as const) {
    expect(repairOf(there, "succeeded", dayEndMs)).toBeUndefined()
    expect(repairOf(there, "succeeded", dayEndMs - 1)).toBe("alarm")
  }
})

test("[PY-19] what a bill knows better is asked for; what our books hold as done, and what failed there, is a person's", () => {
  for (const here of ["prepared", "sent", "unknown", "open", "failed", "closed"] as const) {
    expect(repairOf("succeeded", here)).toBe("query-and-settle")
  }
  for (const here of ["prepared", "failed", "closed"] as const) {
    expect(repairOf("processing", here)).toBe("query-and-settle")
  }
  for (const here of ["prepared", "sent", "unknown", "open"] as const) expect(repairOf("failed", here)).toBe("alarm")
})
