import { defaultSellerIds, defaultSubMchids, type PayeeRange, type Platform } from "./accounts"
import type { CodeSource } from "./corner/stall-code"
import type { KeyMode } from "./keys/write-gateway-env"

/** How fast the sandbox does what takes the real platforms seconds to hours. All in ms. */
export interface Schedule {
  /** From an event to the first post of its notification. */
  readonly notifyFirstMs: number
  /** Waits between further posts; when used up, no more are made. */
  readonly notifyRetryMs: readonly number[]
  /** From an accepted refund to its end. */
  readonly refundSettleMs: number
}

/** WeChat Pay's 15 s, 15 s, 30 s, 3 m, 10 m, 20 m, 30 m × 3, 60 m, 3 h × 3, 6 h × 2, each 60 times faster. */
export const defaultSchedule: Schedule = {
  notifyFirstMs: 0,
  notifyRetryMs: [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600].map(
    (seconds) => (seconds * 1000) / 60,
  ),
  refundSettleMs: 300,
}

/** When a day's bill is there, in ms after the midnight (China time) that ends the day: 10:00 and 09:00. */
export const defaultBillReadyMs: Readonly<Record<Platform, number>> = {
  "wechat-pay": 10 * 3_600_000,
  alipay: 9 * 3_600_000,
}

export interface SandboxOptions {
  /** Keys, orders and `gateway.env` go to `<dataDir>/sandbox`. */
  readonly dataDir: string
  /** 0 takes a free one. */
  readonly port?: number
  /** A loopback address; anything else is refused. */
  readonly host?: string
  /** The gateway that the buyer's phone opens; a loopback address. */
  readonly gatewayUrl?: string
  readonly clockMs?: () => number
  readonly schedule?: Partial<Schedule>
  readonly billReadyMs?: Partial<Record<Platform, number>>
  readonly keyMode?: KeyMode
  readonly subMchids?: PayeeRange
  readonly sellerIds?: PayeeRange
  /** Seed of faults by rate. */
  readonly seed?: number
  /** Where the market corner takes the stall's code from; without it, codes are put to `/sandbox/corner`. */
  readonly codeSource?: CodeSource
}

export interface Settings {
  readonly clockMs: () => number
  readonly schedule: Schedule
  readonly billReadyMs: Readonly<Record<Platform, number>>
  readonly keyMode: KeyMode
  readonly subMchids: PayeeRange
  readonly sellerIds: PayeeRange
  readonly seed: number
}

export function settingsOf(options: SandboxOptions): Settings {
  return {
    clockMs: options.clockMs ?? Date.now,
    schedule: { ...defaultSchedule, ...options.schedule },
    billReadyMs: { ...defaultBillReadyMs, ...options.billReadyMs },
    keyMode: options.keyMode ?? "public-key",
    subMchids: options.subMchids ?? defaultSubMchids,
    sellerIds: options.sellerIds ?? defaultSellerIds,
    seed: options.seed ?? 1,
  }
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** Whether the sandbox may talk to this address: this machine, or its own gateway. */
export function isReachable(url: URL, gatewayUrl: string | undefined): boolean {
  if (url.protocol !== "https:" && url.protocol !== "http:") return false
  return isLoopback(url.hostname) || (gatewayUrl !== undefined && new URL(gatewayUrl).host === url.host)
}
