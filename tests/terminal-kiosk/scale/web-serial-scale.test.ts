import { expect, test } from "bun:test"
import { continuousScale } from "@suyuan/terminal-kiosk/scale/parse-continuous"
import { toledo8217Scale } from "@suyuan/terminal-kiosk/scale/parse-toledo-8217"
import type { Scale, ScaleState } from "@suyuan/terminal-kiosk/scale/scale"
import {
  openWebSerialScale,
  type PortInfo,
  pickPort,
  type SerialLike,
  type SerialPortLike,
} from "@suyuan/terminal-kiosk/scale/web-serial-scale"

const stable = new TextEncoder().encode("ST,GS,+  1.234kg\r\n")
const weighed = { kind: "weight", grams: 1234, isStable: true } as const

/** A port that a test speaks into; opened twice at a time, or closed while its stream is held, it throws as Chrome's. */
class FakePort implements SerialPortLike {
  readable: ReadableStream<Uint8Array> | null = null
  readonly writable: WritableStream<Uint8Array> | null = null
  readonly #info: PortInfo
  opens = 0
  line: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(info: PortInfo = {}) {
    this.#info = info
  }

  getInfo(): PortInfo {
    return this.#info
  }

  async open(): Promise<void> {
    if (this.readable !== null) throw new DOMException("The port is already open.", "InvalidStateError")
    this.opens += 1
    this.readable = new ReadableStream<Uint8Array>({
      start: (line) => {
        this.line = line
      },
    })
  }

  async close(): Promise<void> {
    if (this.readable?.locked) throw new TypeError("Cannot cancel a locked stream")
    this.readable = null
  }
}

class FakeSerial extends EventTarget implements SerialLike {
  readonly port: FakePort

  constructor(port: FakePort) {
    super()
    this.port = port
  }
  getPorts = async () => [this.port]
  requestPort = async () => this.port
}

const seen = (scale: Scale, wanted: (state: ScaleState) => boolean) =>
  new Promise<void>((resolve) => {
    const stop = scale.watch((state) => {
      if (!wanted(state)) return
      resolve()
      queueMicrotask(() => stop())
    })
  })
const isWeight = ({ kind }: ScaleState) => kind === "weight"
const isAway = ({ kind }: ScaleState) => kind === "away"
const opened = async (port: FakePort, times: number) => {
  while (port.opens < times || port.readable === null) await new Promise((resolve) => setTimeout(resolve))
}

test("a scale that fell silent is away, and weighs again when it speaks again", async () => {
  const port = new FakePort()
  const scale = openWebSerialScale(new FakeSerial(port), continuousScale, { silentMsMax: 20 })
  await opened(port, 1)
  port.line?.enqueue(stable)
  await seen(scale, isWeight)
  const heard: ScaleState[] = []
  scale.watch((state) => heard.push(state))
  expect(heard.at(-1)).toMatchObject(weighed)
  await seen(scale, isAway)
  expect(heard.at(-1)).toEqual({ kind: "away" })
  port.line?.enqueue(stable)
  await seen(scale, isWeight)
  expect(heard.at(-1)).toMatchObject(weighed)
  await scale.close()
})

test("noise that ends the stream does not end the scale: the port is closed and opened again", async () => {
  const port = new FakePort()
  const scale = openWebSerialScale(new FakeSerial(port), continuousScale, { retryMs: 1 })
  await opened(port, 1)
  port.line?.error(new DOMException("framing", "FramingError"))
  await opened(port, 2)
  port.line?.enqueue(stable)
  await seen(scale, isWeight)
  await scale.close()
})

test("another kind opens the port once the one before has given it up", async () => {
  const port = new FakePort()
  const serial = new FakeSerial(port)
  const before = openWebSerialScale(serial, continuousScale)
  await opened(port, 1)
  const after = before.close()
  const scale = openWebSerialScale(serial, continuousScale, { after, retryMs: 3_600_000 })
  await opened(port, 2)
  port.line?.enqueue(stable)
  await seen(scale, isWeight)
  await scale.close()
  expect(port.readable).toBeNull()
})

