import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { admitFirstOperator } from "@suyuan/api/access/admit-first-operator"
import { findActor } from "@suyuan/api/access/find-actor"
import { issueToken, type TokenOrder } from "@suyuan/api/access/issue-token"
import { revokeToken } from "@suyuan/api/access/revoke-token"
import { scopes } from "@suyuan/api/actor"
import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { type TestGateway, testGateway } from "../../support/context"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
}, 60_000)
afterAll(() => gateway.close())

const order: TokenOrder = {
  label: "scales at gate 3",
  kind: "inspector",
  actorId: "inspector-7",
  siteIds: [],
  scopes: ["inspections:write"],
  days: 30,
}

describe("access tokens", () => {
  test("refuses the wrong actor", async () => {
    const actor = operatorWithout("access:write")
    expect(await refusalOf(issueToken(gateway.ctx, actor, order))).toBe("request/forbidden")
    const { id, token } = await issueToken(gateway.ctx, operator, order)
    expect(await refusalOf(revokeToken(gateway.ctx, actor, id))).toBe("request/forbidden")
    const { siteId } = await makeStall(gateway.ctx)
    expect(await refusalOf(revokeToken(gateway.ctx, operatorOf(siteId), id))).toBe("request/forbidden")
    expect(await findActor(gateway.ctx, token)).toBeDefined()
  })

  test("name who acts, where, and what they may do", async () => {
    const { siteId } = await makeStall(gateway.ctx)
    const { token } = await issueToken(gateway.ctx, operator, { ...order, siteIds: [siteId] })
    expect(await findActor(gateway.ctx, token)).toEqual({
      kind: "inspector",
      id: "inspector-7",
      siteIds: [siteId],
      scopes: ["inspections:write"],
    })
  })

  test("nobody grants scopes or sites beyond their own", async () => {
    const { siteId } = await makeStall(gateway.ctx)
    const another = await makeStall(gateway.ctx)
    const local = operatorOf(siteId)
    const narrow = { ...operator, scopes: ["access:write", "traces:read"] } as const
    expect(await refusalOf(issueToken(gateway.ctx, narrow, order))).toBe("access/beyond-own")
    for (const siteIds of [[], [another.siteId], [siteId, another.siteId]]) {
      expect(await refusalOf(issueToken(gateway.ctx, local, { ...order, siteIds }))).toBe("access/beyond-own")
    }
    expect(await refusalOf(issueToken(gateway.ctx, local, { ...order, siteIds: [siteId] }))).toBe("not refused")
  })

  test("are stored as hashes only, in audits too", async () => {
    const { token } = await issueToken(gateway.ctx, operator, order)
    const everything = JSON.stringify([
      await gateway.ctx.db.select().from(accessTokens),
      await gateway.ctx.db.select().from(audit),
    ])
    expect(everything).not.toContain(token)
    expect(everything).not.toContain(token.slice(4))
  })

  test("open nothing once revoked or expired, or when they never were", async () => {
    const revoked = await issueToken(gateway.ctx, operator, order)
    await revokeToken(gateway.ctx, operator, revoked.id)
    await revokeToken(gateway.ctx, operator, revoked.id)
    expect(await findActor(gateway.ctx, revoked.token)).toBeUndefined()
    const expired = await issueToken(gateway.ctx, operator, { ...order, days: 1 })
    gateway.clock.advance(86_400_000)
    expect(await findActor(gateway.ctx, expired.token)).toBeUndefined()
    const missing = gateway.ctx.random.uuid()
    expect(await refusalOf(revokeToken(gateway.ctx, operator, missing))).toBe("access/token-unknown")
    for (const invented of ["", "sya_", `sya_${"0".repeat(64)}`, `xxx_${"0".repeat(64)}`, "a".repeat(68)]) {
      expect(await findActor(gateway.ctx, invented)).toBeUndefined()
    }
  })
})

describe("the first operator of a development gateway", () => {
  const folder = mkdtempSync(join(tmpdir(), "suyuan-admin-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "admin-token")
  const token = `sya_${"5".repeat(64)}`
  const configured = (more: object) => ({
    ...gateway.ctx,
    config: { ...gateway.ctx.config, ADMIN_TOKEN_FILE: file, ...more },
  })

  test("is whoever holds the token in ADMIN_TOKEN_FILE, at every start anew", async () => {
    writeFileSync(file, `${token}\n`)
    await admitFirstOperator(configured({}))
    await admitFirstOperator(configured({}))
    expect(await findActor(gateway.ctx, token)).toMatchObject({ kind: "operator", siteIds: [], scopes: [...scopes] })
  })

  test("is nobody in production, and a file that holds no token stops the start", async () => {
    const other = `sya_${"6".repeat(64)}`
    writeFileSync(file, other)
    await admitFirstOperator(configured({ SUYUAN_ENV: "production" }))
    expect(await findActor(gateway.ctx, other)).toBeUndefined()
    writeFileSync(file, "secret")
    await expect(admitFirstOperator(configured({}))).rejects.toThrow("ADMIN_TOKEN_FILE")
  })
})
