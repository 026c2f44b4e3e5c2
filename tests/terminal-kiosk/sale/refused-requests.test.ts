import { expect, test } from "bun:test"
import { takeAcks } from "@suyuan/terminal-kiosk/outbox/take-acks"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { cameTooLate } from "@suyuan/terminal-kiosk/sale/late-payments"
import { countAsCancelled } from "@suyuan/terminal-kiosk/sale/refused-requests"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { voidSale } from "@suyuan/terminal-kiosk/sale/void-sale"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { cabbage, openStockedStall, queuedKinds } from "../headless-terminal"

async function oneSale(settlement: "platform" | "cash" = "platform") {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage(), settlement)
  const { terminal, store } = stall
  return {
    ...stall,
    standing: async () => standingOf((await store.get("sales", counterKey(1)))!),
    /** The gateway refuses the newest upload. */
    refuse: async (code: string) => {
      const [id] = (await store.list("outbox")).at(-1) ?? [""]
      return takeAcks(terminal, [{ id, result: "refused", code }])
    },
  }
}

test("[UP-22] a cancellation that is refused stands open no more: it may be asked again, taken in cash, or counted as cancelled", async () => {
  const { terminal, store, standing, refuse } = await oneSale()
  await cancelSale(terminal, 1)
  expect(await refuse("sale/unknown")).toMatchObject([{ counter: 1, cancelRefused: "sale/unknown" }])
  expect(await standing()).toBe("not-cancelled")
  expect((await store.list("refused"))[0]?.[1]).toMatchObject({ kind: "cancel", counter: 1, code: "sale/unknown" })

  expect(await cancelSale(terminal, 1)).toMatchObject({ ok: true })
  expect(await standing()).toBe("cancelling")
  expect((await queuedKinds(store)).filter((kind) => kind === "cancel")).toHaveLength(1)
  await refuse("sale/unknown")
  expect(await countAsCancelled(terminal, 1)).toMatchObject({ ok: true })
  expect(await standing()).toBe("closed")
  expect(await countAsCancelled(terminal, 2)).toEqual({ ok: false, error: "sale/unknown" })

  const cash = await oneSale()
  await cancelSale(cash.terminal, 1)
  await cash.refuse("sale/unknown")
  expect(await settleCash(cash.terminal, 1)).toMatchObject({ ok: true })
  expect(await cash.standing()).toBe("cash")
})

test("[UP-15] money that comes all the same is said to have come too late, also once it counts as cancelled", async () => {
  const { terminal, standing, refuse } = await oneSale()
  await cancelSale(terminal, 1)
  await refuse("sale/unknown")
  await countAsCancelled(terminal, 1)
  const paid = {
    v: 1,
    counter: 1,
    state: "paid",
    paidFen: 900,
    refundedFen: 0,
    platform: "alipay",
    version: 3,
  } as const
  const sale = await followPayment(terminal, paid)
  expect([await standing(), sale && cameTooLate(sale)]).toEqual(["paid", true])
})

test("[UP-22] a sale whose voiding is refused counts, says why, and can be voided again", async () => {
  const { terminal, store, standing, refuse } = await oneSale("cash")
  await voidSale(terminal, 1, "other")
  expect(await standing()).toBe("voided")
  expect(await refuse("sale/not-recorded")).toMatchObject([{ voidRefused: "sale/not-recorded" }])
  expect(await standing()).toBe("cash")
  expect(await voidSale(terminal, 1, "other")).toMatchObject({ ok: true })
  const sale = await store.get("sales", counterKey(1))
  expect(sale).toMatchObject({ voided: "other" })
  expect(sale?.voidRefused).toBeUndefined()
})

test("what else is refused changes no sale", async () => {
  const { refuse, standing } = await oneSale()
  expect(await refuse("terminal/revoked")).toEqual([])
  expect(await standing()).toBe("waiting")
})
