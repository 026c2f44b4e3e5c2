/**
 * Posts notifications, and posts them again on the schedule until the merchant accepts. What is still owed stands in
 * the store, so a restarted sandbox goes on where it was killed.
 */
import type { Platform } from "../accounts"
import type { Faults, Occasion } from "../faults/faults"
import type { Store } from "../orders/store"
import type { Notification, NotificationWire } from "./notification"

/** A merchant must answer within this time (WeChat Pay: 5 s). */
const answerMsMax = 5000
const postsAtOnce = 16

export interface NotifierOptions {
  readonly store: Store
  readonly faults: Faults
  readonly clockMs: () => number
  readonly firstMs: number
  readonly retryMs: readonly number[]
  readonly wires: Readonly<Record<Platform, NotificationWire>>
}

type Draft = Pick<Notification, "id" | "platform" | "event" | "orderNo" | "refundNo" | "url" | "content">

export class Notifier {
  readonly #options: NotifierOptions
  readonly #inFlight = new Map<string, Promise<boolean>>()
  #stopped = false
  /** Called when something became due earlier than the next look. */
  onDue: () => void = () => {}

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** Writes the notification down; it is posted by the next `postDue`, or at once by `postNow`. */
  enqueue(draft: Draft): Notification {
    const { store, faults, clockMs, firstMs } = this.#options
    const silent = faults.strike("no-notification", occasionOf(draft)) !== undefined
    const now = clockMs()
    const notification: Notification = {
      ...draft,
      createdAtMs: now,
      tries: 0,
      nextAtMs: silent ? null : now + firstMs,
      acceptedAtMs: null,
      lastAnswer: silent ? "not sent: fault no-notification" : null,
    }
    store.saveNotification(notification.id, notification.nextAtMs, JSON.stringify(notification))
    this.onDue()
    return notification
  }

  /** Posts now, without waiting for its time; true when accepted. */
  postNow(notification: Notification): Promise<boolean> {
    if (notification.nextAtMs === null) return Promise.resolve(false)
    const running = this.#inFlight.get(notification.id)
    if (running !== undefined) return running
    const post = this.#post(notification).finally(() => this.#inFlight.delete(notification.id))
    this.#inFlight.set(notification.id, post)
    return post
  }

  postDue(): void {
    if (this.#stopped) return
    const due = this.#options.store.notificationsDueBy(this.#options.clockMs(), postsAtOnce * 2)
    for (const body of due) {
      if (this.#inFlight.size >= postsAtOnce) return
      const notification = JSON.parse(body) as Notification
      if (!this.#inFlight.has(notification.id)) void this.postNow(notification).then(() => this.onDue())
    }
  }

  list(): Notification[] {
    return this.#options.store.notifications().map((body) => JSON.parse(body) as Notification)
  }

  /** Lets running posts end; starts no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.allSettled(this.#inFlight.values())
  }

  async #post(notification: Notification): Promise<boolean> {
    const { store, faults, clockMs, retryMs } = this.#options
    const occasion = occasionOf(notification)
    const delay = faults.strike("delay", occasion)
    if (delay !== undefined) await Bun.sleep(delay.delayMs)
    const lost = faults.strike("lost-request", occasion) !== undefined
    const answer = lost
      ? { accepted: false, text: "lost on the way: fault lost-request" }
      : await this.#send(notification)
    if (answer.accepted && faults.strike("duplicate-notification", occasion) !== undefined)
      await this.#send(notification)
    // The merchant's acceptance may get lost as well: it did its work and will be told again.
    const accepted = answer.accepted && faults.strike("lost-response", occasion) === undefined
    const retryInMs = retryMs[notification.tries]
    const now = clockMs()
    const after: Notification = {
      ...notification,
      tries: notification.tries + 1,
      nextAtMs: accepted || retryInMs === undefined ? null : now + retryInMs,
      acceptedAtMs: accepted ? now : null,
      lastAnswer: answer.text,
    }
    store.saveNotification(after.id, after.nextAtMs, JSON.stringify(after))
    return accepted
  }

  async #send(notification: Notification): Promise<{ accepted: boolean; text: string }> {
    const wire = this.#options.wires[notification.platform]
    const probe = this.#options.faults.strike("signature-probe", occasionOf(notification)) !== undefined
    const { body, headers } = wire.compose(notification, { probe })
    try {
      const response = await fetch(notification.url, {
        method: "POST",
        headers,
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(answerMsMax),
      })
      const text = (await response.text()).slice(0, 200)
      return { accepted: wire.accepts(response.status, text), text: `${response.status} ${text}`.trim() }
    } catch (error) {
      return { accepted: false, text: error instanceof Error ? error.name : "no answer" }
    }
  }
}

function occasionOf(draft: Draft): Occasion {
  const numbers = draft.refundNo === null ? [draft.orderNo] : [draft.orderNo, draft.refundNo]
  return { platform: draft.platform, operation: "notify", numbers }
}
