import type { MiddlewareHandler } from "hono"
import { networkOf } from "../access/network-of"
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

/** A market's Wi-Fi, or a carrier's network, is one address for all who pay there; a code that no terminal signed costs little. */
const buyerPaths = "/p/"
const buyerFactor = 10
/** Files of the programs, which phones and every cache on the way keep. */
const filePaths = ["/m/", "/kiosk/", "/assets/"]

/** Refuses an address that asks too often with 429 and `Retry-After`: apart for buyers' codes, for platforms and for the rest. */
export function limitRate(clock: Clock, perMinute: number): MiddlewareHandler<HttpEnvironment> {
  const others = new RateLimiter(clock, perMinute)
  const buyers = new RateLimiter(clock, perMinute * buyerFactor)
  const platforms = new RateLimiter(clock, perMinute * platformFactor)
  const limiterOf = (path: string) =>
    path.startsWith(platformPaths) ? platforms : path.startsWith(buyerPaths) ? buyers : others
  return async (c, next) => {
    const { path, method } = c.req
    if (method === "GET" && filePaths.some((prefix) => path.startsWith(prefix))) return next()
    const waitMs = limiterOf(path).take(networkOf(c.get("address")))
    if (waitMs > 0) {
      c.header("Retry-After", String(Math.ceil(waitMs / 1000)))
      throw new ServiceError("request/too-many")
    }
    await next()
  }
}
