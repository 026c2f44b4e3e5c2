/** A scale at a serial port, through Web Serial. Unplugged it says so, and is taken up again when it comes back. */
import type { Scale, ScaleProtocol, ScaleState } from "./scale"

/** The little of the API that is used: TypeScript's DOM does not have it. */
export interface SerialPortLike {
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
  open(options: { baudRate: number; dataBits: number; parity: string }): Promise<void>
  close(): Promise<void>
}
export interface SerialLike extends EventTarget {
  getPorts(): Promise<SerialPortLike[]>
  requestPort(): Promise<SerialPortLike>
}

export const serialOf = (navigator: Navigator): SerialLike | undefined =>
  (navigator as Navigator & { readonly serial?: SerialLike }).serial

const ASK_EVERY_MS = 250

export function openWebSerialScale(serial: SerialLike, protocol: ScaleProtocol): Scale {
  const watchers = new Set<(state: ScaleState) => void>()
  let state: ScaleState = { kind: "away" }
  let port: SerialPortLike | undefined
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let isClosed = false

  function tell(next: ScaleState): void {
    state = next
    for (const look of watchers) look(next)
  }

  async function send(bytes: Uint8Array): Promise<void> {
    const writer = port?.writable?.getWriter()
    await writer?.write(bytes).finally(() => writer.releaseLock())
  }

  async function listen(): Promise<void> {
    const [known] = await serial.getPorts()
    if (known === undefined || port !== undefined || isClosed) return
    port = known
    const { baudRate, dataBits, parity, ask } = protocol
    const asking = ask === undefined ? undefined : setInterval(() => void send(ask).catch(() => {}), ASK_EVERY_MS)
    try {
      await known.open({ baudRate, dataBits, parity })
      await readFrames(known)
    } catch {
      // Unplugged, or taken by another program: the screen says that it is away.
    }
    clearInterval(asking)
    await known.close().catch(() => {})
    port = undefined
    tell({ kind: "away" })
  }

  async function readFrames(open: SerialPortLike): Promise<void> {
    let text = ""
    reader = open.readable?.getReader()
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      if (done || value === undefined) return
      // Bytes as characters: a status byte is not text.
      const { frames, rest } = protocol.split(text + String.fromCharCode(...value))
      text = rest
      for (const frame of frames) {
        const reading = protocol.parse(frame)
        if (reading !== undefined) tell(reading)
      }
    }
  }

  const plugged = () => void listen()
  serial.addEventListener("connect", plugged)
  plugged()
  return {
    watch(look) {
      watchers.add(look)
      look(state)
      return () => watchers.delete(look)
    },
    tare: () => send(protocol.tare),
    async close() {
      isClosed = true
      serial.removeEventListener("connect", plugged)
      await reader?.cancel().catch(() => {})
    },
  }
}
