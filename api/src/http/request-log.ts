import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { parsePayCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Context as HttpContext, MiddlewareHandler } from "hono"
import { matchedRoutes } from "hono/route"
import type { Logger } from "pino"
import type { Metrics } from "../metrics"
import type { HttpEnvironment } from "./router"

/**
 * One line a request: method, the route's pattern, status, time. No address, no query, no ids out of the path: a
 * share id is a key to a trace, and a pay code's digits are logged as the terminal and counter that they name.
 */
export function logRequests(log: Logger, metrics: Metrics): MiddlewareHandler<HttpEnvironment> {
  return async (c, next) => {
    const startedAtMs = performance.now()
    await next()
    const tookMs = performance.now() - startedAtMs
    const route = routeOf(c)
    const sale = saleOf(c.req.path)
    metrics.requests.observe({ method: c.req.method, route, status: String(c.res.status) }, tookMs / 1000)
    log.info(
      {
        method: c.req.method,
        route,
        ...(sale === undefined ? {} : { path: sale }),
        status: c.res.status,
        tookMs: Math.round(tookMs * 10) / 10,
      },
      "request",
    )
  }
}

/** Pattern of the route that answered: the last that matched and is no middleware's. */
function routeOf(c: HttpContext<HttpEnvironment>): string {
  return matchedRoutes(c).findLast((route) => !route.path.includes("*"))?.path ?? "none"
}

/** `/p/<terminal>/<counter>` for a path that holds a pay code's digits. */
export function saleOf(path: string): string | undefined {
  const digits = /^\/p\/([0-9]+)/.exec(path)?.[1]
  if (digits === undefined) return undefined
  const code = parsePayCodeDigits(digits)
  return code.ok ? `/p/${terminalToHex(code.value.body.terminal)}/${code.value.body.counter}` : "/p/?"
}
