import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { admitFirstOperator } from "@suyuan/api/access/admit-first-operator"
import { findActor } from "@suyuan/api/access/find-actor"
import { admitPerson, issueToken, type TokenOrder } from "@suyuan/api/access/issue-token"
import { revokeToken } from "@suyuan/api/access/revoke-token"
import { areTwoPersons } from "@suyuan/api/access/two-persons"
import { type Actor, scopes } from "@suyuan/api/actor"
import { approvePayeeChange } from "@suyuan/api/merchants/decide-payee-change"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { accessTokens } from "@suyuan/drizzle/schema/merchants"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
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

describe("two persons", () => {
  const own = { ...operator, id: "issuer" }
  const invented = { ...operator, id: "invented" }
  const two = (proposedBy: string, other: Actor) =>
    gateway.ctx.db.transaction((tx) => areTwoPersons(tx, proposedBy, other))

  test("are not one who issued a token in the other's name, expired or not", async () => {
    expect(await two(own.id, invented)).toBe(true)
    const { id } = await issueToken(gateway.ctx, own, { ...order, actorId: invented.id })
    await revokeToken(gateway.ctx, own, id)
    expect([await two(own.id, invented), await two(invented.id, own)]).toEqual([false, false])
    expect(await two(own.id, { ...operator, id: "somebody" })).toBe(true)
  })

  test("are those whom one third person let in, and those who were admitted where the gateway runs", async () => {
    for (const actorId of ["zhao", "qian"]) await issueToken(gateway.ctx, own, { ...order, actorId })
    expect(await two("zhao", { ...operator, id: "qian" })).toBe(true)
    for (const actorId of ["sun", "zhou"]) await admitPerson(gateway.ctx, { ...order, actorId })
    expect(await two("sun", { ...operator, id: "zhou" })).toBe(true)
  })

  test("decide about a change of payee", async () => {
    const { merchantId } = await makeStall(gateway.ctx)
    const payee = { platform: "wechat-pay", account: "1900000109" } as const
    await setPayee(gateway.ctx, own, merchantId, payee)
    const change = await setPayee(gateway.ctx, own, merchantId, { ...payee, account: "1900000208" })
    const changeId = change.state === "proposed" ? change.changeId : ""
    await issueToken(gateway.ctx, own, { ...order, actorId: "third" })
    const third = { ...operator, id: "third" }
    expect(await refusalOf(approvePayeeChange(gateway.ctx, third, changeId))).toBe("payee/second-person-needed")
    await approvePayeeChange(gateway.ctx, { ...operator, id: "fourth" }, changeId)
  })
})

describe("`npm run admit`", () => {
  async function admit(...words: string[]) {
    const program = Bun.spawn(["bun", "scripts/admit.ts", ...words], {
      ...{ stdout: "pipe", stderr: "pipe" },
      env: { ...process.env, DATABASE_URL: gateway.ctx.config.DATABASE_URL },
    })
    const [out, told, code] = await Promise.all([
      new Response(program.stdout).text(),
      new Response(program.stderr).text(),
      program.exited,
    ])
    return { out: out.trim(), told, code }
  }

  test("prints a token of a person, once", async () => {
    const { out, told, code } = await admit("--actor", "wu", "--scopes", "recalls:read", "recalls:write")
    expect({ code, told }).toEqual({ code: 0, told: expect.stringContaining("hand it over now") })
    expect(told).not.toContain(out)
    expect(await findActor(gateway.ctx, out)).toMatchObject({ id: "wu", scopes: ["recalls:read", "recalls:write"] })
    const [line] = await gateway.ctx.db.select().from(audit).where(eq(audit.actorId, "installation"))
    expect(line?.verb).toBe("access/issue-token")
  })

  test("admits nobody whom audits could not name, and nothing that is no scope or site", async () => {
    for (const words of [["Wu"], ["wu", "--scopes", "all"], ["wu", "--sites", "gate 3"], ["wu", "--days", "0"]]) {
      const { out, code, told } = await admit("--actor", ...words)
      expect({ out, code, told }).toEqual({ out: "", code: 1, told: expect.stringContaining("invalid") })
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
