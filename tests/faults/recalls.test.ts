// A recall while what it goes through fails: the person's request, the database, the broker, the platform, the chain.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout } from "bun:test"
import { admitPerson } from "@suyuan/api/access/issue-token"
import { scopes } from "@suyuan/api/actor"
import type { GatewayClient } from "@suyuan/client/client"
import { declareHarvest } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { THE_ONE } from "@suyuan/terminal-kiosk/store/rows"
import { drizzle } from "drizzle-orm/postgres-js"
import { z } from "zod"
import { granted } from "../../scripts/demo/gateway"
import { askSandbox } from "../../scripts/demo/wallet"
import { payByPhone, persistently, type SoakSale, sell } from "../../scripts/soak/trade"
import {
  addFault,
  callHeld,
  diesAt,
  gatewayOf,
  type MarketAtFault,
  openMarketAtFault,
  until,
  writing,
} from "./market-at-fault"
import { runRows } from "./run-rows"

setDefaultTimeout(120_000)

let market: MarketAtFault
let second: GatewayClient
beforeAll(async () => {
  market = await openMarketAtFault({ kind: "base" })
  second = market.gateway.as(await tokenOfOwn())
})
afterEach(() => market.rest())
afterAll(() => market?.end())

const gateway = () => gatewayOf(market)

const phone = () => market.wallets.alipay
async function bag(): Promise<SoakSale> {
  const sale = await sell(market.stall, 1500)
  await payByPhone(market, phone(), sale)
  await market.stall.until("an empty outbox", nothingWaits)
  await until("a trade", async () => {
    const [row] = await market.sql`
      SELECT record_id FROM sales WHERE terminal_id = ${sale.terminalId} AND counter = ${sale.counter}`
    return row?.record_id !== null && row !== undefined
  })
  return sale
}
const nothingWaits = async () => (await market.stall.terminal.store.list("outbox")).length === 0

/** Goods, of which a phone has bought some and the rest is there. */
async function draft(): Promise<string> {
  const lot = await declareHarvest(market.stall.terminal, {
    ...{ commodity: 1036, weightGrams: 10_000, declaredOrigin: "河北" },
  })
  market.stall.wake()
  await market.stall.until("an empty outbox", nothingWaits)
  await bag()
  const id = market.stall.terminal.newId()
  const body = { id, set: { kind: "lots" as const, lotIds: [lot] }, reason: "农残超标" }
  granted("a draft", await market.gateway.operator.post("/recalls", { body }))
  return id
}

async function digestOf(id: string): Promise<string> {
  return granted("a scope", await second.get("/recalls/{id}/scope", { path: { id } })).reachDigest
}

const approve = async (id: string, digest: string) =>
  persistently("an approval", async () => {
    granted("an approval", await second.post("/recalls/{id}/approve", { path: { id }, body: { reachDigest: digest } }))
    return true
  })
const act = (id: string, step: "activate" | "extend" | "close") =>
  persistently(step, async () => {
    granted(step, await second.post(`/recalls/{id}/${step}`, { path: { id } }))
    return true
  })

async function approved(): Promise<string> {
  const id = await draft()
  await approve(id, await digestOf(id))
  return id
}
async function active(): Promise<string> {
  const id = await approved()
  await act(id, "activate")
  return id
}

/** Asked, done, and nobody waits for the answer. */
async function unheard(path: string, body: unknown, isDone: () => Promise<boolean>): Promise<void> {
  const [issued, gone] = [await tokenOfOwn(), new AbortController()]
  const asked = fetch(`${market.installation.url}${path}`, {
    ...{ method: "POST", signal: gone.signal, body: JSON.stringify(body) },
    headers: { "content-type": "application/json", authorization: `Bearer ${issued}` },
  })
  asked.catch(() => {}) // It is not listened to.
  await until("it is done", isDone)
  gone.abort()
}
async function tokenOfOwn(): Promise<string> {
  const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)), uuid: Bun.randomUUIDv7 }
  const installation = { db: drizzle(market.sql), clock: { nowMs: () => Date.now() }, random }
  const order = { label: "审批", kind: "operator", actorId: "second-person", siteIds: [], scopes, days: 1 } as const
  return (await admitPerson(installation, order)).token
}

