import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import { BuyerEvents } from "@suyuan/api/adapters/buyer-events"
import type { Database } from "@suyuan/api/context"
import { relayOutbox } from "@suyuan/api/jobs/relay-outbox"
import { enqueue, type OutboxMessage } from "@suyuan/api/outbox"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { until } from "../../support/broker"
import { type TestGateway, testGateway } from "../../support/context"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
beforeEach(async () => {
  await gateway.ctx.db.delete(outbox)
})
afterAll(() => gateway?.close())

const terminal = 0x01_0000_0001
const messageTo = (channel: OutboxMessage["channel"], version: number): OutboxMessage => ({
  ...{ channel, version, topic: channel === "terminal" ? "payment" : "state", payload: { v: 1, version } },
  recipient: channel === "terminal" ? terminalToHex(terminal) : `${terminalToHex(terminal)}/5`,
})
const queue = (...messages: OutboxMessage[]) => gateway.ctx.db.transaction((tx) => enqueue(gateway.ctx, tx, messages))
const rows = () => gateway.ctx.db.select().from(outbox)

/** A broker that is there or not, and remembers. */
function channelTo(heard: string[]) {
  const state = { away: false, lostAnswers: 0 }
  const publish = async (_terminal: number, topic: string, payload: string) => {
    if (state.away) throw new Error("the broker is out of reach")
    heard.push(`${topic} ${payload}`)
    if (state.lostAnswers > 0) {
      state.lostAnswers -= 1
      throw new Error("no answer from the broker")
    }
  }
  return { state, publish }
}

