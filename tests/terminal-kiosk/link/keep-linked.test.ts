import { afterEach, expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { type KeptLink, keepLinked, type LinkListeners } from "@suyuan/terminal-kiosk/link/keep-linked"
import { readStanding } from "@suyuan/terminal-kiosk/link/keep-standing"
import { listPayees } from "@suyuan/terminal-kiosk/payees/list-payees"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { brokerAccess, fakeGateway } from "../fake-gateway"
import { cabbage, openStall, openStockedStall, type Stall, TERMINAL } from "../headless-terminal"
import { fakeBroker } from "./fake-broker"

const links: KeptLink[] = []
afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()))
})

function link(stall: Stall, broker: ReturnType<typeof fakeBroker>, listeners: LinkListeners = {}) {
  const { transport } = fakeGateway(() => brokerAccess())
  const kept = keepLinked(stall.terminal, {
    ...{ transport, connect: broker.connect, reconnectMsFirst: 1, listeners },
    pace: { retryMsFirst: 1, retryMsMax: 1, inFlightMax: 50 },
  })
  links.push(kept)
  return kept
}

/** Stores what it hears and says so, as the gateway does after its commit. */
const storing = () =>
  fakeBroker((upload, session) => {
    if (upload.kind === "hello") return
    void session.say("ack", { v: 1, acks: [{ id: upload.uploadId, result: "stored" }] })
  })

test("asks for a token, says hello, and empties its outbox", async () => {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage())
  const broker = storing()
  link(stall, broker)
  await broker.until(async () => broker.sessions.length > 0 && (await stall.store.list("outbox")).length === 0)
  expect(broker.sessions[0]?.address).toEqual({ url: "ws://127.0.0.1:1", token: "token", terminal: TERMINAL })
  expect(broker.sessions[0]?.uploads.map(({ kind }) => kind).slice(0, 3)).toEqual(["hello", "snapshot", "sale"])
})

test("sends what is queued while it is online, once it is woken", async () => {
  const stall = await openStockedStall()
  const broker = storing()
  const kept = link(stall, broker)
  await broker.until(async () => (await stall.store.list("outbox")).length === 0)
  await closeSale(stall.terminal, cabbage())
  kept.wake()
  await broker.until(async () => (await stall.store.list("outbox")).length === 0)
  expect(broker.sessions[0]?.uploads.at(-1)?.kind).toBe("sale")
})

test("[UP-5] repeats what nobody acknowledged, byte for byte, also over a new session", async () => {
  const stall = await openStockedStall()
  const broker = fakeBroker()
  link(stall, broker)
  await broker.until(() => (broker.sessions[0]?.uploads.length ?? 0) > 1)
  broker.sessions[0]?.breakOff()
  await broker.until(() => (broker.sessions[1]?.uploads.length ?? 0) > 1)
  const snapshots = broker.sessions.flatMap(({ uploads }) => uploads.filter(({ kind }) => kind === "snapshot"))
  expect(snapshots).toHaveLength(2)
  expect(new Set(snapshots.map(({ uploadId, signature }) => uploadId + toHex(signature))).size).toBe(1)
})

test("learns from the gateway what became of a sale, and keeps it before it says so", async () => {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage())
  const shown: string[] = []
  const broker = storing()
  link(stall, broker, { onSale: (sale) => shown.push(standingOf(sale)) })
  await broker.until(() => broker.sessions.length > 0)
  await broker.sessions[0]?.say("payment", {
    ...{ v: 1, counter: 1, state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 2 },
  })
  expect(shown).toEqual(["paid"])
  expect((await stall.store.get("sales", counterKey(1)))?.payment?.paidFen).toBe(900)
})

test("a message that could not be kept is not acknowledged to the broker", async () => {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage())
  const broker = storing()
  link(stall, broker)
  await broker.until(async () => broker.sessions.length > 0 && (await stall.store.list("outbox")).length === 0)
  stall.store.losePower = true
  const news = { v: 1, counter: 1, state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 2 }
  await expect(broker.sessions[0]?.say("payment", news)).rejects.toThrow("power")
})

test("[UP-14] says how far this clock is off by the answer to its own hello only", async () => {
  const stall = await openStall()
  const offsets: number[] = []
  const broker = fakeBroker()
  link(stall, broker, { onClockOffset: (offsetMs) => offsets.push(offsetMs) })
  await broker.until(() => broker.sessions[0]?.uploads[0]?.kind === "hello")
  const hello = parseUploadBody("hello", broker.sessions[0]?.uploads[0]?.body ?? new Uint8Array())
  if (!hello.ok) throw new Error(hello.error)
  expect(hello.value.sentAtMs).toBe(stall.clock.nowMs())
  // The publish resolves a moment later than it is heard.
  await Promise.resolve()
  const serverTimeMs = stall.clock.nowMs() + 7000
  await broker.sessions[0]?.say("hello", { v: 1, nonce: "00".repeat(8), serverTimeMs })
  await broker.sessions[0]?.say("hello", { v: 1, nonce: toHex(hello.value.nonce), serverTimeMs })
  expect(offsets).toEqual([7000])
})

