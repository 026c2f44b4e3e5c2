import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { listenToTerminals } from "@suyuan/api/mqtt/listen"
import type { ShardSession, TerminalChannel } from "@suyuan/api/terminals/terminal-channel"
import { shardOf, UP_MESSAGE_BYTES_MAX } from "@suyuan/api/terminals/terminal-channel"
import { alarms } from "@suyuan/drizzle/schema/alarms"
import { records } from "@suyuan/drizzle/schema/ledger"
import { sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq } from "drizzle-orm"
import fc from "fast-check"
import { gatewayAt, ownBroker, type TerminalLink, terminalAt, until } from "../../support/broker"
import { type TestGateway, testGateway } from "../../support/context"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let broker: Awaited<ReturnType<typeof ownBroker>>
let channel: TerminalChannel
let stall: SellingTerminal
let tablet: TerminalLink
let ear: ReturnType<typeof listenToTerminals>
let session: ShardSession
let counter = 0
beforeAll(async () => {
  gateway = await testGateway()
  broker = await ownBroker()
  channel = await gatewayAt(gateway.ctx, broker, `test-${crypto.randomUUID()}`)
  stall = await sellingTerminal(gateway.ctx)
  ear = listenToTerminals(gateway.ctx, channel)
  session = await channel.listen(shardOf(stall.terminalId), ear.handle)
  tablet = await terminalAt(broker, stall.terminalId)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
})
afterAll(async () => {
  await tablet?.close()
  await session?.close()
  await ear?.drain()
  await channel?.close()
  await broker?.stop()
  await gateway?.close()
})

async function saleUpload(grams = 400, fen?: number) {
  counter += 1
  const number = counter
  const id = gateway.ctx.random.uuid()
  const code = await stall.code(number, [gramsOf(1, grams)], fen)
  return { id, counter: number, payload: await stall.envelope("sale", stall.saleBody(code, "cash"), id) }
}
const acksOf = (id: string) => tablet.acks().get(id)
const acked = (id: string) => until(() => acksOf(id), `an acknowledgement of ${id}`)
const saleOf = async (number: number) => {
  const [sale] = await gateway.ctx.db
    .select()
    .from(sales)
    .where(and(eq(sales.terminalId, stall.terminalId), eq(sales.counter, number)))
  return sale
}

