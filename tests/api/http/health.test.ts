import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { createApp } from "@suyuan/api/http/app"
import type { Probe } from "@suyuan/api/http/health"
import { databaseProbe, migrationsProbe } from "@suyuan/api/http/probes"
import { createMetrics } from "@suyuan/api/metrics"
import { sql } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { operator } from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
}, 60_000)
afterAll(() => gateway.close())

const working = (name: Probe["name"]): Probe => ({ name, check: async () => {} })
const broken = (name: Probe["name"]): Probe => ({
  name,
  check: async () => {
    throw new Error("amqp://user:secret@10.0.0.1 refused")
  },
})
const appWith = (probes: readonly Probe[], production = false) => {
  const config = { ...gateway.ctx.config, ...(production && { SUYUAN_ENV: "production" as const }) }
  return createApp({ ctx: { ...gateway.ctx, config }, metrics: createMetrics(false), probes, routes: [] })
}

describe("/readyz", () => {
  test("says database, migrations, broker and chain, each by name", async () => {
    const probes = [databaseProbe(gateway.ctx), migrationsProbe(gateway.ctx), working("broker"), working("chain")]
    const response = await appWith(probes).request("/readyz")
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      ready: true,
      checks: { database: "ok", migrations: "ok", broker: "ok", chain: "ok" },
    })
  })

  test("is 503 when one is missing, and does not say why to strangers", async () => {
    const response = await appWith([working("database"), broken("broker")]).request("/readyz")
    expect(response.status).toBe(503)
    const text = await response.text()
    expect(JSON.parse(text)).toEqual({ ready: false, checks: { database: "ok", broker: "failed" } })
    expect(text).not.toContain("secret")
  })

  test("many who ask at once cost one look", async () => {
    let looks = 0
    const found = Promise.withResolvers<void>()
    const slow: Probe = {
      name: "chain",
      check: () => {
        looks += 1
        return found.promise
      },
    }
    const app = appWith([slow])
    const answers = [1, 2, 3, 4].map(() => app.request("/readyz"))
    found.resolve()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(looks).toBe(1)
    await app.request("/readyz")
    expect(looks).toBe(2)
  })

  test("a migration that has not run is seen", async () => {
    const { db } = gateway.ctx
    const [last] = await db.execute<{ id: number; hash: string; created_at: string }>(
      sql`DELETE FROM drizzle.__drizzle_migrations WHERE id = (SELECT max(id) FROM drizzle.__drizzle_migrations) RETURNING *`,
    )
    expect(await (await appWith([migrationsProbe(gateway.ctx)]).request("/readyz")).json()).toMatchObject({
      checks: { migrations: "failed" },
    })
    await db.execute(
      sql`INSERT INTO drizzle.__drizzle_migrations (id, hash, created_at) VALUES (${last?.id}, ${last?.hash}, ${last?.created_at})`,
    )
  })
})

describe("/metrics", () => {
  const scrape = (production: boolean, headers: Record<string, string> = {}, address = "127.0.0.1") =>
    appWith([], production).request("/metrics", { headers }, { address })

  test("opens to loopback in development, unless a proxy stands between", async () => {
    const response = await scrape(false)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain("suyuan_http_request_seconds")
    expect((await scrape(false, { "X-Forwarded-For": "203.0.113.7" })).status).toBe(401)
    expect((await scrape(false, {}, "203.0.113.7")).status).toBe(401)
  })

  test("takes a token with metrics:read, in production always", async () => {
    expect((await scrape(true)).status).toBe(401)
    const order = { label: "scraper", kind: "machine", actorId: "prometheus", siteIds: [], days: 1 } as const
    const { token } = await issueToken(gateway.ctx, operator, { ...order, scopes: ["metrics:read"] })
    expect((await scrape(true, { Authorization: `Bearer ${token}` })).status).toBe(200)
    const other = await issueToken(gateway.ctx, operator, { ...order, scopes: ["traces:read"] })
    expect((await scrape(true, { Authorization: `Bearer ${other.token}` })).status).toBe(403)
  })

  test("counts requests by route pattern, never by path", async () => {
    const app = appWith([])
    await app.request("/nothing/personal-13800000000")
    await app.request("/healthz")
    const text = await (await app.request("/metrics", {}, { address: "127.0.0.1" })).text()
    expect(text).toContain('route="/healthz"')
    expect(text).not.toContain("13800000000")
  })
})