const stateOf = async (id: string) => (await market.sql`SELECT state FROM recalls WHERE id = ${id}`)[0]?.state
async function stepsOf(id: string): Promise<string[]> {
  const rows = await market.sql`SELECT action FROM recall_steps WHERE recall_id = ${id} ORDER BY step`
  return rows.map(({ action }) => String(action))
}
async function noticesOf(id: string): Promise<string[]> {
  const rows = await market.sql`SELECT state FROM recall_notices WHERE recall_id = ${id}`
  return rows.map(({ state }) => String(state))
}
const list = () => market.stall.terminal.store.get("recallHolds", THE_ONE)
const isHeldBy = async (id: string) => (await list())?.holds.some(({ recallId }) => recallId === id) === true
const holds = (id: string) => until("the terminal holds the goods", () => isHeldBy(id))

const sentAnswer = z.object({ messages: z.array(z.object({ page: z.string() })) })
async function messagesOf(id: string): Promise<number> {
  const { messages } = await askSandbox(market.installation.sandboxUrl, "GET", "/messages", sentAnswer)
  return messages.filter(({ page }) => page.includes(id)).length
}
/** A try came to nothing that is known. One that is under way would set the pause after it anew. */
const failed = (id: string) =>
  until("it is not known whether the buyer was told", async () => {
    const [row] = await market.sql`SELECT state, failure_code FROM recall_notices WHERE recall_id = ${id}`
    return row?.state === "unknown" && row.failure_code !== null
  })
/** The pause before the next try is over. */
async function tryAgain(id: string): Promise<void> {
  expect(await noticesOf(id)).toEqual(["unknown"])
  await market.sql`UPDATE recall_notices SET next_try_at = now() WHERE recall_id = ${id} AND state = 'unknown'`
}
const told = (id: string) => until("the buyer is told", async () => (await noticesOf(id)).join() === "sent")

/** Each step has one record, and the terminal sells again. */
async function ends(id: string): Promise<void> {
  await act(id, "close")
  await until("the terminal may sell", async () => !(await isHeldBy(id)))
  const [row] = await market.sql`
    SELECT count(DISTINCT s.record_id)::int AS steps, count(r.record_id)::int AS records FROM recall_steps s
    LEFT JOIN records r ON r.record_id = s.record_id WHERE s.recall_id = ${id}`
  const steps = await stepsOf(id)
  expect(row).toEqual({ steps: steps.length, records: steps.length })
}

