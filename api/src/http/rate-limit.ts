import type { MiddlewareHandler } from "hono"
import type { Clock } from "../context"
import { ServiceError } from "../errors"
import type { HttpEnvironment } from "./router"

const windowMs = 60_000
/** Addresses remembered at once; beyond it the window starts anew, which lets too much through rather than too little. */
const addressesMax = 100_000

/** Counts per address and minute in this process's memory: two gateways let twice as much through. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #perWindow: number
  #windowStartsAtMs = 0
  #counts = new Map<string, number>()

  constructor(clock: Clock, perWindow: number) {
    this.#clock = clock
    this.#perWindow = perWindow
  }

  /** Milliseconds to wait, or 0 when the request may pass. */
  take(address: string): number {
    const nowMs = this.#clock.nowMs()
    if (nowMs - this.#windowStartsAtMs >= windowMs || this.#counts.size > addressesMax) {
      this.#windowStartsAtMs = nowMs
      this.#counts = new Map()
    }
    const count = (this.#counts.get(address) ?? 0) + 1
    this.#counts.set(address, count)
    return count > this.#perWindow ? this.#windowStartsAtMs + windowMs - nowMs : 0
  }
}

/** Platforms notify from few addresses for all merchants, and every notification is signed. */
const platformPaths = "/notifications/"
const platformFactor = 50

/** Refuses an address that asks too often with 429 and `Retry-After`. */
export function limitRate(clock: Clock, perMinute: number): MiddlewareHandler<HttpEnvironment> {
  const limiter = new RateLimiter(clock, perMinute)
  const platforms = new RateLimiter(clock, perMinute * platformFactor)
  return async (c, next) => {
    const waitMs = (c.req.path.startsWith(platformPaths) ? platforms : limiter).take(networkOf(c.get("address")))
    if (waitMs > 0) {
      c.header("Retry-After", String(Math.ceil(waitMs / 1000)))
      throw new ServiceError("request/too-many")
    }
    await next()
  }
}

/** One household or phone holds a whole IPv6 /64. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address
  const [head = "", tail] = address.toLowerCase().split("::")
  const groups = head === "" ? [] : head.split(":")
  if (tail !== undefined) {
    const rest = tail === "" ? [] : tail.split(":")
    while (groups.length + rest.length < 8) groups.push("0")
    groups.push(...rest)
  }
  return `${groups.slice(0, 4).join(":")}::/64`
}