test("the port that was pointed at is the scale's, not the first that the browser knows", async () => {
  const printer = new FakePort({ usbVendorId: 0x1a86, usbProductId: 0x7523 })
  const own = new FakePort({ usbVendorId: 0x0403, usbProductId: 0x6001 })
  const twin = new FakePort(own.getInfo())
  const serial = new FakeSerial(own)
  serial.getPorts = async () => [printer, own]
  const known = { kind: own.getInfo(), hasTwin: false }
  const scale = openWebSerialScale(serial, continuousScale, { pick: (ports) => pickPort(ports, known) })
  await opened(own, 1)
  own.line?.enqueue(stable)
  await seen(scale, isWeight)
  expect(printer.opens).toBe(0)
  await scale.close()
  expect(pickPort([printer, own, twin], { ...known, pointedAt: twin })).toBe(twin)
  // Pulled out: another adapter is not the scale.
  expect(pickPort([printer], { ...known, pointedAt: own })).toBeUndefined()
})

test("of two adapters alike none is taken after a reload, nor the other one when one is pulled out: the scale asks until a person points at one", async () => {
  const own = new FakePort({ usbVendorId: 0x1a86, usbProductId: 0x7523 })
  const printer = new FakePort(own.getInfo())
  const serial = new FakeSerial(own)
  let ports = [printer, own]
  let pointedAt: FakePort | undefined
  serial.getPorts = async () => ports
  const kind = own.getInfo()
  const pick = (all: readonly SerialPortLike[]) => pickPort(all, { kind, hasTwin: true, pointedAt })
  const scale = openWebSerialScale(serial, continuousScale, { pick, retryMs: 1 })
  const isAmbiguous = ({ kind }: ScaleState) => kind === "ambiguous"
  await seen(scale, isAmbiguous)
  pointedAt = own
  serial.dispatchEvent(new Event("connect"))
  await opened(own, 1)
  own.line?.enqueue(stable)
  await seen(scale, isWeight)
  ports = [printer]
  own.line?.error(new DOMException("the device has been lost", "NetworkError"))
  await seen(scale, isAmbiguous)
  // Plugged in again it is another port to the browser.
  const again = new FakePort(own.getInfo())
  ports = [printer, again]
  serial.dispatchEvent(new Event("connect"))
  await seen(scale, isAmbiguous)
  await scale.close()
  expect([printer.opens, again.opens]).toEqual([0, 0])
})

test("the only adapter of its kind is the scale's again when it is plugged in again; of an earlier version no kind is kept", () => {
  const own = new FakePort({ usbVendorId: 0x1a86, usbProductId: 0x7523 })
  const again = new FakePort(own.getInfo())
  expect(pickPort([again], { kind: own.getInfo(), hasTwin: false, pointedAt: own })).toBe(again)
  expect(pickPort([again, own], { kind: undefined, hasTwin: false })).toBe("ambiguous")
  expect(pickPort([own], { kind: undefined, hasTwin: false })).toBe(own)
  expect(pickPort([own], { kind: undefined, hasTwin: true })).toBe("ambiguous")
})

test("a tare waits for the question that is being written", async () => {
  const written: string[] = []
  let take: (() => void) | undefined
  class AskedPort extends FakePort {
    override readonly writable = new WritableStream<Uint8Array>({
      write: (bytes) => {
        written.push(new TextDecoder().decode(bytes))
        return new Promise<void>((resolve) => {
          take = resolve
        })
      },
    })
  }
  const port = new AskedPort()
  const scale = openWebSerialScale(new FakeSerial(port), toledo8217Scale)
  while (written.length === 0) await new Promise((resolve) => setTimeout(resolve))
  const tared = scale.tare()
  while (!written.includes("T")) {
    take?.()
    await new Promise((resolve) => setTimeout(resolve))
  }
  take?.()
  await tared
  expect(written[0]).toBe("W")
  await scale.close()
})
