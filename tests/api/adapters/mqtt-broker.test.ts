import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { join } from "node:path"
import { brokerTokens } from "@suyuan/api/terminals/broker-token"
import type { TerminalChannel } from "@suyuan/api/terminals/terminal-channel"
import { readKey } from "../../../scripts/engines/keys"
import { openPorts } from "../../../scripts/engines/ports"
import { openThrowawayEngines } from "../../../scripts/engines/throwaway"
import { type BrokerAddress, gatewayAt, terminalAt, until } from "../../support/broker"

setDefaultTimeout(60_000)

// A broker that is stopped and comes back at the same address.
const terminal = 0x01_0000_0007
const clock = { nowMs: () => Date.now() }
let broker: BrokerAddress
let start: () => Bun.Subprocess
let server: Bun.Subprocess
const open: { close: () => Promise<void> }[] = []
beforeAll(async () => {
  const { tokenSecretFile } = openThrowawayEngines()
  const ports = openPorts()
  const [port, webSocketPort] = [await ports.claim("broker"), await ports.claim("brokerWebSocket")]
  const file = join(import.meta.dir, "../../../scripts/engines/serve-broker.ts")
  start = () =>
    Bun.spawn([process.execPath, file, String(port), String(webSocketPort), tokenSecretFile], {
      stdout: "ignore",
      stderr: "ignore",
    })
  server = start()
  broker = { url: `mqtt://127.0.0.1:${port}`, tokenSecret: readKey(tokenSecretFile) }
})
afterAll(async () => {
  for (const one of open) await one.close()
  server?.kill()
  await server?.exited
})

async function connect(token?: (clientId: string) => Promise<string>): Promise<TerminalChannel> {
  const channel = await gatewayAt({ clock }, broker, `test-${crypto.randomUUID()}`, token)
  open.push(channel)
  return channel
}

async function restart(): Promise<void> {
  server.kill()
  await server.exited
  server = start()
}

/** Says it until somebody hears it: a broker that just came back has forgotten who listened. */
async function heardBy(heard: readonly string[], word: string): Promise<void> {
  const link = await until(() => terminalAt(broker, terminal).catch(() => undefined), "the broker lets a terminal in")
  await until(async () => {
    await link.send("record", Buffer.from(word))
    return heard.includes(word)
  }, `${word} is heard`)
  await link.close()
}

test("a session comes back after the broker was away, and listens again", async () => {
  const channel = await connect()
  const heard: string[] = []
  const session = await channel.listen(7, ({ payload }) => heard.push(Buffer.from(payload).toString()))
  open.push(session)
  await heardBy(heard, "before")
  await restart()
  await until(() => channel.connected(), "the gateway is connected again")
  await heardBy(heard, "after")
})

test("a session whose token ran out comes back with a fresh one", async () => {
  let given = 0
  const token = (clientId: string) => {
    given += 1
    // A token lasts an hour: these ran out long ago but for a second or two, as after an hour of connection.
    const nowMs = given <= 2 ? Date.now() - 3_598_000 : Date.now()
    return brokerTokens(broker.tokenSecret, { nowMs: () => nowMs }).forGateway(clientId)
  }
  const channel = await connect(token)
  await until(() => channel.connected(), "the gateway is connected")
  await until(() => !channel.connected(), "the broker ends the session with its token")
  await until(() => channel.connected(), "the gateway is connected again")
  expect(given).toBeGreaterThan(1)
})

test("a token that is refused is not the end: the next try has another", async () => {
  let given = 0
  const channel = await connect((clientId) => {
    given += 1
    const nowMs = given === 2 ? Date.now() - 3_700_000 : Date.now()
    return brokerTokens(broker.tokenSecret, { nowMs: () => nowMs }).forGateway(clientId)
  })
  await until(() => channel.connected(), "connected with the first token")
  await restart()
  await until(() => given >= 3 && channel.connected(), "connected with the third token")
})

test("a message that waited while nobody listened is handed over with the first breath of the session", async () => {
  const channel = await connect()
  const heard: string[] = []
  const listen = () => channel.listen(7, ({ payload }) => heard.push(Buffer.from(payload).toString()))
  const session = await listen()
  await session.close()
  const link = await terminalAt(broker, terminal)
  for (const word of ["one", "two", "three"]) await link.send("record", Buffer.from(word))
  await link.close()
  open.push(await listen())
  await until(() => heard.length === 3, "all three are heard")
  expect(heard).toEqual(["one", "two", "three"])
})

test("a message for a terminal fails while the broker is away", async () => {
  const channel = await connect()
  server.kill()
  await server.exited
  await until(() => !channel.connected(), "the gateway notices")
  expect(await channel.publish(terminal, "notice", "{}").then(() => "sent", String)).toContain("out of reach")
  server = start()
  await until(() => channel.connected(), "the gateway is connected again")
  const link = await terminalAt(broker, terminal)
  await channel.publish(terminal, "notice", '{"v":1}')
  await until(() => link.heard.length === 1, "the terminal hears it")
  await link.close()
})

test("a gateway starts while the broker is away, and listens once it is there", async () => {
  server.kill()
  await server.exited
  const channel = await connect()
  expect(channel.connected()).toBe(false)
  expect(await channel.publish(terminal, "notice", "{}").then(() => "sent", String)).toContain("out of reach")
  server = start()
  await until(() => channel.connected(), "the gateway is connected")
  const heard: string[] = []
  open.push(await channel.listen(7, ({ payload }) => heard.push(Buffer.from(payload).toString())))
  await heardBy(heard, "first")
})
