/**
 * The control routes have no login, because the sandbox listens on loopback only. What must be kept out is a web page
 * in the same browser: a foreign host name (DNS rebinding) and a foreign origin are refused, and bodies must be JSON.
 */
import type { MiddlewareHandler } from "hono"
import { isLoopback } from "../settings"

function hostOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined
  return new URL(text).hostname
}

export const guard: MiddlewareHandler = async (c, next) => {
  const host = hostOf(`http://${c.req.header("host") ?? ""}`)
  if (host === undefined || !isLoopback(host))
    return c.json({ error: "the sandbox answers loopback host names only" }, 403)
  const origin = c.req.header("origin")
  if (origin !== undefined && origin !== new URL(c.req.url).origin)
    return c.json({ error: "other origins may not steer the sandbox" }, 403)
  const writes = !["GET", "HEAD"].includes(c.req.method)
  if (writes && c.req.method !== "DELETE" && !/^application\/json\b/.test(c.req.header("content-type") ?? "")) {
    return c.json({ error: "send application/json" }, 415)
  }
  await next()
  return undefined
}