test("[UP-14] a confirmation that was said before it listened is in the answer to its hello: it asks for a token again", async () => {
  const stall = await openStall()
  const states: string[] = []
  let state = "claimed"
  const broker = fakeBroker((upload, session) => {
    const hello = upload.kind === "hello" ? parseUploadBody("hello", upload.body) : undefined
    // Somebody compared the fingerprints after the first token, and the notice reached nobody.
    state = "active"
    if (!hello?.ok) return
    const nonce = toHex(hello.value.nonce)
    // The publish resolves a moment later than it is heard.
    setImmediate(() => void session.say("hello", { v: 1, nonce, serverTimeMs: stall.clock.nowMs(), state }))
  })
  const { transport } = fakeGateway(() => brokerAccess({ state }))
  const onState = (said: string) => {
    states.push(said)
    broker.changed()
  }
  const kept = keepLinked(stall.terminal, {
    ...{ transport, connect: broker.connect, reconnectMsFirst: 1, listeners: { onState } },
  })
  links.push(kept)
  await broker.until(() => states.length === 2 && broker.sessions[1]?.uploads[0]?.kind === "hello")
  expect(states).toEqual(["claimed", "active"])
  expect(await readStanding(stall.store)).toBe("active")
  expect(broker.sessions).toHaveLength(2)
})

test("[EN-12] a clock that is set right on a live line is said at once, and what waits is not held up by it", async () => {
  const stall = await openStockedStall()
  const rightMs = stall.clock.nowMs()
  stall.clock.set(rightMs + 3 * 3_600_000)
  const broker = fakeBroker()
  const kept = link(stall, broker)
  const hellos = () =>
    broker.sessions.flatMap(({ uploads }) =>
      uploads.flatMap(({ kind, body }) => {
        const hello = kind === "hello" ? parseUploadBody("hello", body) : undefined
        return hello?.ok ? [hello.value.sentAtMs] : []
      }),
    )
  const snapshots = () => broker.sessions[0]?.uploads.filter(({ kind }) => kind === "snapshot").length
  await broker.until(() => snapshots() === 1)
  expect(hellos()).toEqual([rightMs + 3 * 3_600_000])
  stall.clock.set(rightMs)
  stall.clock.advance(1)
  kept.wake()
  await broker.until(() => hellos().length === 2 && snapshots() === 2)
  expect(hellos()[1]).toBe(rightMs + 1)
  // The second of two is what the gateway believes.
  stall.clock.advance(2_000)
  kept.wake()
  await broker.until(() => hellos().length === 3)
})

test("how the gateway judges the terminal is kept as it comes with a token, or with its refusal", async () => {
  const stall = await openStall()
  const kept = async () => (await stall.store.get("notices", "state"))?.text
  let answer: ReturnType<typeof brokerAccess> = { status: 403, json: { code: "terminal/suspended" } }
  const broker = fakeBroker()
  const heard: string[] = []
  const opened = keepLinked(stall.terminal, {
    ...{ transport: fakeGateway(() => answer).transport, connect: broker.connect, reconnectMsFirst: 1 },
    listeners: {
      onState: (state) => {
        heard.push(state)
        broker.changed()
      },
    },
  })
  links.push(opened)
  await broker.until(() => heard.includes("suspended"))
  expect(await kept()).toContain("suspended")
  answer = brokerAccess({ state: "active" })
  await broker.until(() => broker.sessions.length > 0)
  expect(await kept()).toContain("active")
  broker.sessions[0]?.breakOff()
  answer = { status: 403, json: { code: "terminal/revoked" } }
  await broker.until(() => heard.includes("revoked"))
  expect(await kept()).toContain("revoked")
})

test("drops what it does not know: a newer gateway may say more", async () => {
  const stall = await openStall()
  const broker = fakeBroker()
  link(stall, broker)
  await broker.until(() => broker.sessions.length > 0)
  const commits = stall.store.commits
  for (const [topic, message] of [
    ["weather", { v: 1 }],
    ["ack", { v: 2, acks: [] }],
    ["payment", "{"],
    ["notice", { v: 1, kind: "new-kind" }],
    ["constructor", {}],
  ] as const) {
    await broker.sessions[0]?.say(topic, message)
  }
  expect(stall.store.commits).toBe(commits)
})

test("tries again at once when the network is said to be back, however long the next try's turn is away", async () => {
  const stall = await openStall()
  const { transport } = fakeGateway(() => "no-answer")
  const troubles: unknown[] = []
  const broker = fakeBroker()
  const kept = keepLinked(stall.terminal, {
    ...{ transport, connect: broker.connect, reconnectMsFirst: 60_000 },
    listeners: {
      onTrouble: (trouble) => {
        troubles.push(trouble)
        broker.changed()
      },
    },
  })
  links.push(kept)
  await broker.until(() => troubles.length === 1)
  await Promise.resolve()
  kept.retryNow()
  await broker.until(() => troubles.length === 2)
})

test("[PY-20] keeps where the stall's money goes, which comes with the token, and says that it is new", async () => {
  const stall = await openStall()
  const payee = { mode: "direct", account: "1800000001" }
  const payees = [{ kind: "payee-applied", platform: "alipay", payee }]
  const { transport } = fakeGateway(() => brokerAccess({ payees }))
  const broker = storing()
  const news: string[] = []
  const kept = keepLinked(stall.terminal, {
    ...{ transport, connect: broker.connect, reconnectMsFirst: 1 },
    listeners: { onPayees: () => news.push("payees") },
  })
  links.push(kept)
  await broker.until(() => broker.sessions.length > 0)
  expect(await listPayees(stall.terminal)).toMatchObject(payees)
  broker.sessions[0]?.breakOff()
  await broker.until(() => broker.sessions.length > 1)
  expect(news).toEqual(["payees"])
})

test("closes at once, also while it is not connected", async () => {
  const stall = await openStall()
  const { transport } = fakeGateway(() => "no-answer")
  const troubles: unknown[] = []
  const kept = keepLinked(stall.terminal, {
    transport,
    connect: fakeBroker().connect,
    reconnectMsFirst: 60_000,
    listeners: { onTrouble: (trouble) => troubles.push(trouble) },
  })
  while (troubles.length === 0) await Bun.sleep(0)
  await kept.close()
  expect(troubles).toEqual([{ kind: "no-answer" }])
  expect(kept.isOnline()).toBe(false)
})
