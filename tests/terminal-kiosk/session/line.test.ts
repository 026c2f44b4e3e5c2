import { expect, test } from "bun:test"
import type { Kiosk } from "../../../terminal-kiosk/screens/session/kiosk"
import { brokerAccess } from "../fake-gateway"
import { fakeBroker } from "../link/fake-broker"
import { openKiosk } from "./headless-kiosk"

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
