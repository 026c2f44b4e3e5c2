import { expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { drainOutbox, type Tries } from "@suyuan/terminal-kiosk/outbox/drain-outbox"
import { putAsideSeen, seeRefused } from "@suyuan/terminal-kiosk/outbox/see-refused"
import { takeAcks } from "@suyuan/terminal-kiosk/outbox/take-acks"
import { enterOutsideGoods } from "@suyuan/terminal-kiosk/stock/enter-outside-goods"
import { openStall } from "../headless-terminal"

const goods = { commodity: 8, weightGrams: 5000, declaredOrigin: "" }
const pace = { retryMsFirst: 1000, retryMsMax: 3000, inFlightMax: 2 }

/** A broker that takes everything. */
function listeningLink() {
  const heard: string[] = []
  return { heard, publish: async (_topic: string, payload: Uint8Array) => void heard.push(toHex(payload)) }
}

test("[UP-6] a row stays until the gateway's own acknowledgement, not the broker's", async () => {
  const { terminal, store } = await openStall()
  const id = await enterOutsideGoods(terminal, goods)
  const link = listeningLink()
  await drainOutbox(terminal, link, new Map(), pace)
  expect(await store.list("outbox")).toHaveLength(1)
  await takeAcks(terminal, [{ id, result: "stored" }])
  expect(await store.list("outbox")).toHaveLength(0)
})

test("[UP-5] repeats the same bytes, ever more slowly", async () => {
  const { terminal, clock } = await openStall()
  await enterOutsideGoods(terminal, goods)
  const link = listeningLink()
  const tries: Tries = new Map()
  const start = clock.steadyMs()
  const due: number[] = []
  for (let round = 0; round < 4; round++) {
    const next = (await drainOutbox(terminal, link, tries, pace)) ?? Number.NaN
    due.push(next - start)
    // Called too early, nothing is sent.
    clock.advance(next - 1 - clock.steadyMs())
    await drainOutbox(terminal, link, tries, pace)
    clock.advance(1)
  }
  expect(due).toEqual([1000, 3000, 6000, 9000])
  expect(link.heard).toHaveLength(4)
  expect(new Set(link.heard).size).toBe(1)
})

test("oldest first, a few at a time; the next follow when those are acknowledged", async () => {
  const { terminal, store, clock } = await openStall()
  const ids: string[] = []
  for (let i = 0; i < 3; i++) {
    clock.advance(1)
    ids.push(await enterOutsideGoods(terminal, { ...goods, commodity: i }))
  }
  const envelopes = (await store.list("outbox")).map(([, row]) => row.envelope)
  const link = listeningLink()
  const tries: Tries = new Map()
  await drainOutbox(terminal, link, tries, pace)
  expect(link.heard).toEqual(envelopes.slice(0, 2))
  await takeAcks(terminal, [{ id: ids[0] ?? "", result: "stored" }])
  await drainOutbox(terminal, link, tries, pace)
  expect(link.heard).toEqual(envelopes)
})

test("no publish waits for the broker's word on the one before", async () => {
  const { terminal, clock } = await openStall()
  for (let i = 0; i < 2; i++) {
    clock.advance(1)
    await enterOutsideGoods(terminal, { ...goods, commodity: i })
  }
  const heard = Promise.withResolvers<void>()
  let count = 0
  const publish = () => {
    count += 1
    if (count === 2) heard.resolve()
    return heard.promise
  }
  await drainOutbox(terminal, { publish }, new Map(), pace)
  expect(count).toBe(2)
})

test("what the gateway refuses is kept for a person, with the reason", async () => {
  const { terminal, store } = await openStall()
  const id = await enterOutsideGoods(terminal, goods)
  await takeAcks(terminal, [
    { id, result: "refused", code: "stock/unknown-commodity" },
    { id: "0199d3a0-7c1e-7000-8000-00000000ffff", result: "stored" },
  ])
  expect(await store.list("outbox")).toHaveLength(0)
  expect(await store.get("refused", id)).toMatchObject({ kind: "outside-goods", code: "stock/unknown-commodity" })
  await takeAcks(terminal, [{ id, result: "refused", code: "other" }])
  expect(await store.get("refused", id)).toMatchObject({ code: "stock/unknown-commodity" })
})

test("a publish that fails ends the round; nothing is lost", async () => {
  const { terminal, store } = await openStall()
  await enterOutsideGoods(terminal, goods)
  const broken = { publish: () => Promise.reject(new Error("gone")) }
  await expect(drainOutbox(terminal, broken, new Map(), pace)).rejects.toThrow("gone")
  expect(await store.list("outbox")).toHaveLength(1)
})

test("nothing waits, nothing is due", async () => {
  const { terminal } = await openStall()
  expect(await drainOutbox(terminal, listeningLink(), new Map(), pace)).toBeUndefined()
})

test("what was refused and read is kept apart, also what an earlier version kept among those that wait", async () => {
  const { terminal, store } = await openStall()
  const row = { kind: "outside-goods" as const, envelope: "00", queuedAtMs: 1, code: "stock/unknown-commodity" }
  const put = (key: string, more: { readonly isSeen?: true } = {}) =>
    ({ table: "refused", change: "put", key, row: { ...row, refusedAtMs: 2, ...more } }) as const
  await store.commit([put("u0"), put("u1"), put("u2", { isSeen: true })])
  await putAsideSeen(terminal)
  await seeRefused(terminal, "u0")
  await seeRefused(terminal, "u0")
  const keys = async (table: "refused" | "refusedSeen") => (await store.list(table)).map(([key]) => key)
  expect([await keys("refused"), await keys("refusedSeen")]).toEqual([["u1"], ["u0", "u2"]])
})
