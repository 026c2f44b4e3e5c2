import { parseTerminalHex, terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import mqtt, { type MqttClient } from "mqtt"
import {
  type ShardSession,
  shardOf,
  type TerminalChannel,
  UP_MESSAGE_BYTES_MAX,
  type UpMessage,
} from "../terminals/terminal-channel"

export type BrokerOptions = {
  readonly url: string
  /** Names this gateway's publishing session. */
  readonly gatewayId: string
  /** A fresh JWT for each connection; never logged. */
  readonly token: (clientId: string) => Promise<string> | string
  readonly nowMs: () => number
  readonly onTrouble: (message: string) => void
}

/** MQTT 3.1.1: one publishing session, and one persistent session a shard so that what arrives meanwhile waits at the broker. */
export async function connectBroker(options: BrokerOptions): Promise<TerminalChannel> {
  const publisher = await open(options, `gateway-${options.gatewayId}`, true)
  const sessions = new Set<MqttClient>()
  return {
    async listen(shard, handler) {
      const client = await open(options, `gateway-shard-${shard}`, false)
      sessions.add(client)
      client.handleMessage = (packet, done) => {
        const message = readUpMessage(packet.topic, packet.payload, shard, options.nowMs())
        if (message) handler(message)
        else options.onTrouble("dropped a message that no terminal could have sent")
        done()
      }
      await client.subscribeAsync(`t/${shard}/+/up/+`, { qos: 1 })
      const session: ShardSession = {
        async close() {
          sessions.delete(client)
          await client.endAsync(true)
        },
      }
      return session
    },
    async publish(terminalId, topic, payload) {
      if (!publisher.connected) throw new Error("the broker is out of reach")
      await publisher.publishAsync(`t/${shardOf(terminalId)}/${terminalToHex(terminalId)}/down/${topic}`, payload, {
        qos: 1,
      })
    },
    connected: () => publisher.connected,
    async close() {
      await Promise.all([...sessions, publisher].map((client) => client.endAsync(true)))
    },
  }
}

async function open(options: BrokerOptions, clientId: string, clean: boolean): Promise<MqttClient> {
  const client = mqtt.connect(options.url, {
    clientId,
    clean,
    username: clientId,
    password: await options.token(clientId),
    reconnectPeriod: 500,
    connectTimeout: 5000,
    // What is published while the broker is away waits in our own outbox, not in this process's memory.
    queueQoSZero: false,
    resubscribe: true,
    protocolVersion: 4,
  })
  client.on("error", (error) => options.onTrouble(`broker session ${clientId}: ${error.message}`))
  client.on("reconnect", async () => {
    client.options.password = await options.token(clientId)
  })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      client.end(true)
      reject(new Error(`the broker did not accept ${clientId} within 15 s`))
    }, 15_000)
    client.once("connect", () => {
      clearTimeout(timer)
      resolve()
    })
  })
  return client
}

function readUpMessage(
  topic: string,
  payload: string | Uint8Array,
  shard: number,
  receivedAtMs: number,
): UpMessage | undefined {
  const parts = /^t\/(\d{1,2})\/([0-9a-f]{10})\/up\/([a-z]{1,16})$/.exec(topic)
  if (!parts || Number(parts[1]) !== shard) return undefined
  const terminal = parseTerminalHex(parts[2] ?? "")
  if (!terminal.ok || shardOf(terminal.value) !== shard) return undefined
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload
  if (bytes.length > UP_MESSAGE_BYTES_MAX) return undefined
  return { terminalId: terminal.value, topic: parts[3] ?? "", payload: new Uint8Array(bytes), receivedAtMs }
}
