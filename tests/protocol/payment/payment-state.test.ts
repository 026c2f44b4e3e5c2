import { describe, expect, test } from "bun:test"
import type { AttemptState } from "@suyuan/protocol/payment/attempt-state"
import {
  applyPayment,
  applyRefund,
  beginPaying,
  closeSettlement,
  mayOpenAttempt,
  presentSettlement,
  refuseRefund,
  type Settlement,
} from "@suyuan/protocol/payment/payment-state"
import fc from "fast-check"

const presented = presentSettlement(1850)
const paying = beginPaying(presented).settlement
const paid = applyPayment(paying, "open", 1850).settlement
const closed = closeSettlement(presented, "cancelled", []).settlement

describe("settlement of a sale", () => {
  test("goes presented, paying, paid, and counts what came", () => {
    expect(presented).toEqual({ state: "presented", amountFen: 1850, paidFen: 0, refundedFen: 0, version: 1 })
    expect(paying).toEqual({ ...presented, state: "paying", version: 2 })
    expect(paid).toEqual({ ...presented, state: "paid", paidFen: 1850, version: 3 })
    expect(() => presentSettlement(0)).toThrow(RangeError)
  })

  test("a second attempt changes nothing while the first is open, and may be opened", () => {
    expect(beginPaying(paying)).toEqual({ kind: "ignored", settlement: paying })
    expect([presented, paying, paid, closed].map(mayOpenAttempt)).toEqual([true, true, false, false])
  })

  test("a payment that overtakes the answer to its own create settles too", () => {
    expect(applyPayment(presented, "sent", 1850).settlement.state).toBe("paid")
  })

  test("the same news twice counts once", () => {
    expect(applyPayment(paid, "succeeded", 1850)).toEqual({ kind: "ignored", settlement: paid })
  })

  test("a second payment is counted, and goes back", () => {
    expect(applyPayment(paid, "open", 1850)).toEqual({
      kind: "refund-due",
      settlement: { ...paid, paidFen: 3700, version: 4 },
      refund: { amountFen: 1850, reason: "second-payment" },
    })
  })

  test("a payment after close is counted, and goes back; the sale stays closed", () => {
    expect(applyPayment(closed, "closed", 1850)).toEqual({
      kind: "refund-due",
      settlement: { ...closed, paidFen: 1850, version: 3 },
      refund: { amountFen: 1850, reason: "payment-after-close" },
    })
  })

  test("another amount than the code's settles nothing, and goes back", () => {
    expect(applyPayment(paying, "open", 1849)).toEqual({
      kind: "refund-due",
      settlement: { ...paying, paidFen: 1849, version: 3 },
      refund: { amountFen: 1849, reason: "amount-differs" },
    })
  })
})

describe("closing", () => {
  test("by the seller, or for cash, holds at once", () => {
    for (const reason of ["cancelled", "cash"] as const) {
      expect(closeSettlement(paying, reason, ["open"])).toEqual({
        kind: "applied",
        settlement: { ...paying, state: "closed", version: 3 },
      })
    }
  })

  test("at expiry waits until no attempt can take money any more", () => {
    for (const open of ["sent", "unknown", "open"] as const) {
      expect(closeSettlement(paying, "expired", ["closed", open])).toEqual({
        kind: "close-attempts-first",
        settlement: paying,
      })
    }
    const final: AttemptState[] = ["prepared", "failed", "closed"]
    expect(closeSettlement(paying, "expired", final).settlement.state).toBe("closed")
  })

  test("comes too late for a sale that is paid, and once is enough", () => {
    expect(closeSettlement(paid, "cancelled", [])).toEqual({ kind: "ignored", settlement: paid })
    expect(closeSettlement(closed, "expired", [])).toEqual({ kind: "ignored", settlement: closed })
  })
})

describe("refunds", () => {
  test("leave a paid sale paid, and are counted once", () => {
    const refunded = applyRefund(paid, "open", 500)
    expect(refunded).toEqual({ kind: "applied", settlement: { ...paid, refundedFen: 500, version: 4 } })
    expect(applyRefund(refunded.settlement, "succeeded", 500).kind).toBe("ignored")
  })

  test("[PY-12] are at least a fen, and at most what their payment has left beside its own others", () => {
    expect(refuseRefund(1850, 0, 1850)).toBeUndefined()
    expect(refuseRefund(1850, 0, 0)).toBe("refund/amount-below-one-fen")
    expect(refuseRefund(1850, 0, 1851)).toBe("refund/amount-above-paid")
    expect(refuseRefund(1850, 1000, 851)).toBe("refund/amount-above-paid")
    expect(refuseRefund(1850, 1000, 850)).toBeUndefined()
    expect(refuseRefund(1850, 3700, 1)).toBe("refund/amount-above-paid")
  })

  test("[PY-12] beyond what was paid are booked, and said to be", () => {
    const refundedFen = paid.paidFen + 1
    expect(applyRefund(paid, "open", refundedFen)).toEqual({
      kind: "overdrawn",
      settlement: { ...paid, refundedFen, version: paid.version + 1 },
    })
  })
})

describe("any order of news", () => {
  interface Attempt {
    state: AttemptState
  }

  const news = fc.array(
    fc.oneof(
      fc.record({ what: fc.constant("paid" as const), attempt: fc.nat(3) }),
      fc.record({ what: fc.constant("refunded" as const), refund: fc.nat(3) }),
      fc.record({ what: fc.constantFrom("cancelled" as const, "cash" as const, "expired" as const) }),
      fc.record({ what: fc.constant("paying" as const) }),
    ),
    { maxLength: 20 },
  )

  test("keeps the sums: receipts − refunds = paid − refunded; at most one payment stays, none in a closed sale", () => {
    fc.assert(
      fc.property(news, (events) => {
        let settlement: Settlement = presentSettlement(100)
        const attempts: Attempt[] = Array.from({ length: 4 }, () => ({ state: "open" }))
        const due: Attempt[] = []
        let receiptsFen = 0
        let refundsFen = 0
        for (const event of events) {
          const before = settlement
          if (event.what === "paid") {
            const attempt = attempts[event.attempt]!
            const change = applyPayment(settlement, attempt.state, 100)
            if (change.kind !== "ignored") receiptsFen += 100
            if (change.kind === "refund-due") due.push({ state: "sent" })
            attempt.state = "succeeded"
            settlement = change.settlement
          } else if (event.what === "refunded") {
            const refund = due[event.refund]
            if (refund === undefined) continue
            const change = applyRefund(settlement, refund.state, 100)
            if (change.kind === "applied") refundsFen += 100
            refund.state = "succeeded"
            settlement = change.settlement
          } else if (event.what === "paying") settlement = beginPaying(settlement).settlement
          else
            settlement = closeSettlement(
              settlement,
              event.what,
              attempts.map(({ state }) => state),
            ).settlement
          expect(settlement.version - before.version).toBe(settlement === before ? 0 : 1)
          if (before.state === "paid" || before.state === "closed") expect(settlement.state).toBe(before.state)
        }
        expect(settlement.paidFen - settlement.refundedFen).toBe(receiptsFen - refundsFen)
        const staysFen = settlement.paidFen - 100 * due.length
        expect(staysFen).toBe(settlement.state === "paid" ? 100 : 0)
      }),
      { numRuns: 2000 },
    )
  })
})
