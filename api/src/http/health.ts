import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { describeFailure, ServiceError } from "../errors"
import type { Metrics } from "../metrics"
import { actorOf } from "./authenticate"
import { newRouter, type Routes } from "./router"
import { answer } from "./schemas"

/** One thing that the gateway cannot do without. */
export type Probe = {
  readonly name: "database" | "migrations" | "broker" | "chain"
  /** Rejects when it is not there; the reason is logged, never told. */
  readonly check: () => Promise<void>
}

const probeMsMax = 2_000

const tags = ["operation"]
const healthRoute = createRoute({
  method: "get",
  path: "/healthz",
  tags,
  summary: "The process answers",
  responses: { 200: answer("It does", z.object({ ok: z.literal(true) })) },
})
const readiness = z
  .object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.enum(["ok", "failed"])).openapi({ example: { database: "ok", broker: "failed" } }),
  })
  .openapi("Readiness")
const readyRoute = createRoute({
  method: "get",
  path: "/readyz",
  tags,
  summary: "Database, migrations, broker and chain, each said",
  responses: { 200: answer("All there", readiness), 503: answer("Something is missing", readiness) },
})

export type HealthDeps = { readonly ctx: Context; readonly probes: readonly Probe[]; readonly metrics: Metrics }

export function healthRoutes({ ctx, probes, metrics }: HealthDeps): Routes {
  const router = newRouter()
  router.openapi(healthRoute, (c) => c.json({ ok: true as const }, 200))
  const look = onceAtATime(() =>
    Promise.all(probes.map(async (probe) => [probe.name, await passes(ctx, probe)] as const)),
  )
  router.openapi(readyRoute, async (c) => {
    const results = await look()
    const ready = results.every(([, ok]) => ok)
    const checks = Object.fromEntries(results.map(([name, ok]) => [name, ok ? ("ok" as const) : ("failed" as const)]))
    return c.json({ ready, checks }, ready ? 200 : 503)
  })
  // Not in the API's document: its reader is a scraper, and its body not JSON.
  router.get("/metrics", async (c) => {
    if (!isLocalDevelopment(ctx, c.env?.address, c.req.header("x-forwarded-for"))) {
      const actor = await actorOf(ctx, c.req.header("authorization"))
      if (!actor) throw new ServiceError("request/unauthenticated")
      if (!actor.scopes.includes("metrics:read")) throw new ServiceError("request/forbidden")
    }
    return c.body(await metrics.registry.metrics(), 200, { "Content-Type": metrics.registry.contentType })
  })
  return router
}

/** Whoever asks while somebody looks hears what that one finds: anybody may ask, and looking costs the database and the chain. */
function onceAtATime<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined
  return () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
}

/** In production everything may come from the loopback address of a proxy, so only a token counts there. */
function isLocalDevelopment(ctx: Context, socket: string | undefined, forwarded: string | undefined): boolean {
  const isLoopback = socket === "::1" || socket === "127.0.0.1" || socket === "::ffff:127.0.0.1"
  return ctx.config.SUYUAN_ENV !== "production" && isLoopback && forwarded === undefined
}

async function passes(ctx: Context, probe: Probe): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${probeMsMax} ms`)), probeMsMax)
  })
  try {
    await Promise.race([probe.check(), late])
    return true
  } catch (error) {
    ctx.log.warn({ probe: probe.name, ...describeFailure(error) }, "not ready")
    return false
  } finally {
    clearTimeout(timer)
  }
}
