import { expect, test } from "bun:test"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { parseUploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { seeRefused } from "@suyuan/terminal-kiosk/outbox/see-refused"
import type { Kiosk } from "../../../terminal-kiosk/screens/session/kiosk"
import { brokerAccess } from "../fake-gateway"
import { fakeBroker } from "../link/fake-broker"
import { openKiosk, reopenKiosk, withBrowserParts } from "./headless-kiosk"

withBrowserParts()

const until = (kiosk: Kiosk, isSo: () => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (isSo()) resolve()
      return isSo()
    }
    if (look()) return
    const stop = kiosk.state.watch(() => {
      if (look()) queueMicrotask(() => stop())
    })
  })

test("a session that outlives a short break of the network is online again when the network is", async () => {
  const { kiosk } = await openKiosk(() => brokerAccess())
  const broker = fakeBroker()
  kiosk.start(broker.connect)
  const isOnline = () => kiosk.state.get().line.isOnline
  await until(kiosk, isOnline)
  dispatchEvent(new Event("offline"))
  expect(isOnline()).toBe(false)
  dispatchEvent(new Event("online"))
  expect(isOnline()).toBe(true)
  expect(broker.sessions).toHaveLength(1)
})

test("a new version does not stand before a memory that failed", async () => {
  const { kiosk } = await openKiosk()
  kiosk.offerNewVersion()
  expect(kiosk.state.get().problem).toBe("newVersion")
  await kiosk.attempt(() => Promise.reject(new Error("the disk gave up")))
  kiosk.offerNewVersion()
  expect(kiosk.state.get().problem).toBe("storageFailed")
})

test("a line that broke is said in words, and a refused upload asks for nobody once it was read", async () => {
  const { kiosk, stall } = await openKiosk(() => brokerAccess())
  kiosk.start(() => Promise.reject(new TypeError("Failed to fetch")))
  await until(kiosk, () => kiosk.state.get().line.trouble !== undefined)
  expect(kiosk.state.get().line.trouble).toBe("no-answer")
  const row = { kind: "waste" as const, envelope: "", queuedAtMs: 0, code: "upload/malformed", refusedAtMs: 0 }
  await stall.store.commit([{ table: "refused", change: "put", key: "u1", row }])
  await seeRefused(stall.terminal, "u1")
  await kiosk.refresh()
  expect(kiosk.state.get().line).toMatchObject({ refused: [], refusedCount: 0, refusedSeen: 1 })
})

test("of a terminal whose every upload is refused the oldest fifty are read, and all are counted", async () => {
  const { kiosk, stall } = await openKiosk()
  const row = { kind: "waste" as const, envelope: "", queuedAtMs: 0, code: "upload/malformed", refusedAtMs: 0 }
  const keys = Array.from({ length: 120 }, (_, index) => `u${String(index).padStart(3, "0")}`)
  await stall.store.commit(keys.map((key) => ({ table: "refused", change: "put", key, row })))
  await kiosk.refresh()
  const { refused, refusedCount } = kiosk.state.get().line
  expect(refused.map(([key]) => key)).toEqual(keys.slice(0, 50))
  expect(refusedCount).toBe(120)
})

test("what the gateway said last of the terminal and its clock is there again without a line", async () => {
  const { kiosk, stall } = await openKiosk(() => brokerAccess({ state: "suspended" }))
  const broker = fakeBroker()
  kiosk.start(broker.connect)
  await broker.until(() => broker.sessions[0]?.uploads[0]?.kind === "hello")
  const hello = parseUploadBody("hello", broker.sessions[0]!.uploads[0]!.body)
  if (!hello.ok) throw new Error(hello.error)
  // The publish resolves a moment later than it is heard.
  await Promise.resolve()
  const serverTimeMs = stall.clock.nowMs() + 7000
  await broker.sessions[0]?.say("hello", { v: 1, nonce: toHex(hello.value.nonce), serverTimeMs })
  await until(kiosk, () => kiosk.state.get().line.clockOffsetMs === 7000)
  const again = await reopenKiosk(stall)
  expect(again.state.get()).toMatchObject({
    standing: "suspended",
    line: { isOnline: false, clockOffsetMs: 7000, lastSyncAtMs: stall.clock.nowMs() },
  })
})
