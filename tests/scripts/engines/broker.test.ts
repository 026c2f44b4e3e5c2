import { afterEach, beforeAll, expect, test } from "bun:test"
import { connect as connectTcp } from "node:net"
import mqtt, { type IClientOptions, type MqttClient } from "mqtt"
import { signBrokerToken } from "../../../scripts/engines/broker-token"
import { type TestBroker, testBroker } from "../../support/engines"

let broker: TestBroker
const clients: MqttClient[] = []

beforeAll(async () => {
  broker = await testBroker()
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)))
})

type Acl = { pub?: string[]; sub?: string[]; all?: string[] }

async function open(clientId: string, acl: Acl, options: IClientOptions & { url?: string; exp?: number } = {}) {
  const exp = options.exp ?? Math.floor(Date.now() / 1_000) + 600
  const password = signBrokerToken(broker.tokenSecret, { sub: clientId, exp, acl })
  const { url = broker.url } = options
  const client = await mqtt.connectAsync(
    url,
    { clientId, password, username: clientId, reconnectPeriod: 0, ...options },
    false,
  )
  clients.push(client)
  return client
}

function nextMessage(client: MqttClient): Promise<string> {
  return new Promise((done) => client.once("message", (topic, payload) => done(`${topic} ${payload}`)))
}

function closed(client: MqttClient): Promise<void> {
  return new Promise((done) => client.once("close", () => done()))
}

test("carries a message from a terminal by TCP to a gateway by WebSocket", async () => {
  const gateway = await open("gateway-a", { all: ["t/#"] }, { url: broker.webSocketUrl })
  const terminal = await open("terminal-a", { pub: ["t/1/a/up/+"] })
  await gateway.subscribeAsync("t/1/+/up/+", { qos: 1 })
  const message = nextMessage(gateway)
  await terminal.publishAsync("t/1/a/up/record", "one sale", { qos: 1 })
  expect(await message).toBe("t/1/a/up/record one sale")
})

test("refuses a client without a token, with another's, or with an expired one", async () => {
  const exp = Math.floor(Date.now() / 1_000) + 60
  const another = signBrokerToken(broker.tokenSecret, { sub: "terminal-z", exp, acl: {} })
  const { url } = broker
  const attempt = (options: IClientOptions) =>
    mqtt.connectAsync(url, { clientId: "terminal-b", reconnectPeriod: 0, ...options }, false)
  await expect(attempt({})).rejects.toThrow(/not authorized/i)
  await expect(attempt({ username: "x", password: another })).rejects.toThrow(/not authorized/i)
  await expect(open("terminal-b", {}, { exp: exp - 120 })).rejects.toThrow(/not authorized/i)
})

test("ends the connection of a client that publishes outside its topics", async () => {
  const gateway = await open("gateway-c", { sub: ["t/#"] })
  await gateway.subscribeAsync("t/#", { qos: 1 })
  const received: string[] = []
  gateway.on("message", (topic) => received.push(topic))

  const terminal = await open("terminal-c", { pub: ["t/1/c/up/+"] })
  const end = closed(terminal)
  terminal.publish("t/1/d/up/record", "of another stall", { qos: 0 })
  await end

  const honest = await open("terminal-d", { pub: ["t/1/d/up/+"] })
  const message = nextMessage(gateway)
  await honest.publishAsync("t/1/d/up/record", "its own", { qos: 1 })
  await message
  expect(received).toEqual(["t/1/d/up/record"])
})

test.each([
  ["another terminal's topic", "t/1/f/down/+"],
  ["a filter wider than its own", "t/1/e/#"],
  ["everything", "#"],
  ["a shared subscription, also of its own topic", "$share/group/t/1/e/down/ack"],
])("refuses to subscribe to %s", async (_what, filter) => {
  const terminal = await open("terminal-e", { sub: ["t/1/e/down/+", "$share/#"] })
  expect((await terminal.subscribeAsync("t/1/e/down/+", { qos: 1 }))[0]?.qos).toBe(1)
  const answer = await terminal.subscribeAsync(filter, { qos: 1 }).catch((error: Error) => error.message)
  expect(typeof answer === "string" ? answer : String(answer[0]?.qos)).toMatch(/128|Subscribe error|Unspecified/)
})

test("keeps messages for a persistent session, but none of a filter that it refused", async () => {
  const acl = { sub: ["t/1/g/down/+"] }
  const terminal = await open("terminal-g", acl, { clean: false })
  await terminal
    .subscribeAsync({ "t/1/g/down/+": { qos: 1 }, "t/1/h/down/+": { qos: 1 } })
    .catch(() => "one of the two was refused")
  await terminal.endAsync(true)

  const gateway = await open("gateway-g", { pub: ["t/#"] })
  await gateway.publishAsync("t/1/h/down/payment", "for another", { qos: 1 })
  await gateway.publishAsync("t/1/g/down/ack", "for this one", { qos: 1 })

  const received: string[] = []
  const exp = Math.floor(Date.now() / 1_000) + 600
  const password = signBrokerToken(broker.tokenSecret, { sub: "terminal-g", exp, acl })
  const again = mqtt.connect(broker.url, { clientId: "terminal-g", password, username: "x", clean: false })
  clients.push(again)
  await new Promise<void>((done) => {
    again.on("message", (topic) => {
      received.push(topic)
      if (topic === "t/1/g/down/ack") done()
    })
  })
  expect(received).toEqual(["t/1/g/down/ack"])
})

test("ends a connection when its token expires", async () => {
  const client = await open("terminal-i", {}, { exp: Math.floor(Date.now() / 1_000) + 2 })
  await closed(client)
})

test("ends a connection that announces a packet of 200 MB, before it sends it", async () => {
  const { hostname, port } = new URL(broker.url)
  const socket = connectTcp(Number(port), hostname)
  const end = new Promise<void>((done) => socket.once("close", () => done()))
  socket.on("error", () => {}) // A reset is as good as an end.
  socket.write(new Uint8Array([0x10, 0xff, 0xff, 0xff, 0x5f, 0, 4]))
  await end
})
