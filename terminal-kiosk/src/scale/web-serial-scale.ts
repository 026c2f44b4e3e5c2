/**
 * A scale at a serial port, through Web Serial. Unplugged or silent it says so, and is taken up again when it comes
 * back: the last weight of a scale that fell asleep is nobody's weight.
 */
import type { Scale, ScaleProtocol, ScaleState } from "./scale"

/** The little of the API that is used: TypeScript's DOM does not have it. */
export interface SerialPortLike {
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
  open(options: { baudRate: number; dataBits: number; parity: string }): Promise<void>
  close(): Promise<void>
  /** Nothing of a port that is not at USB. */
  getInfo(): PortInfo
}
export interface PortInfo {
  readonly usbVendorId?: number
  readonly usbProductId?: number
}
export interface SerialLike extends EventTarget {
  getPorts(): Promise<SerialPortLike[]>
  requestPort(): Promise<SerialPortLike>
}

export const serialOf = (navigator: Navigator): SerialLike | undefined =>
  (navigator as Navigator & { readonly serial?: SerialLike }).serial

const ASK_EVERY_MS = 250
/** Six questions without an answer; a scale that talks by itself does so several times a second. */
const SILENT_MS_MAX = 1_500
/** The port is there and the line broke: noise on a cheap cable, or the port is still being closed. */
const RETRY_MS = 1_000

export interface ScalePace {
  readonly silentMsMax?: number
  readonly retryMs?: number
  /** The port is not opened before: another scale is giving it up. */
  readonly after?: Promise<unknown>
  /** Of the ports that the browser lets this page open; the first one otherwise. */
  readonly pick?: (ports: readonly SerialPortLike[]) => SerialPortLike | "ambiguous" | undefined
}

/** What is known of the port that a person pointed at. */
export interface KnownPort {
  /** Of its adapter; an earlier version of this program kept none. */
  readonly kind: PortInfo | undefined
  /** There was another of its kind: one that is there alone may be that one. */
  readonly hasTwin: boolean
  /** Itself, while the page is open. */
  readonly pointedAt?: SerialPortLike | undefined
}

/**
 * The port that a person pointed at: itself while the page is open, later the one of the same adapter's kind. A browser tells
 * of two alike nothing that lasts, their order neither: which of them it is, a person says again, also when one of them is
 * pulled out, because nobody knows which is left. So it is with several of which nobody said one since it is kept.
 */
export function pickPort(
  ports: readonly SerialPortLike[],
  { kind, hasTwin, pointedAt }: KnownPort,
): SerialPortLike | "ambiguous" | undefined {
  if (pointedAt !== undefined && ports.includes(pointedAt)) return pointedAt
  const alike = portsLike(ports, kind)
  return alike.length > 1 || (alike.length === 1 && hasTwin) ? "ambiguous" : alike[0]
}

/** Those of a kind; all of them where none is known. */
export function portsLike(ports: readonly SerialPortLike[], kind: PortInfo | undefined): readonly SerialPortLike[] {
  return ports.filter((port) => {
    const { usbVendorId, usbProductId } = port.getInfo()
    return kind === undefined || (usbVendorId === kind.usbVendorId && usbProductId === kind.usbProductId)
  })
}

export function openWebSerialScale(serial: SerialLike, protocol: ScaleProtocol, pace: ScalePace = {}): Scale {
  const { silentMsMax = SILENT_MS_MAX, retryMs = RETRY_MS, after = Promise.resolve(), pick = ([first]) => first } = pace
  const watchers = new Set<(state: ScaleState) => void>()
  let state: ScaleState = { kind: "away" }
  let port: SerialPortLike | undefined
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  let isClosed = false
  let listening: Promise<void> = Promise.resolve()
  let sending: Promise<void> = Promise.resolve()
  let silence: ReturnType<typeof setTimeout> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined

  function tell(next: ScaleState): void {
    clearTimeout(silence)
    if (next.kind !== "away" && next.kind !== "ambiguous")
      silence = setTimeout(() => tell({ kind: "away" }), silentMsMax)
    state = next
    for (const look of watchers) look(next)
  }

  /** A stream has one writer at a time: a tare waits for the question that is being written. */
  function send(bytes: Uint8Array): Promise<void> {
    const { writable } = port ?? {}
    const mine = sending.then(async () => {
      const writer = writable?.getWriter()
      await writer?.write(bytes).finally(() => writer.releaseLock())
    })
    sending = mine.catch(() => {})
    return mine
  }

  async function listen(): Promise<void> {
    await after
    const known = pick(await serial.getPorts())
    if (known === undefined || port !== undefined || isClosed) return
    if (known === "ambiguous") return tell({ kind: "ambiguous" })
    port = known
    // What an unplugged port did not take holds up nothing of this one.
    sending = Promise.resolve()
    const { baudRate, dataBits, parity, ask } = protocol
    const asking = ask === undefined ? undefined : setInterval(() => void send(ask).catch(() => {}), ASK_EVERY_MS)
    try {
      await known.open({ baudRate, dataBits, parity })
      await readFrames(known)
    } catch {
      // Unplugged, noise, or taken by another program: the screen says that it is away.
    }
    clearInterval(asking)
    await known.close().catch(() => {})
    port = undefined
    tell({ kind: "away" })
    clearTimeout(retry)
    if (!isClosed) retry = setTimeout(plugged, retryMs)
  }

  async function readFrames(open: SerialPortLike): Promise<void> {
    let text = ""
    reader = isClosed ? undefined : open.readable?.getReader()
    try {
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
    } finally {
      // A port whose stream is held is not closed.
      reader?.releaseLock()
    }
  }

  function plugged(): void {
    listening = listen().catch(() => {})
  }
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
      clearTimeout(retry)
      await reader?.cancel().catch(() => {})
      await listening
      clearTimeout(silence)
    },
  }
}
