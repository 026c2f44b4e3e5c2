import { beforeAll, expect, test } from "bun:test"
import type { DisplayMessage } from "@suyuan/terminal-kiosk/display/display-message"
import { hearDisplay } from "@suyuan/terminal-kiosk/display/hear-display"
import mqtt, { type MqttClient } from "mqtt"
import { signBrokerToken } from "../../../scripts/engines/broker-token"
import { type TestBroker, testBroker } from "../../support/engines"

const displayId = "0199d3a0-7c1e-7000-8000-00000000001d"
const own = "t/1/0a00000001"
const line = { name: "大白菜", quantity: "1 斤", price: "¥1.80/斤", amount: "¥1.80", origin: "", tests: "" }
const message = {
  ...{
    v: 1,
    kind: "show",
    state: "basket",
    recalled: false,
    cancelled: false,
    language: "zh",
    development: true,
    stall: "A-12 摊",
    site: "东桥菜市场",
    photo: "",
  },
  ...{ lines: [line], total: "¥1.80", url: "" },
} as const satisfies DisplayMessage

let broker: TestBroker
let terminal: MqttClient
const token = (clientId: string, pub: string[], sub: string[]) =>
  signBrokerToken(broker.tokenSecret, { sub: clientId, exp: Math.floor(Date.now() / 1000) + 600, acl: { pub, sub } })

beforeAll(async () => {
  broker = await testBroker()
  const password = token("0a00000001", [`${own}/show/+`], [])
  terminal = await mqtt.connectAsync(broker.url, {
    clientId: "0a00000001",
    username: "0a",
    password,
    reconnectPeriod: 0,
  })
  return () => terminal.endAsync(true)
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1)
}

test("[DS-4] [DS-5] hears its own topic and whether the terminal is away, and drops what is of another form", async () => {
  const shown: string[] = []
  const away: boolean[] = []
  const over = new AbortController()
  const clientId = `display-${displayId}`
  const access = {
    ...{ displayId, terminalId: "0a00000001", stall: "A-12 摊", site: "东桥菜市场", brokerUrl: broker.webSocketUrl },
    brokerToken: token(clientId, [], [`${own}/show/${displayId}`, `${own}/show/away`]),
  }
  const say = (topic: string, text: string) =>
    terminal.publishAsync(`${own}/show/${topic}`, text, { qos: 1, retain: true })
  await say(displayId, JSON.stringify({ ...message, total: "¥0.90" }))
  const heard = hearDisplay(
    access,
    { onShown: ({ total }) => shown.push(total), onAway: (isAway) => away.push(isAway), onOnline: () => {} },
    over.signal,
  )
  await until(() => shown.length === 1)
  await say(displayId, "no JSON")
  await say("0199d3a0-7c1e-7000-8000-00000000002d", JSON.stringify({ ...message, total: "¥9.99" }))
  await say(displayId, JSON.stringify(message))
  await until(() => shown.length === 2)
  await say("away", '{"v":1,"kind":"away"}')
  await until(() => away.at(-1) === true)
  await say("away", "")
  await until(() => away.at(-1) === false)
  expect(shown).toEqual(["¥0.90", "¥1.80"])
  over.abort()
  await heard
  await say(displayId, "")
})
