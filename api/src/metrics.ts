import { collectDefaultMetrics, Histogram, Registry } from "prom-client"

export type Metrics = {
  /** Domains add their own gauges and counters here. */
  readonly registry: Registry
  /** Seconds by method, route pattern and status. */
  readonly requests: Histogram<"method" | "route" | "status">
}

/** @param withProcess adds memory, event loop and collector of this process: once a process. */
export function createMetrics(withProcess: boolean): Metrics {
  const registry = new Registry()
  if (withProcess) collectDefaultMetrics({ register: registry })
  return {
    registry,
    requests: new Histogram({
      name: "suyuan_http_request_seconds",
      help: "Time to answer a request",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
  }
}
