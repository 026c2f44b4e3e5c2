import { expect, test } from "bun:test"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { lostSalesMessage } from "@suyuan/protocol/terminal/enrolment"
import { verifyNoble } from "@suyuan/protocol/terminal/verify-noble"
import { askLostSales, markEntered } from "@suyuan/terminal-kiosk/lost/ask-lost-sales"
import { lostItems } from "@suyuan/terminal-kiosk/lost/lost-items"
import { fakeGateway } from "../fake-gateway"
import { identity, openStall, publicKey, TERMINAL } from "../headless-terminal"

const sale = { issuedAt: "2026-03-01T00:00:00.000Z", amountFen: 540, lines: [] }
const terminals = [
  {
    terminalId: "0100000001",
    sales: [
      { ...sale, counter: 1, outcome: "rebuilt" },
      { ...sale, counter: 3, outcome: "not-paid" },
    ],
    gaps: [{ from: 2, to: 2 }],
  },
]

test("[EN-14] asks by its signature, and by the gateway's time when its own is refused", async () => {
  const { terminal } = await openStall()
  const gateway = fakeGateway(({ body }) =>
    body.issuedAtMs === 9_000_001
      ? { status: 200, json: { terminals } }
      : { status: 409, json: { code: "terminal/clock-off", expected: "9000000" } },
  )
  expect(await askLostSales(terminal, gateway.transport)).toMatchObject({ ok: true, value: { terminals } })
  const message = lostSalesMessage(identity.networkId, TERMINAL, 9_000_001)
  const signature = fromHex(String(gateway.asked[1]?.body.signature)) ?? new Uint8Array()
  expect(verifyNoble("ed25519", publicKey, message, signature)).toBe(true)
})

test("[EN-14] what a person is done with stays so when it is asked again; what is rebuilt is nobody's work", async () => {
  const { terminal } = await openStall()
  const { transport } = fakeGateway(() => ({ status: 200, json: { terminals } }))
  const first = await askLostSales(terminal, transport)
  if (!first.ok) throw new Error("not answered")
  expect(lostItems(first.value).rebuilt.map(({ name }) => name)).toEqual(["0100000001/1"])
  expect(lostItems(first.value).open.map(({ name }) => name)).toEqual(["0100000001/3", "0100000001/2-2"])
  await markEntered(terminal, "0100000001/3")
  await markEntered(terminal, "0100000001/3")
  const again = await askLostSales(terminal, transport)
  expect(again.ok && lostItems(again.value).open.map(({ name }) => name)).toEqual(["0100000001/2-2"])
})

test("[response lost] keeps what it knew, and may ask again", async () => {
  const { terminal, store } = await openStall()
  await askLostSales(terminal, fakeGateway(() => ({ status: 200, json: { terminals } })).transport)
  expect(await askLostSales(terminal, fakeGateway(() => "no-answer").transport)).toMatchObject({ ok: false })
  expect(await store.get("lost", "the")).toMatchObject({ terminals })
})
