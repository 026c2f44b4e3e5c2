import { beforeAll, expect, test } from "bun:test"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { connectBroker } from "@suyuan/terminal-kiosk/link/connect-broker"
import mqtt, { type MqttClient } from "mqtt"
import { signBrokerToken } from "../../../scripts/engines/broker-token"
import { type TestBroker, testBroker } from "../../support/engines"

let broker: TestBroker
let gateway: MqttClient

beforeAll(async () => {
  broker = await testBroker()
  const password = token("gateway-of-connect-broker", ["t/#"])
  const options = { clientId: "gateway-of-connect-broker", username: "gateway", password, reconnectPeriod: 0 }
  gateway = await mqtt.connectAsync(broker.url, options)
  return () => gateway.endAsync(true)
})

function token(clientId: string, all: string[]): string {
  return signBrokerToken(broker.tokenSecret, { sub: clientId, exp: Math.floor(Date.now() / 1000) + 600, acl: { all } })
}

let terminals = 0x0900000000

function connect(heard: string[], options: { url?: string; onMessage?: (text: string) => Promise<void> } = {}) {
  const terminal = terminals
  const own = `t/${terminal % 16}/${terminalToHex(terminal)}`
  const address = { url: options.url ?? broker.url, token: token(terminalToHex(terminal), [`${own}/#`]), terminal }
  const link = connectBroker(address, {
    onMessage: async (topic, text) => {
      await options.onMessage?.(text)
      heard.push(`${topic} ${text}`)
    },
  })
  return { own, link }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1)
}

for (const way of ["TCP", "WebSocket"] as const) {
  test(`publishes up and hears down over ${way}`, async () => {
    terminals += 1
    const heard: string[] = []
    const { own, link } = connect(heard, { url: way === "TCP" ? broker.url : broker.webSocketUrl })
    const open = await link
    const up: string[] = []
    gateway.on("message", (topic, payload) => up.push(`${topic} ${payload.toString("hex")}`))
    await gateway.subscribeAsync(`${own}/up/+`, { qos: 1 })
    await open.publish("record", new Uint8Array([1, 2]))
    await until(() => up.length > 0)
    expect(up).toEqual([`${own}/up/record 0102`])
    await gateway.publishAsync(`${own}/down/ack`, "{}", { qos: 1 })
    await until(() => heard.length > 0)
    expect(heard).toEqual(["ack {}"])
    await open.close()
    gateway.removeAllListeners("message")
  })
}

test("a whole market connects at once over WebSocket, and everybody is answered", async () => {
  const open = await Promise.all(
    Array.from({ length: 16 }, () => {
      terminals += 1
      return connect([], { url: broker.webSocketUrl }).link
    }),
  )
  await Promise.all(open.map((link) => link.publish("record", new Uint8Array([1]))))
  await Promise.all(open.map((link) => link.close()))
})

test("what is said while the stall is offline waits for it, and so does what it could not keep", async () => {
  terminals += 1
  const heard: string[] = []
  const failing = connect(heard, { onMessage: () => Promise.reject(new Error("the disk is full")) })
  const first = await failing.link
  await gateway.publishAsync(`${failing.own}/down/payment`, "one", { qos: 1 })
  await first.closed
  await gateway.publishAsync(`${failing.own}/down/payment`, "two", { qos: 1 })
  const again = await connect(heard).link
  await until(() => heard.length >= 2)
  expect(heard.sort()).toEqual(["payment one", "payment two"])
  await again.close()
})

test("rejects when the broker does not let it in, or is not there", async () => {
  terminals += 1
  const events = { onMessage: async () => {} }
  const address = { url: broker.url, token: "nonsense", terminal: terminals }
  await expect(connectBroker(address, events)).rejects.toThrow(/authorized/i)
  await expect(connectBroker({ ...address, url: "mqtt://127.0.0.1:1" }, events)).rejects.toThrow()
})

test("a publish on a session that is over rejects", async () => {
  terminals += 1
  const open = await connect([]).link
  await open.close()
  await open.closed
  await expect(open.publish("record", new Uint8Array([1]))).rejects.toThrow()
})

test("[DS-4] [DS-7] what a customer's screen shows is retained; a terminal that breaks off is said to be away until it is back", async () => {
  terminals += 1
  const { own, link } = connect([])
  const open = await link
  await open.show("screen-one", "what is shown")
  const heard = new Map<string, string>()
  const late = await mqtt.connectAsync(broker.url, {
    ...{ clientId: "display-late", username: "display-late", reconnectPeriod: 0 },
    password: token("display-late", [`${own}/show/+`]),
  })
  late.on("message", (topic, payload) => heard.set(topic.slice(`${own}/show/`.length), payload.toString()))
  await late.subscribeAsync(`${own}/show/+`, { qos: 1 })
  await until(() => heard.get("screen-one") === "what is shown")
  expect(heard.get("away") ?? "").toBe("")
  await open.close()
  await until(() => heard.get("away") === '{"v":1,"kind":"away"}')
  const again = await connect([]).link
  await until(() => heard.get("away") === "")
  await again.show("screen-one", "")
  await until(() => heard.get("screen-one") === "")
  await again.close()
  await late.endAsync(true)
})