describe("an upload through the broker", () => {
  test("is acknowledged, and by then it is committed", async () => {
    const upload = await saleUpload()
    // Another connection sees it at the moment of the acknowledgement.
    const seen = until(async () => acksOf(upload.id) && (await saleOf(upload.counter)), "the acknowledged sale")
    await tablet.send("record", upload.payload)
    expect(await seen).toMatchObject({ state: "paid", paidBy: "cash" })
    expect(acksOf(upload.id)).toEqual(["stored"])
  })

  test("a thousand duplicated and shuffled ones are each there once, and each is answered", async () => {
    const uploads: Awaited<ReturnType<typeof saleUpload>>[] = []
    for (let made = 0; made < 500; made += 1) uploads.push(await saleUpload(100 + made))
    const [shuffled = []] = fc.sample(fc.shuffledSubarray([...uploads, ...uploads], { minLength: 1000 }), {
      seed: 7,
      numRuns: 1,
    })
    expect(shuffled).toHaveLength(1000)
    await Promise.all(shuffled.map(({ payload }) => tablet.send("record", payload)))
    await until(() => uploads.every(({ id }) => acksOf(id)), "all acknowledgements")
    await ear.drain()
    const numbers = new Set(uploads.map((one) => one.counter))
    const stored = await gateway.ctx.db.select().from(sales).where(eq(sales.terminalId, stall.terminalId))
    const ours = stored.filter((sale) => numbers.has(sale.counter))
    expect(ours).toHaveLength(500)
    const ids = new Set(ours.map(({ recordId }) => recordId))
    expect(ids.size).toBe(500)
    const written = await gateway.ctx.db.select().from(records).where(eq(records.kind, RECORD_KINDS.sale))
    expect(written.filter(({ recordId }) => ids.has(recordId))).toHaveLength(500)
    const outflows = await gateway.ctx.db.select().from(pileEvents).where(eq(pileEvents.source, "outflow"))
    expect(outflows.filter(({ recordId }) => ids.has(recordId))).toHaveLength(500)
    expect(uploads.flatMap(({ id }) => acksOf(id) ?? []).every((result) => result === "stored")).toBe(true)
  })

  test("that was refused is answered with its code", async () => {
    const id = gateway.ctx.random.uuid()
    const body = {
      ...{ lot: gateway.ctx.random.uuid(), commodity: 101, weightGrams: 1, harvestedAtSeconds: 1, declaredOrigin: "" },
      certificate: undefined,
    }
    await tablet.send("record", await stall.envelope("harvest", body, id))
    expect(await acked(id)).toEqual(["stock/only-bases-harvest"])
  })

  test("that came before what it names is not answered, and is stored when it comes again", async () => {
    const sale = await saleUpload()
    const id = gateway.ctx.random.uuid()
    const early = await stall.envelope("void", { counter: sale.counter, reason: "duplicate" }, id)
    await tablet.send("record", early)
    await tablet.send("record", sale.payload)
    await acked(sale.id)
    expect(acksOf(id)).toBeUndefined()
    await tablet.send("record", early)
    expect(await acked(id)).toEqual(["stored"])
    const voided = await saleOf(sale.counter)
    expect(voided?.refundedFen).toBe(voided?.paidFen ?? -1)
  })

  test("[UP-22] that names what does not come in 72 hours is refused at last, each time, and a person is told once", async () => {
    const other = await sellingTerminal(gateway.ctx)
    const link = await terminalAt(broker, other.terminalId)
    const id = gateway.ctx.random.uuid()
    const orphan = await other.envelope("void", { counter: 77, reason: "duplicate" }, id)
    const hear = async () => {
      ear.handle({
        ...{ terminalId: other.terminalId, topic: "record", payload: orphan, receivedAtMs: gateway.clock.nowMs() },
      })
      await ear.drain()
    }
    const alarmsOfIt = () =>
      gateway.ctx.db
        .select()
        .from(alarms)
        .where(and(eq(alarms.kind, "upload-given-up"), eq(alarms.subject, terminalToHex(other.terminalId))))
    await hear()
    gateway.clock.advance(71 * 3_600_000)
    await hear()
    expect([link.acks().get(id), await alarmsOfIt()]).toEqual([undefined, []])
    gateway.clock.advance(3_600_000)
    for (let round = 1; round <= 2; round += 1) {
      await hear()
      await until(() => link.acks().get(id)?.length === round, "an answer")
      gateway.clock.advance(24 * 3_600_000)
    }
    expect(link.acks().get(id)).toEqual(["sale/unknown", "sale/unknown"])
    const [alarm, ...more] = await alarmsOfIt()
    expect(more).toEqual([])
    const evidence = { uploads: 1, givenUp: [`void ${id} sale/unknown`] }
    expect(alarm).toMatchObject({ siteId: other.siteId, version: 1, evidence })
    await link.close()
  })

  test("waits for those of its terminal that came before it, and not for another terminal's", async () => {
    let other = await sellingTerminal(gateway.ctx)
    while (other.terminalId % 2 === stall.terminalId % 2) other = await sellingTerminal(gateway.ctx)
    await other.deliver(await other.envelope("snapshot", other.snapshotBody()))
    const first = await saleUpload()
    await stall.deliver(first.payload)
    const second = await saleUpload()
    const others = await other.envelope("sale", other.saleBody(await other.code(1, [gramsOf(1, 250)]), "cash"))
    const hear = (terminalId: number, payload: Uint8Array) =>
      ear.handle({ terminalId, topic: "record", payload, receivedAtMs: gateway.clock.nowMs() })
    await gateway.ctx.sql.begin(async (tx) => {
      await tx`SELECT 1 FROM sales WHERE terminal_id = ${stall.terminalId} AND counter = ${first.counter} FOR UPDATE`
      hear(stall.terminalId, first.payload)
      hear(stall.terminalId, second.payload)
      hear(other.terminalId, others)
      await until(async () => {
        const stored = await gateway.ctx.db.select().from(sales).where(eq(sales.terminalId, other.terminalId))
        return stored.length === 1
      }, "the other terminal's sale")
      expect(await saleOf(second.counter)).toBeUndefined()
    })
    await ear.drain()
    expect(await saleOf(second.counter)).toMatchObject({ state: "paid" })
  })

  test("that cannot be committed is not acknowledged; its group is, and so is it later", async () => {
    const bad = await saleUpload(50_000, 17_777)
    const good = await saleUpload(333)
    await gateway.ctx.sql`ALTER TABLE sales ADD CONSTRAINT full_disk CHECK (amount_fen <> 17777) NOT VALID`
    const lines: unknown[] = []
    const logged = new Proxy(gateway.ctx.log, {
      get: (target, name) => (name === "error" ? (...line: unknown[]) => lines.push(line) : Reflect.get(target, name)),
    })
    const failing = listenToTerminals({ ...gateway.ctx, log: logged }, channel)
    const message = (payload: Uint8Array) => ({
      ...{ terminalId: stall.terminalId, topic: "record", payload, receivedAtMs: gateway.clock.nowMs() },
    })
    failing.handle(message(bad.payload))
    failing.handle(message(good.payload))
    await failing.drain()
    expect(await acked(good.id)).toEqual(["stored"])
    expect(acksOf(bad.id)).toBeUndefined()
    expect([await saleOf(bad.counter), (await saleOf(good.counter))?.state]).toEqual([undefined, "paid"])
    expect(JSON.stringify(lines)).toContain("full_disk")
    expect(JSON.stringify(lines)).not.toContain("17777,")
    await gateway.ctx.sql`ALTER TABLE sales DROP CONSTRAINT full_disk`
    await tablet.send("record", bad.payload)
    expect(await acked(bad.id)).toEqual(["stored"])
  })

  test("nothing is acknowledged while the database is away", async () => {
    const upload = await saleUpload()
    const away = new Proxy(gateway.ctx.db, {
      get: () => () => {
        throw new Error("the database is away")
      },
    })
    const deaf = listenToTerminals({ ...gateway.ctx, db: away }, channel)
    deaf.handle({ terminalId: stall.terminalId, topic: "record", payload: upload.payload, receivedAtMs: 0 })
    await deaf.drain()
    expect(acksOf(upload.id)).toBeUndefined()
  })

  test("that no terminal could have sent is dropped, and harms nobody", async () => {
    const huge = new Uint8Array(UP_MESSAGE_BYTES_MAX + 1)
    await tablet.send("record", huge)
    await tablet.send("record", new Uint8Array([1, 2, 3]))
    await tablet.send("hello", new Uint8Array([9]))
    const upload = await saleUpload()
    await tablet.send("record", upload.payload)
    expect(await acked(upload.id)).toEqual(["stored"])
  })

  test("under another terminal's topic never leaves the broker", async () => {
    const other = await sellingTerminal(gateway.ctx)
    const stranger = await terminalAt(broker, other.terminalId)
    const upload = await saleUpload()
    const theirs = await stall.envelope("sale", stall.saleBody(await stall.code(9999, [gramsOf(1, 100)]), "cash"))
    await stranger.send("record", theirs, stall.terminalId).catch(() => {})
    await tablet.send("record", upload.payload)
    await acked(upload.id)
    expect(await saleOf(9999)).toBeUndefined()
    await stranger.close()
  })
})

