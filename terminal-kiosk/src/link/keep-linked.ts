/**
 * The terminal's line to its gateway, for as long as it is switched on: token → broker → hello → outbox, and again
 * after every break. Nothing at the stall waits for it.
 */
import type { Transport } from "@suyuan/client/transport"
import { DisplayTeller, type Shown } from "../display/tell-displays"
import { DRAIN_PACE, type DrainPace, drainOutbox, type Tries } from "../outbox/drain-outbox"
import { takeAcks } from "../outbox/take-acks"
import { keepPayees } from "../payees/list-payees"
import { askMissed } from "../payments/ask-missed"
import { followPayment } from "../payments/follow-payments"
import { takeHolds } from "../stock/recall-holds"
import type { SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"
import type { BrokerLink, ConnectBroker } from "./broker-link"
import type { GatewayRefusal } from "./call-gateway"
import { type Notice, type PayerHint, parseDownMessage } from "./down-messages"
import { keepStanding, readStanding } from "./keep-standing"
import { type BrokerAccess, refreshToken } from "./refresh-token"
import { clockOffsetMs, type Hello, sayHello } from "./say-hello"
import { takeNotice } from "./take-notice"

export interface LinkOptions {
  readonly transport: Transport
  readonly connect: ConnectBroker
  readonly pace?: DrainPace
  readonly reconnectMsFirst?: number
  readonly reconnectMsMax?: number
  readonly helloEveryMs?: number
  readonly listeners?: LinkListeners
}

/** For screens: each is called after what it tells is on the disk. */
export interface LinkListeners {
  readonly onOnline?: (isOnline: boolean) => void
  /** How the gateway judges this terminal, at each new token, or why there is none. */
  readonly onState?: (state: BrokerAccess["state"]) => void
  readonly onSale?: (sale: SaleRow) => void
  /** Kept nowhere: only whoever looks at the sale now is to know. */
  readonly onHint?: (hint: PayerHint) => void
  readonly onNotice?: (notice: Notice) => void
  /** What the stall must not sell has changed. */
  readonly onHolds?: () => void
  readonly onAcks?: () => void
  readonly onClockOffset?: (offsetMs: number) => void
  /** The gateway said with its token where the stall's money goes, and it was not known here. */
  readonly onPayees?: () => void
  /** Why there is no line at the moment. */
  readonly onTrouble?: (trouble: GatewayRefusal | Error) => void
}

export interface KeptLink {
  readonly isOnline: () => boolean
  /** Something new is in the outbox. */
  readonly wake: () => void
  /** The network is said to be back: without waiting for the next try's turn. */
  readonly retryNow: () => void
  /** What these of the terminal's displays show from now on; who shows nothing more is given an empty text once. */
  readonly show: (shown: Shown) => void
  close(): Promise<void>
}

const RECONNECT_MS_FIRST = 1_000
const RECONNECT_MS_MAX = 30_000
const HELLO_EVERY_MS = 30_000
/** A gateway believes a clock that was set back at the second of two hellos (EN-12); one more, should one be late. */
const QUICK_HELLOS = 2
const QUICK_HELLO_MS = 2_000
/** Nobody says that a clock was set: it is looked at so often, and before every upload. */
const CLOCK_LOOK_MS = 2_000
/** Less is a clock's own pace. */
const CLOCK_SET_MS_MIN = 1_000

/** A token that is refused says it too. */
function refusedState(error: GatewayRefusal): BrokerAccess["state"] | undefined {
  if (error.kind !== "refused") return undefined
  if (error.code === "terminal/revoked") return "revoked"
  return error.code === "terminal/suspended" ? "suspended" : undefined
}

export function keepLinked(terminal: Terminal, options: LinkOptions): KeptLink {
  const kept = new Link(terminal, options)
  return {
    isOnline: () => kept.isOnline,
    wake: () => kept.wake(),
    retryNow: () => kept.retryNow(),
    show: (shown) => kept.show(shown),
    close: () => kept.close(),
  }
}

class Link {
  readonly #terminal: Terminal
  readonly #options: LinkOptions
  readonly #listeners: LinkListeners
  readonly #tries: Tries = new Map()
  readonly #displays = new DisplayTeller()
  readonly #done: Promise<void>
  #isClosing = false
  #link: BrokerLink | undefined
  #hello: Hello | undefined
  /** How far the clocks were before the steady one at the newest hello. */
  #saidAheadMs: readonly number[] = []
  #quickHellos = 0
  #rouse: () => void = () => {}
  #isRoused = false
  #failures = 0
  #endPause: () => void = () => {}

  constructor(terminal: Terminal, options: LinkOptions) {
    this.#terminal = terminal
    this.#options = options
    this.#listeners = options.listeners ?? {}
    this.#done = this.#run()
  }

  get isOnline(): boolean {
    return this.#link !== undefined
  }

  wake(): void {
    this.#isRoused = true
    this.#rouse()
  }

  retryNow(): void {
    this.#failures = 0
    this.#endPause()
  }

  show(shown: Shown): void {
    this.#displays.say(shown)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.wake()
    await this.#done
  }

  async #run(): Promise<void> {
    const { reconnectMsFirst = RECONNECT_MS_FIRST, reconnectMsMax = RECONNECT_MS_MAX } = this.#options
    while (!this.#isClosing) {
      const beganAtMs = this.#terminal.clock.steadyMs()
      try {
        await this.#linkOnce()
      } catch (trouble) {
        this.#listeners.onTrouble?.(trouble as GatewayRefusal | Error)
      }
      if (this.#isClosing) return
      // A line that held for a while was a good one; one that breaks at once must not be tried ever faster.
      this.#failures = this.#terminal.clock.steadyMs() - beganAtMs > reconnectMsMax ? 1 : this.#failures + 1
      await this.#rest(Math.min(reconnectMsMax, reconnectMsFirst * 2 ** Math.min(this.#failures - 1, 10)), false)
    }
  }

  /** One session, from its token to its end. */
  async #linkOnce(): Promise<void> {
    const access = await refreshToken(this.#terminal, this.#options.transport)
    const state = access.ok ? access.value.state : refusedState(access.error)
    if (state !== undefined) {
      await keepStanding(this.#terminal, state)
      this.#listeners.onState?.(state)
    }
    if (!access.ok) throw access.error
    const { brokerUrl, brokerToken, payees } = access.value
    if (await keepPayees(this.#terminal, payees)) this.#listeners.onPayees?.()
    const address = { url: brokerUrl, token: brokerToken, terminal: this.#terminal.identity.terminal }
    const link = await this.#options.connect(address, { onMessage: (topic, text) => this.#hear(topic, text) })
    this.#link = link
    this.#displays.speakOver(link)
    this.#tries.clear()
    this.#listeners.onOnline?.(true)
    void this.#askMissed()
    const broken = link.closed.then(() => this.wake())
    let isBroken = false
    void link.closed.then(() => {
      isBroken = true
    })
    try {
      let nextHelloAtMs = 0
      while (!isBroken && !this.#isClosing) {
        this.#isRoused = false
        const nowMs = this.#terminal.clock.steadyMs()
        if (nowMs >= nextHelloAtMs || this.#isClockSet()) nextHelloAtMs = nowMs + (await this.#sayHello(link))
        const dueAtMs = await drainOutbox(this.#terminal, link, this.#tries, this.#options.pace ?? DRAIN_PACE)
        await this.#restUntil(Math.min(dueAtMs ?? nextHelloAtMs, nextHelloAtMs))
      }
    } finally {
      this.#link = undefined
      this.#displays.speakOver(undefined)
      await link.close()
      await broken
      this.#listeners.onOnline?.(false)
    }
  }

  /** Returns after how long to say it again. */
  async #sayHello(link: BrokerLink): Promise<number> {
    if (this.#isClockSet()) this.#quickHellos = QUICK_HELLOS
    this.#saidAheadMs = this.#aheadMs()
    this.#hello = await sayHello(this.#terminal, link)
    const everyMs = this.#options.helloEveryMs ?? HELLO_EVERY_MS
    if (this.#quickHellos === 0) return everyMs
    this.#quickHellos -= 1
    return Math.min(everyMs, QUICK_HELLO_MS)
  }

  #aheadMs(): readonly number[] {
    const { clock, time } = this.#terminal
    const steadyMs = clock.steadyMs()
    return [clock.nowMs() - steadyMs, time.nowMs() - steadyMs]
  }

  /** Since the newest hello, or nothing was said yet: the gateway counts from another time than ours. */
  #isClockSet(): boolean {
    return this.#aheadMs().some((ms, index) => {
      const saidMs = this.#saidAheadMs[index]
      return saidMs === undefined || Math.abs(ms - saidMs) > CLOCK_SET_MS_MIN
    })
  }

  /** Beside the outbox, which does not wait for it. */
  async #askMissed(): Promise<void> {
    try {
      for (const sale of await askMissed(this.#terminal, this.#options.transport)) this.#listeners.onSale?.(sale)
    } catch (trouble) {
      this.#listeners.onTrouble?.(trouble as Error)
    }
  }

  async #hear(topic: string, text: string): Promise<void> {
    const heard = parseDownMessage(topic, text)
    if (heard === undefined) return
    const terminal = this.#terminal
    try {
      switch (heard.topic) {
        case "ack":
          for (const sale of await takeAcks(terminal, heard.message.acks)) this.#listeners.onSale?.(sale)
          this.#listeners.onAcks?.()
          return this.wake()
        case "payment": {
          const sale = await followPayment(terminal, heard.message)
          if (sale !== undefined) this.#listeners.onSale?.(sale)
          return
        }
        case "hint":
          return this.#listeners.onHint?.(heard.message)
        case "notice":
          await takeNotice(terminal, heard.message)
          return this.#listeners.onNotice?.(heard.message)
        case "holds":
          await takeHolds(terminal, heard.message)
          return this.#listeners.onHolds?.()
        case "hello": {
          const { nonce, serverTimeMs, holds, state } = heard.message
          if (holds !== undefined) await takeHolds(terminal, holds)
          if (holds !== undefined) this.#listeners.onHolds?.()
          if (this.#hello?.nonce !== nonce) return
          // It was told before this session had begun to listen: the next token says what holds, payees included.
          if (state !== undefined && state !== (await readStanding(terminal.store))) void this.#link?.close()
          return this.#listeners.onClockOffset?.(clockOffsetMs(this.#hello, serverTimeMs, terminal.clock.nowMs()))
        }
      }
    } catch (trouble) {
      // The store gave up: not acknowledged, so that it comes again to whoever opens this terminal next.
      this.#listeners.onTrouble?.(trouble as Error)
      throw trouble
    }
  }

  /** Until then by the steady clock, or something happened, or a clock was set. */
  async #restUntil(dueAtMs: number): Promise<void> {
    for (;;) {
      const ms = dueAtMs - this.#terminal.clock.steadyMs()
      if (ms <= 0 || this.#isRoused || this.#isClosing || this.#isClockSet()) return
      await this.#rest(Math.min(ms, CLOCK_LOOK_MS), true)
    }
  }

  /** Until the time is up, or something happened. @param attentive whether new work ends it; closing always does */
  #rest(ms: number, attentive: boolean): Promise<void> {
    if (this.#isClosing || (attentive && this.#isRoused)) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      const end = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#endPause = attentive ? () => {} : end
      this.#rouse = () => {
        if (attentive || this.#isClosing) end()
      }
    })
  }
}
