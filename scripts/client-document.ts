// The gateway's OpenAPI document without a gateway: its routes are built from dependencies that must not be touched.
import { describeConfig, loadConfig } from "@suyuan/api/config"
import type { Context } from "@suyuan/api/context"
import { createApp } from "@suyuan/api/http/app"
import { documentOf } from "@suyuan/api/http/openapi"
import { gatewayRoutes, type RouteDeps } from "@suyuan/api/http/routes"
import { createMetrics } from "@suyuan/api/metrics"

/** Each setting without a default, as its own example. */
function exampleSettings(): Record<string, string> {
  const required = describeConfig({}).filter((setting) => setting.source === "not set")
  const developmentOnly = new Set(["ADMIN_TOKEN_FILE", "CHAIN_SITE_KEY_FILE"])
  return Object.fromEntries(
    required.filter(({ name }) => !developmentOnly.has(name)).map(({ name, example }) => [name, example]),
  )
}

/** Building routes asks nobody and opens nothing; whoever does it all the same is found here. */
function untouched<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get: (_, property) => {
      throw new Error(`building the routes touched ${name}.${String(property)}`)
    },
  })
}

/** Everything that the gateway serves, as one JSON document. */
export function clientDocument(): object {
  const ctx: Context = {
    config: loadConfig(exampleSettings()),
    db: untouched("db"),
    questions: untouched("questions"),
    settlements: untouched("settlements"),
    duties: untouched("duties"),
    sql: untouched("sql"),
    clock: untouched("clock"),
    random: untouched("random"),
    log: untouched("log"),
    keys: untouched("keys"),
    verifySignature: () => false,
    afterwards: untouched("afterwards"),
  }
  const routes = gatewayRoutes({
    ctx,
    payments: untouched<RouteDeps["payments"]>("payments"),
    logins: untouched<RouteDeps["logins"]>("logins"),
    chain: untouched<RouteDeps["chain"]>("chain"),
    chainProofs: untouched<RouteDeps["chainProofs"]>("chainProofs"),
    tokens: untouched<RouteDeps["tokens"]>("tokens"),
    events: untouched<RouteDeps["events"]>("events"),
    miniCodes: untouched<RouteDeps["miniCodes"]>("miniCodes"),
  })
  return documentOf(createApp({ ctx, metrics: createMetrics(false), probes: [], routes }))
}

export function documentText(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
