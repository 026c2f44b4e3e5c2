import { expect, test } from "bun:test"
import type { PortInfo, SerialLike, SerialPortLike } from "@suyuan/terminal-kiosk/scale/web-serial-scale"
import { readSettings } from "@suyuan/terminal-kiosk/settings/settings"
import { pointAtPort, scalePortOf } from "../../../terminal-kiosk/screens/scale/scale-port"
import { openKiosk, reopenKiosk } from "../session/headless-kiosk"

const portOf = (info: PortInfo): SerialPortLike => ({
  ...{ readable: null, writable: null, open: async () => {}, close: async () => {}, getInfo: () => info },
})
const adapter = { usbVendorId: 0x1a86, usbProductId: 0x7523 }

function serialWith(ports: readonly SerialPortLike[], pointedAt: SerialPortLike): SerialLike {
  return Object.assign(new EventTarget(), { getPorts: async () => [...ports], requestPort: async () => pointedAt })
}

test("two adapters alike are remembered: of the one that is left nobody knows which it is, also after a reload, until a person points at it", async () => {
  const { kiosk, stall } = await openKiosk()
  const [scale, printer] = [portOf(adapter), portOf(adapter)]
  await pointAtPort(kiosk, serialWith([scale], scale))
  expect(scalePortOf(kiosk, [scale])).toBe(scale)
  // The printer's is let in later.
  expect(scalePortOf(kiosk, [scale, printer])).toBe(scale)
  await stall.terminal.inTurn(async () => {})
  expect(await readSettings(stall.terminal)).toMatchObject({ scalePort: adapter, scaleHasTwin: true })
  const again = await reopenKiosk(stall)
  expect(scalePortOf(again, [printer])).toBe("ambiguous")
  // And it is the only one by now.
  await pointAtPort(again, serialWith([printer], printer))
  expect(scalePortOf(again, [printer])).toBe(printer)
  expect(scalePortOf(again, [portOf(adapter)])).not.toBe("ambiguous")
})

test("a port that nobody pointed at changes nothing of what is kept", async () => {
  const { kiosk, stall } = await openKiosk()
  const refused = Object.assign(serialWith([], portOf(adapter)), {
    requestPort: () => Promise.reject(new DOMException("nobody pointed at one", "NotFoundError")),
  })
  expect(await pointAtPort(kiosk, refused)).toBeUndefined()
  expect((await readSettings(stall.terminal)).scalePort).toBeUndefined()
})
