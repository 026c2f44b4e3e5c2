import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { dropExpiredSessions } from "@suyuan/api/buyers/drop-sessions"
import { sessionBuyer, sessionDays } from "@suyuan/api/buyers/session"
import { startWebSession } from "@suyuan/api/buyers/start-web-session"
import { buyerSessions } from "@suyuan/drizzle/schema/buyers"
import { type TestGateway, testGateway } from "../../support/context"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

test("a browser's session goes when it is over, and no earlier", async () => {
  const { ctx, clock } = gateway
  await startWebSession(ctx)
  clock.advance((sessionDays * 86_400 - 60) * 1000)
  const { token } = await startWebSession(ctx)
  await dropExpiredSessions(ctx)
  expect(await ctx.db.$count(buyerSessions)).toBe(2)
  clock.advance(60_000)
  await dropExpiredSessions(ctx)
  expect(await ctx.db.$count(buyerSessions)).toBe(1)
  expect(await sessionBuyer(ctx, token)).toBeDefined()
})