describe("hello", () => {
  const hello = async (sentAtMs: number, nonce: number) =>
    stall.envelope("hello", { sentAtMs, nonce: new Uint8Array(8).fill(nonce) })
  const answerTo = (nonce: number) =>
    until(
      () =>
        tablet.heard.find(
          ({ topic, message }) => topic === "hello" && message.nonce === nonce.toString(16).padStart(2, "0").repeat(8),
        )?.message,
      `an answer to hello ${nonce}`,
    )
  const offset = async () => {
    const [row] = await gateway.ctx.db.select().from(terminals).where(eq(terminals.id, stall.terminalId))
    return row?.clockOffsetMs
  }

  test("is answered with the gateway's time, and the terminal's clock is learned", async () => {
    await tablet.send("hello", await hello(gateway.clock.nowMs() - 90_000, 1))
    const answered = { v: 1, nonce: "01".repeat(8), serverTimeMs: gateway.clock.nowMs(), state: "active" }
    expect(await answerTo(1)).toEqual(answered)
    expect(await offset()).toBe(90_000)
  })

  test("by somebody else's key teaches nothing and is not answered", async () => {
    const other = await sellingTerminal(gateway.ctx)
    const before = await offset()
    const nonce = new Uint8Array(8).fill(2)
    await tablet.send("hello", await other.envelope("hello", { sentAtMs: 0, nonce }))
    await tablet.send("hello", await hello(gateway.clock.nowMs() - 90_000, 3))
    await answerTo(3)
    expect(await offset()).toBe(before ?? Number.NaN)
    expect(tablet.heard.filter(({ message }) => message.nonce === "02".repeat(8))).toHaveLength(0)
  })

  test("with a time that no code can carry is answered, and teaches nothing", async () => {
    const before = await offset()
    for (const [index, sentAtMs] of [Number.MAX_SAFE_INTEGER, 0].entries()) {
      await tablet.send("hello", await hello(sentAtMs, 8 + index))
      await answerTo(8 + index)
    }
    expect(await offset()).toBe(before ?? Number.NaN)
  })

  test("[UP-14] of one terminal's flood so many are answered in a minute; another's is answered all the same, and its own later", async () => {
    const other = await sellingTerminal(gateway.ctx)
    const others = await terminalAt(broker, other.terminalId)
    const otherSession =
      shardOf(other.terminalId) === shardOf(stall.terminalId)
        ? undefined
        : await channel.listen(shardOf(other.terminalId), ear.handle)
    const helloOfOther = await other.envelope("hello", { sentAtMs: 0, nonce: new Uint8Array(8).fill(4) })
    const answers = () => tablet.heard.filter(({ topic }) => topic === "hello").length
    gateway.clock.advance(60_000)
    const before = answers()
    const flood = await hello(gateway.clock.nowMs(), 5)
    const hear = () =>
      ear.handle({ terminalId: stall.terminalId, topic: "hello", payload: flood, receivedAtMs: gateway.clock.nowMs() })
    // As slow as they are answered: none is replaced by a newer one.
    for (let sent = 0; sent < 100; sent += 1) {
      hear()
      await ear.drain()
    }
    await others.send("hello", helloOfOther)
    await until(() => others.heard.find(({ topic }) => topic === "hello"), "the other's answer")
    await until(() => answers() >= before + 30, "thirty answers")
    gateway.clock.advance(60_000)
    await tablet.send("hello", await hello(gateway.clock.nowMs(), 6))
    await answerTo(6)
    expect(answers()).toBe(before + 31)

    // As fast as they come: the newest is answered, and few of those before it.
    for (let sent = 0; sent < 1000; sent += 1) hear()
    await tablet.send("hello", await hello(gateway.clock.nowMs(), 7))
    await answerTo(7)
    await ear.drain()
    expect(answers()).toBeLessThan(before + 40)
    await others.close()
    await otherSession?.close()
  })
})