runRows("recalls", {
  approvalLostRequest: async () => {
    const id = await draft()
    const digest = await digestOf(id)
    await diesAt(market, await writing(market, "recall_steps"), () => approve(id, digest))
    expect(await stepsOf(id)).toEqual(["drafted", "approved"])
    await act(id, "activate")
    await ends(id)
  },
  approvalLostResponse: async () => {
    const id = await draft()
    const digest = await digestOf(id)
    await unheard(`/recalls/${id}/approve`, { reachDigest: digest }, async () => (await stateOf(id)) === "approved")
    await approve(id, digest)
    expect(await stepsOf(id)).toEqual(["drafted", "approved"])
    await act(id, "activate")
    await ends(id)
  },
  activationLostRequest: async () => {
    const id = await approved()
    const moment = await writing(market, "recall_notices")
    const looked: unknown[] = []
    await diesAt(
      market,
      {
        reached: moment.reached,
        pass: async () => {
          looked.push(await stateOf(id), await stepsOf(id), await noticesOf(id), await isHeldBy(id))
          await moment.pass()
        },
      },
      () => act(id, "activate"),
    )
    expect(looked).toEqual(["approved", ["drafted", "approved"], [], false])
    await holds(id)
    await told(id)
    expect(await stepsOf(id)).toEqual(["drafted", "approved", "activated"])
    await ends(id)
  },
  activationLostResponse: async () => {
    const id = await approved()
    await unheard(`/recalls/${id}/activate`, {}, async () => (await stateOf(id)) === "active")
    await act(id, "activate")
    await holds(id)
    await told(id)
    expect(await stepsOf(id)).toEqual(["drafted", "approved", "activated"])
    await ends(id)
  },
  holdLostRequest: async () => {
    const id = await approved()
    market.installation.broker.silence()
    await act(id, "activate")
    await gateway().kill()
    expect(await isHeldBy(id)).toBe(false)
    market.installation.broker.speak()
    await gateway().start()
    await holds(id)
    await ends(id)
  },
  holdLostResponse: async () => {
    const id = await approved()
    market.installation.broker.silence()
    await act(id, "activate")
    const about = async () => (await market.sql`SELECT 1 FROM outbox WHERE payload ->> 'about' = ${id}`).length
    await until("the gateway has the hold in its hands", async () => {
      const claimed = await market.sql`SELECT 1 FROM outbox WHERE payload ->> 'about' = ${id} AND next_try_at > now()`
      return claimed.length > 0
    })
    const moment = await writing(market, "outbox")
    const waiting: number[] = []
    await diesAt(
      market,
      {
        reached: async () => {
          market.installation.broker.speak()
          await holds(id)
          await moment.reached()
        },
        pass: async () => {
          await moment.pass()
          waiting.push(await about())
        },
      },
      async () => {},
    )
    const version = (await list())?.version
    expect(waiting).toEqual([1])
    await until("it was told again", async () => (await about()) === 0)
    await until("the stall counts as told", async () => {
      const [row] = await market.sql`SELECT stalls_told_at FROM recalls WHERE id = ${id}`
      return row?.stalls_told_at !== null
    })
    expect((await list())?.version).toBe(version ?? -1)
    await ends(id)
  },
  noticeLostRequest: async () => {
    await addFault(market, { kind: "lost-request", operation: "message", platform: "alipay", times: 1 })
    const id = await active()
    await failed(id)
    await tryAgain(id)
    await told(id)
    expect(await messagesOf(id)).toBe(1)
    await ends(id)
  },
  noticeLostResponse: async () => {
    await addFault(market, { kind: "lost-response", operation: "message", platform: "alipay", times: 1 })
    const id = await active()
    await failed(id)
    await tryAgain(id)
    await told(id)
    expect(await messagesOf(id)).toBe(2)
    await ends(id)
  },
  noticeKilled: async () => {
    const id = await approved()
    await diesAt(market, await callHeld(market, { kind: "lost-request", operation: "message" }), () =>
      act(id, "activate"),
    )
    await tryAgain(id)
    await told(id)
    expect(await messagesOf(id)).toBe(1)
    await ends(id)
  },
  recordNotSealed: async () => {
    const id = await approved()
    await diesAt(market, await writing(market, "batches"), () => act(id, "activate"))
    await ends(id)
    await until("every step is on the chain", async () => {
      const rows = await market.sql`
        SELECT r.state FROM recall_steps s JOIN records r ON r.record_id = s.record_id WHERE s.recall_id = ${id}`
      return rows.length === 4 && rows.every(({ state }) => state === "anchored")
    })
  },
  extensionLost: async () => {
    // Signed and paid before the terminal heard of the hold, and uploaded after.
    const id = await approved()
    await market.stall.goOffline()
    const sale = await sell(market.stall, 700)
    await payByPhone(market, market.wallets["wechat-pay"], sale)
    await act(id, "activate")
    market.stall.goOnline()
    await market.stall.until("an empty outbox", nothingWaits)
    await until("the late trade", async () => {
      const [row] = await market.sql`
        SELECT record_id FROM sales WHERE terminal_id = ${sale.terminalId} AND counter = ${sale.counter}`
      return row?.record_id !== null
    })
    await diesAt(market, await writing(market, "recall_steps"), () => act(id, "extend"))
    expect((await stepsOf(id)).at(-1)).toBe("extended")
    expect(await noticesOf(id)).toHaveLength(2)
    await ends(id)
  },
  endLost: async () => {
    const id = await active()
    await holds(id)
    await diesAt(market, await writing(market, "recall_steps"), () => act(id, "close"))
    await ends(id)
    expect((await stepsOf(id)).filter((action) => action === "closed")).toHaveLength(1)
    await bag()
  },
})
