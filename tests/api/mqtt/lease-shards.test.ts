import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Context } from "@suyuan/api/context"
import { ShardLeases } from "@suyuan/api/mqtt/lease-shards"
import { listenToTerminals } from "@suyuan/api/mqtt/listen"
import { SHARDS, type TerminalChannel } from "@suyuan/api/terminals/terminal-channel"
import { gatewayAt, ownBroker, type TerminalLink, terminalAt, until } from "../../support/broker"
import { type TestGateway, testGateway } from "../../support/context"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let broker: Awaited<ReturnType<typeof ownBroker>>
let stall: SellingTerminal
let tablet: TerminalLink
let counter = 0
const open: { shards: ShardLeases; channel: TerminalChannel }[] = []
beforeAll(async () => {
  gateway = await testGateway()
  broker = await ownBroker()
  stall = await sellingTerminal(gateway.ctx)
  tablet = await terminalAt(broker, stall.terminalId)
})
afterAll(async () => {
  await tablet?.close()
  for (const { shards, channel } of open) {
    await shards.close()
    await channel.close()
  }
  await broker?.stop()
  await gateway?.close()
})

async function newGateway(name: string, ctx: Context = gateway.ctx) {
  const channel = await gatewayAt(gateway.ctx, broker, `${name}-${crypto.randomUUID()}`)
  const ear = listenToTerminals(ctx, channel)
  let handled = 0
  const shards = new ShardLeases(ctx, channel, name, (message) => {
    handled += 1
    ear.handle(message)
  })
  const own = { channel, shards, ear, handled: () => handled }
  open.push(own)
  return own
}

const leasesRunOut = () => gateway.ctx.sql`UPDATE leases SET until = now() - interval '1 second'`

async function send(): Promise<string> {
  counter += 1
  const id = gateway.ctx.random.uuid()
  const code = await stall.code(counter, [gramsOf(1, 100)])
  await tablet.send("record", await stall.envelope("sale", stall.saleBody(code, "cash"), id))
  return id
}
const isStored = (id: string) => until(() => tablet.acks().get(id)?.[0] === "stored", "the upload is stored")

test("each shard has one listener; a dead one's move with its lease, and nothing that came meanwhile is lost", async () => {
  const first = await newGateway("first")
  const second = await newGateway("second")
  await first.shards.renew()
  await second.shards.renew()
  expect([first.shards.held, second.shards.held]).toEqual([SHARDS, 0])
  await isStored(await send())
  expect([first.handled(), second.handled()]).toEqual([1, 0])

  // It dies without a word: its sessions are gone, its leases are not.
  await first.channel.close()
  const meanwhile = await send()
  await second.shards.renew()
  expect(second.shards.held).toBe(0)
  await leasesRunOut()
  await second.shards.renew()
  expect(second.shards.held).toBe(SHARDS)
  await isStored(meanwhile)
  expect(second.handled()).toBe(1)
})

test("one that slept too long leaves what others took, and takes nothing back while they live", async () => {
  const sleeper = open.at(-1)
  const third = await newGateway("third")
  await leasesRunOut()
  await third.shards.renew()
  expect(third.shards.held).toBe(SHARDS)
  await sleeper?.shards.renew()
  expect(sleeper?.shards.held).toBe(0)
  await isStored(await send())
  expect(third.handled()).toBe(1)
})

test("one that ends gives its shards back at once, and renews no more", async () => {
  const third = open.at(-1)
  await third?.shards.close()
  await third?.shards.renew()
  const fourth = await newGateway("fourth")
  await fourth.shards.renew()
  expect([third?.shards.held, fourth.shards.held]).toEqual([0, SHARDS])
  await isStored(await send())
})

test("one that cannot renew its leases leaves their shards at their end by its own clock; another then has them alone", async () => {
  await open.at(-1)?.shards.close()
  let isAway = false
  const away = () => Promise.reject(new Error("the database is away"))
  const db = new Proxy(gateway.ctx.db, {
    get: (target, name) => (isAway ? away : Reflect.get(target, name)),
  })
  const config = { ...gateway.ctx.config, GATEWAY_LEASE_SECONDS: 3 }
  const cutOff = await newGateway("cut-off", { ...gateway.ctx, db, config })
  await cutOff.shards.renew()
  expect(cutOff.shards.held).toBe(SHARDS)
  isAway = true
  await expect(cutOff.shards.renew()).rejects.toThrow("away")
  await until(() => cutOff.shards.held === 0, "the shards are left")
  const fifth = await newGateway("fifth")
  await until(async () => {
    await fifth.shards.renew()
    return fifth.shards.held === SHARDS
  }, "the shards are taken")
  await isStored(await send())
  expect([cutOff.handled(), fifth.handled()]).toEqual([0, 1])
  isAway = false
})
