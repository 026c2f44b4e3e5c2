/** Messages that the platforms were asked to bring to their users' phones, and who allowed them. Gone with the process. */
import { randomBytes, randomInt } from "node:crypto"
import type { Platform } from "../accounts"

const tokenLifeMs = 7_200_000

export interface SentMessage {
  readonly platform: Platform
  readonly id: string
  /** How the app knows the person. */
  readonly to: string
  readonly template: string
  readonly page: string
  readonly data: Readonly<Record<string, string>>
  readonly atMs: number
}

export class Messages {
  readonly #clockMs: () => number
  readonly #tokens = new Map<string, number>()
  readonly #allowed = new Map<string, number>()
  readonly #uses = new Map<string, number>()
  readonly #sent: SentMessage[] = []

  constructor(clockMs: () => number) {
    this.#clockMs = clockMs
  }

  /** WeChat's `access_token`: the same while it lives. */
  token(): { readonly text: string; readonly seconds: number } {
    const now = this.#clockMs()
    for (const [text, untilMs] of this.#tokens) {
      if (untilMs > now) return { text, seconds: Math.floor((untilMs - now) / 1000) }
      this.#tokens.delete(text)
    }
    const text = randomBytes(48).toString("base64url")
    this.#tokens.set(text, now + tokenLifeMs)
    return { text, seconds: tokenLifeMs / 1000 }
  }

  isToken(text: string): boolean {
    return (this.#tokens.get(text) ?? 0) > this.#clockMs()
  }

  /** For tests: as when another server asked for one, which ends this. */
  endTokens(): void {
    this.#tokens.clear()
  }

  /** The person tapped that one more message of this template may come. @param to how the app knows them */
  allow(to: string, template: string): void {
    const key = `${template}|${to}`
    this.#allowed.set(key, (this.#allowed.get(key) ?? 0) + 1)
  }

  /** The person turned the program's messages off: leaves that were given are gone. */
  turnOff(to: string): void {
    for (const key of this.#allowed.keys()) if (key.endsWith(`|${to}`)) this.#allowed.delete(key)
  }

  /** Uses one leave up; false when there is none. */
  takeLeave(to: string, template: string): boolean {
    const key = `${template}|${to}`
    const left = this.#allowed.get(key) ?? 0
    if (left > 0) this.#allowed.set(key, left - 1)
    return left > 0
  }

  /** Uses one of a payment's messages; false beyond `most`. */
  usePayment(tradeNo: string, most: number): boolean {
    const used = this.#uses.get(tradeNo) ?? 0
    if (used < most) this.#uses.set(tradeNo, used + 1)
    return used < most
  }

  bring(message: Omit<SentMessage, "id" | "atMs">): SentMessage {
    const sent = { ...message, id: String(randomInt(1, 2 ** 47)), atMs: this.#clockMs() }
    this.#sent.push(sent)
    return sent
  }

  list(): readonly SentMessage[] {
    return this.#sent
  }
}