describe("the outbox's relay", () => {
  test("sends each message once and forgets it, when nothing goes wrong", async () => {
    const heard: string[] = []
    await queue(messageTo("terminal", 1), messageTo("terminal", 2))
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(2)
    expect(heard.toSorted()).toEqual(['payment {"v":1,"version":1}', 'payment {"v":1,"version":2}'])
    expect(await rows()).toHaveLength(0)
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(0)
  })

  test("keeps them while the broker is away, tries more seldom, and sends them when it is back", async () => {
    const heard: string[] = []
    const channel = channelTo(heard)
    channel.state.away = true
    await queue(messageTo("terminal", 3))
    for (let round = 1; round <= 8; round += 1) {
      expect(await relayOutbox(gateway.ctx, channel)).toBe(0)
      const [row] = await rows()
      expect(row?.tries).toBe(round)
      const delayMs = (row?.nextTryAt.getTime() ?? 0) - gateway.clock.nowMs()
      expect(delayMs).toBe(Math.min(10_000, 500 * 2 ** round))
      gateway.clock.advance(delayMs)
    }
    channel.state.away = false
    expect(await relayOutbox(gateway.ctx, channel)).toBe(1)
    expect(heard).toEqual(['payment {"v":1,"version":3}'])
  })

  test("sends again what nobody confirmed: at least once, never lost", async () => {
    const heard: string[] = []
    const channel = channelTo(heard)
    channel.state.lostAnswers = 1
    await queue(messageTo("terminal", 4))
    await relayOutbox(gateway.ctx, channel)
    gateway.clock.advance(10_000)
    await relayOutbox(gateway.ctx, channel)
    expect(heard).toEqual(['payment {"v":1,"version":4}', 'payment {"v":1,"version":4}'])
    expect(await rows()).toHaveLength(0)
  })

  test("no transaction waits for the broker, and what it was about to send is nobody else's for a lease", async () => {
    const heard: string[] = []
    const answer = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await queue(messageTo("terminal", 8))
    const slow = async () => {
      asked.resolve()
      await answer.promise
    }
    const relaying = relayOutbox(gateway.ctx, { publish: slow })
    await asked.promise
    const [open] = await gateway.ctx.sql`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`
    expect(open?.n).toBe(0)
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(0)
    answer.resolve()
    expect(await relaying).toBe(1)
    expect(await rows()).toHaveLength(0)
  })

  test("what a gateway that died had in its hands is sent by another when the lease is over", async () => {
    const heard: string[] = []
    await queue(messageTo("terminal", 9), messageTo("buyer", 9))
    const dead = { ...gateway.ctx, db: dies(gateway.ctx.db) }
    expect(await relayOutbox(dead, channelTo([])).then(String, (error: Error) => error.message)).toBe("killed")
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(0)
    gateway.clock.advance(gateway.ctx.config.GATEWAY_LEASE_SECONDS * 1000 - 1)
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(0)
    gateway.clock.advance(1)
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(2)
    expect(heard).toEqual(['payment {"v":1,"version":9}'])
  })

  test("a shorter lease makes it no shorter than the longest wait for the broker", async () => {
    const short = { ...gateway.ctx, config: { ...gateway.ctx.config, GATEWAY_LEASE_SECONDS: 1 } }
    await queue(messageTo("terminal", 10))
    const dead = { ...short, db: dies(short.db) }
    expect(await relayOutbox(dead, channelTo([])).then(String, (error: Error) => error.message)).toBe("killed")
    gateway.clock.advance(5999)
    expect(await relayOutbox(short, channelTo([]))).toBe(0)
    gateway.clock.advance(1)
    expect(await relayOutbox(short, channelTo([]))).toBe(1)
  })

  /** Of a gateway that dies after its claim: the transaction that would say what was sent never begins. */
  function dies(db: Database): Database {
    return new Proxy(db, {
      get: (target, name) =>
        name === "transaction" ? () => Promise.reject(new Error("killed")) : Reflect.get(target, name),
    })
  }

  test("one terminal's trouble holds up nobody else's message", async () => {
    const heard: string[] = []
    await queue(messageTo("terminal", 5), { ...messageTo("terminal", 6), recipient: terminalToHex(terminal + 1) })
    const publish = async (to: number, _topic: string, payload: string) => {
      if (to === terminal) throw new Error("refused")
      heard.push(payload)
    }
    expect(await relayOutbox(gateway.ctx, { publish })).toBe(1)
    expect(heard).toEqual(['{"v":1,"version":6}'])
    expect(await rows()).toHaveLength(1)
  })

  test("a message that was not committed is never sent", async () => {
    const heard: string[] = []
    await gateway.ctx.db
      .transaction(async (tx) => {
        await enqueue(gateway.ctx, tx, [messageTo("terminal", 7)])
        throw new Error("rolled back")
      })
      .catch(() => {})
    expect(await relayOutbox(gateway.ctx, channelTo(heard))).toBe(0)
    expect(heard).toEqual([])
  })

  test("several relays at once send each message once", async () => {
    const heard: string[] = []
    const channel = channelTo(heard)
    await queue(...Array.from({ length: 300 }, (_, index) => messageTo("terminal", 100 + index)))
    const relayed = await Promise.all([1, 2, 3].map(() => relayOutbox(gateway.ctx, channel)))
    expect(relayed.reduce((sum, count) => sum + count, 0) + (await relayOutbox(gateway.ctx, channel))).toBe(300)
    expect(new Set(heard).size).toBe(300)
    expect(heard).toHaveLength(300)
  })

  test("a buyer hears at whichever gateway they wait, even while the broker is away", async () => {
    const waitingAt = [new BuyerEvents(), new BuyerEvents()]
    const heard: string[] = []
    for (const [index, events] of waitingAt.entries()) {
      await events.start(gateway.ctx.sql)
      events.subscribe(`${terminalToHex(terminal)}/5`, (told) =>
        heard.push(told === undefined ? `${index}: look again` : `${index}: ${told.event} ${told.version}`),
      )
      events.subscribe(`${terminalToHex(terminal)}/6`, () => heard.push("somebody else's"))
    }
    await queue(messageTo("buyer", 9), messageTo("terminal", 9))
    const channel = channelTo([])
    channel.state.away = true
    expect(await relayOutbox(gateway.ctx, channel)).toBe(1)
    await until(() => heard.length >= 2, "both gateways' buyers hear it")
    expect(heard.toSorted()).toEqual(["0: state 9", "1: state 9"])
    expect((await rows()).map(({ channel: to }) => to)).toEqual(["terminal"])
    // What is told while the connection is away is told to nobody.
    heard.length = 0
    await gateway.ctx.sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query ILIKE 'listen "buyer"%'`
    await until(() => heard.length >= 4, "both gateways' buyers look again once it is back")
    expect(new Set(heard)).toEqual(new Set(["0: look again", "1: look again", "somebody else's"]))
    for (const events of waitingAt) await events.stop()
  })
})
