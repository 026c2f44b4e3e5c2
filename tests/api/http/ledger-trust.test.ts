import { afterAll, beforeAll, expect, test } from "bun:test"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { eq } from "drizzle-orm"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { type SellingTerminal, sellingTerminal } from "../../support/selling"

let gateway: TestGateway
let terminal: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  terminal = await sellingTerminal(gateway.ctx)
}, 60_000)
afterAll(() => gateway?.close())

const chain = { chainId: 7, contract: "ab".repeat(20) } as never
const ask = (path: string) => testApp(gateway.ctx, { chain }).request(path)

test("says which network, chain and contract this gateway writes to, and that it is no real one", async () => {
  expect(await (await ask("/ledger/setting")).json()).toEqual({
    networkId: gateway.ctx.config.NETWORK_ID,
    chainId: 7,
    contract: "ab".repeat(20),
    development: true,
  })
})

test("gives a terminal's key once it is in the registry, and not before", async () => {
  const path = `/ledger/terminals/${terminalToHex(terminal.terminalId)}`
  const { db } = gateway.ctx
  const mine = eq(terminals.id, terminal.terminalId)
  await db.update(terminals).set({ registeredKey: null }).where(mine)
  const before = await ask(path)
  expect(before.status).toBe(404)
  expect(await before.json()).toMatchObject({ code: "terminal/unknown" })
  const [row] = await db.select().from(terminals).where(mine)
  await db.update(terminals).set({ registeredKey: row!.publicKey }).where(mine)
  expect(await (await ask(path)).json()).toEqual({ algorithm: row!.algorithm, publicKey: row!.publicKey })
})

test("refuses what is no terminal id", async () => {
  expect((await ask("/ledger/terminals/xyz")).status).toBe(400)
})
