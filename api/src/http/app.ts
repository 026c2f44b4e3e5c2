import { bodyLimit } from "hono/body-limit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Metrics } from "../metrics"
import { readClient } from "./client-address"
import { answerError, type ErrorPage } from "./errors"
import { healthRoutes, type Probe } from "./health"
import { serveDocument } from "./openapi"
import { limitRate } from "./rate-limit"
import { logRequests } from "./request-log"
import { newRouter, type Routes } from "./router"
import { notCached, sameOrigin, securityHeaders } from "./security-headers"

/** Larger than any body we ask for: a catalogue of 2,000 goods. */
const bodyBytesMax = 1_048_576

export type AppDeps = {
  readonly ctx: Context
  readonly metrics: Metrics
  readonly probes: readonly Probe[]
  /** Each domain's routes, built with its own dependencies. */
  readonly routes: readonly Routes[]
  /** A refusal as a page, for a browser that opened a pay code. */
  readonly errorPage?: ErrorPage
}

/** Puts the HTTP edge together: what holds for every request here, each domain's routes behind it. */
export function createApp({ ctx, metrics, probes, routes, errorPage }: AppDeps): Routes {
  const { config, log, clock } = ctx
  const app = newRouter()
  app.onError(answerError(log, errorPage))
  app.notFound(() => {
    throw new ServiceError("request/not-found")
  })
  app.use(readClient(config.GATEWAY_PROXY_HOPS))
  app.use(logRequests(log, metrics))
  app.use(securityHeaders(config))
  app.use(notCached)
  app.route("/", healthRoutes({ ctx, probes, metrics }))
  app.use(limitRate(clock, config.REQUESTS_PER_MINUTE))
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: refuseLargeBody }))
  app.use(sameOrigin(config.GATEWAY_PUBLIC_URL))
  for (const own of routes) app.route("/", own)
  serveDocument(app)
  return app
}

function refuseLargeBody(): never {
  throw new ServiceError("request/too-large")
}
