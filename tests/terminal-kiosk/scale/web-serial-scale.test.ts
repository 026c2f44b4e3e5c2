import { expect, test } from "bun:test"
import { continuousScale } from "@suyuan/terminal-kiosk/scale/parse-continuous"
import type { Scale, ScaleState } from "@suyuan/terminal-kiosk/scale/scale"
import { openWebSerialScale, type SerialLike, type SerialPortLike } from "@suyuan/terminal-kiosk/scale/web-serial-scale"

const stable = new TextEncoder().encode("ST,GS,+  1.234kg\r\n")
const weighed = { kind: "weight", grams: 1234, isStable: true } as const

/** A port that a test speaks into; opened twice at a time, or closed while its stream is held, it throws as Chrome's. */
class FakePort implements SerialPortLike {
  readable: ReadableStream<Uint8Array> | null = null
  readonly writable = null
  opens = 0
  line: ReadableStreamDefaultController<Uint8Array> | undefined

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
