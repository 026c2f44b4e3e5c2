import type { MiddlewareHandler } from "hono"
import { preferredLanguage } from "./language"
import type { HttpEnvironment } from "./router"

/**
 * Who asks, and in which language. Behind proxies each appends the address it saw, so only the last `proxyHops`
 * entries of X-Forwarded-For are their word; everything before them a client may have invented.
 */
export function readClient(proxyHops: number): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    c.set("address", clientAddress(c.env?.address, c.req.header("x-forwarded-for"), proxyHops))
    c.set("language", preferredLanguage(c.req.header("accept-language")))
    await next()
  }
}

export function clientAddress(socket: string | undefined, forwarded: string | undefined, proxyHops: number): string {
  const seen = (forwarded ?? "").split(",").map((entry) => entry.trim())
  const trusted = proxyHops > 0 ? seen.at(-proxyHops) : undefined
  return trusted || socket || "unknown"
}
