import { describe, expect, test } from "bun:test"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { keepLinked } from "@suyuan/terminal-kiosk/link/keep-linked"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { heldSlots, takeHolds } from "@suyuan/terminal-kiosk/stock/recall-holds"
import { slotsOf } from "@suyuan/terminal-kiosk/stock/write-snapshot"
import { type RecallHoldsRow, THE_ONE } from "@suyuan/terminal-kiosk/store/rows"
import { brokerAccess, fakeGateway } from "../fake-gateway"
import { cabbage, openStockedStall, type Stall } from "../headless-terminal"
import { fakeBroker } from "../link/fake-broker"

const hold = {
  recallId: "0199d3a0-7c1e-7000-8000-0000000000ca",
  commodity: 1001,
  lot: null,
  reason: "农残超标",
}
const list = (version: number, ...holds: RecallHoldsRow["holds"]) => ({ version, holds })

async function heldOf({ terminal, store }: Stall) {
  const snapshot = await store.get("snapshots", THE_ONE)
  return heldSlots(terminal, snapshot ? slotsOf(snapshot) : [])
}

async function outcomeOf(stall: Stall) {
  const closed = await closeSale(stall.terminal, cabbage())
  return closed.ok ? "sold" : closed.error
}

describe("goods that are recalled", () => {
  test("[RC-11] are not sold, with the reason, until the list says otherwise", async () => {
    const stall = await openStockedStall()
    expect(await outcomeOf(stall)).toBe("sold")
    await takeHolds(stall.terminal, list(1, hold))
    expect(await outcomeOf(stall)).toBe("sale/recalled")
    expect([...(await heldOf(stall))]).toEqual([[1, hold]])
    await takeHolds(stall.terminal, list(2))
    expect(await outcomeOf(stall)).toBe("sold")
  })

  test("[RC-11] an older list that comes later, or again, changes nothing", async () => {
    const stall = await openStockedStall()
    await takeHolds(stall.terminal, list(2))
    await takeHolds(stall.terminal, list(1, hold))
    expect(await outcomeOf(stall)).toBe("sold")
  })

  test("[RC-11] a hold of a lot that is kept apart is not one of the other goods", async () => {
    const stall = await openStockedStall()
    await takeHolds(stall.terminal, list(1, { ...hold, lot: "0199d3a0-7c1e-7000-8000-00000000000b" }))
    expect(await outcomeOf(stall)).toBe("sold")
  })

  test("[RC-11] are learned by a message, and with a hello by a terminal that was away", async () => {
    const stall = await openStockedStall()
    const broker = fakeBroker((upload, session) => {
      if (upload.kind !== "hello") return
      const hello = { v: 1, nonce: "0011223344556677", serverTimeMs: 0, holds: list(3, hold) }
      void session.say("hello", hello)
    })
    const kept = keepLinked(stall.terminal, {
      ...{ transport: fakeGateway(() => brokerAccess()).transport, connect: broker.connect, reconnectMsFirst: 1 },
      pace: { retryMsFirst: 1, retryMsMax: 1, inFlightMax: 50 },
    })
    await broker.until(async () => (await stall.store.get("recallHolds", THE_ONE))?.version === 3)
    expect(await outcomeOf(stall)).toBe("sale/recalled")
    await broker.sessions[0]?.say("holds", { v: 1, ...list(4), about: hold.recallId })
    await broker.until(async () => (await stall.store.get("recallHolds", THE_ONE))?.version === 4)
    expect(await outcomeOf(stall)).toBe("sold")
    await kept.close()
  })

  test("a list that is malformed is not heard", () => {
    const said = (holds: unknown) => parseDownMessage("holds", JSON.stringify({ v: 1, version: 1, holds }))
    expect(said([hold])).toBeDefined()
    expect(said([{ ...hold, lot: "all" }])).toBeUndefined()
    expect(said(Array.from({ length: 1001 }, () => hold))).toBeUndefined()
  })
})
