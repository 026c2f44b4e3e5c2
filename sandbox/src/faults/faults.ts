/**
 * Faults that a test or a person switches on, for one order or by rate. Whether a rule by rate strikes depends only on
 * the seed, the rule and what it is asked about: the same run fails in the same places, whatever runs beside it.
 */
import { createHash } from "node:crypto"
import { z } from "zod"
import type { Platform } from "../accounts"

export const faultKinds = [
  /** The request never arrives: nothing is done, the connection breaks. */
  "lost-request",
  /** Everything is done, the answer is lost. */
  "lost-response",
  /** The answer comes `delayMs` late. */
  "delay",
  /** The platform's own SYSTEM_ERROR; nothing is done. */
  "system-error",
  /** For want of a permission, as when an authorisation ended: a plain refusal, and nothing is done. */
  "refused",
  /** WeChat Pay's probe: a signature that must not verify. The outcome is unknown to the caller. */
  "signature-probe",
  /** The notification is posted twice. */
  "duplicate-notification",
  /** Create: the buyer pays at once. Refund: it settles at once. Either way the notification comes before the answer. */
  "notification-first",
  /** The notification is never sent. */
  "no-notification",
  /** The buyer had the sheet open: a payment goes through although the order is closed or expired. */
  "payment-after-close",
  /** The refund ends ABNORMAL instead of SUCCESS (WeChat Pay). */
  "refund-abnormal",
] as const

export type FaultKind = (typeof faultKinds)[number]
export const operations = [
  "create",
  "query",
  "close",
  "refund",
  "refund-query",
  "bill",
  "bill-file",
  "pay",
  "notify",
  "message",
  "mini-code",
] as const
export type Operation = (typeof operations)[number]

export const faultInput = z.strictObject({
  kind: z.enum(faultKinds),
  platform: z.enum(["wechat-pay", "alipay"]).optional(),
  operation: z.enum(operations).optional(),
  /** An `out_trade_no` or refund number; left out, the rule is about any. */
  orderNo: z.string().min(1).max(64).optional(),
  /** Share of the asked cases that it strikes, 0–1. */
  rate: z.number().min(0).max(1).default(1),
  /** Strikes at most so often; a rule for one order strikes once unless told otherwise. */
  times: z.number().int().min(1).optional(),
  delayMs: z.number().int().min(0).max(60_000).default(1000),
  /** How a lost message looks: the connection breaks, or the caller waits until its own time-out. */
  manner: z.enum(["reset", "hang"]).default("reset"),
})

export interface FaultRule extends z.output<typeof faultInput> {
  readonly id: number
  struck: number
}

export interface Occasion {
  readonly platform: Platform
  readonly operation: Operation
  /** Every number the message carries. */
  readonly numbers: readonly string[]
}

export class Faults {
  #rules: FaultRule[] = []
  #nextId = 1
  #asked = new Map<string, number>()
  seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  add(input: z.output<typeof faultInput>): FaultRule {
    const times = input.times ?? (input.orderNo === undefined ? undefined : 1)
    const rule: FaultRule = { ...input, ...(times === undefined ? {} : { times }), id: this.#nextId++, struck: 0 }
    this.#rules.push(rule)
    return rule
  }

  rules(): readonly FaultRule[] {
    return this.#rules
  }

  clear(): void {
    this.#rules = []
    this.#asked.clear()
    this.#nextId = 1
  }

  /** The rule of this kind that strikes now, if any; asking counts. */
  strike(kind: FaultKind, occasion: Occasion): FaultRule | undefined {
    const rule = this.#rules.find((candidate) => candidate.kind === kind && this.#strikes(candidate, occasion))
    if (rule !== undefined) rule.struck += 1
    return rule
  }

  #strikes(rule: FaultRule, occasion: Occasion): boolean {
    if (rule.platform !== undefined && rule.platform !== occasion.platform) return false
    if (rule.operation !== undefined && rule.operation !== occasion.operation) return false
    if (rule.orderNo !== undefined && !occasion.numbers.includes(rule.orderNo)) return false
    if (rule.times !== undefined && rule.struck >= rule.times) return false
    const key = [rule.id, rule.kind, occasion.platform, occasion.operation, ...occasion.numbers].join("|")
    const asked = this.#asked.get(key) ?? 0
    this.#asked.set(key, asked + 1)
    return this.#draw(`${key}|${asked}`) < rule.rate
  }

  /** Uniform in [0, 1). */
  #draw(key: string): number {
    return createHash("sha256").update(`${this.seed}|${key}`).digest().readUInt32BE(0) / 2 ** 32
  }
}
