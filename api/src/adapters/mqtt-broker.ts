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

/** How long a message to a terminal may take to the broker; then it stays in the outbox and is tried again. */
const publishMsMax = 5000
/** Shorter than a lease: who waits for one shard's session renews the other shards in time. */
const connectMsMax = 5000
const reconnectMs = 500

/**
 * MQTT 3.1.1: one publishing session, and one persistent session a shard so that what arrives meanwhile waits at the
 * broker. Resolves before the broker is reached: a gateway takes payments without one, and says so in `/readyz`.
 */
export async function connectBroker(options: BrokerOptions): Promise<TerminalChannel> {
  const publisher = await begin(options, { clientId: `gateway-${options.gatewayId}`, clean: true })
  const sessions = new Set<MqttClient>()
  return {
    async listen(shard, handler) {
      const take = (topic: string, payload: string | Uint8Array) => {
        const message = readUpMessage(topic, payload, shard, options.nowMs())
        if (message) handler(message)
        else options.onTrouble("dropped a message that no terminal could have sent")
      }
      const client = await open(options, { clientId: `gateway-shard-${shard}`, clean: false, take })
      sessions.add(client)
      const session: ShardSession = {
        async close() {
          sessions.delete(client)
          await client.endAsync(true)
        },
      }
      try {
        await client.subscribeAsync(`t/${shard}/+/up/+`, { qos: 1 })
      } catch (error) {
        await session.close()
        throw error
      }
      return session
    },
    async publish(terminalId, topic, payload) {
      if (!publisher.connected) throw new Error("the broker is out of reach")
      const fullTopic = `t/${shardOf(terminalId)}/${terminalToHex(terminalId)}/down/${topic}`
      await within(publishMsMax, publisher.publishAsync(fullTopic, payload, { qos: 1 }))
    },
    connected: () => publisher.connected,
    async close() {
      await Promise.all([...sessions, publisher].map((client) => client.endAsync(true)))
    },
  }
}

type Session = {
  readonly clientId: string
  readonly clean: boolean
  readonly take?: (topic: string, payload: string | Uint8Array) => void
}

/** A session that connects in its own time, and again whenever it breaks. */
async function begin(options: BrokerOptions, { clientId, clean, take }: Session): Promise<MqttClient> {
  const client = mqtt.connect(options.url, {
    clientId,
    clean,
    username: clientId,
    password: await options.token(clientId),
    reconnectPeriod: reconnectMs,
    // A token that ran out is refused once; without this the session would never come back.
    reconnectOnConnackError: true,
    connectTimeout: 5000,
    // What is published while the broker is away waits in our own outbox, not in this process's memory.
    queueQoSZero: false,
    resubscribe: true,
    protocolVersion: 4,
  })
  // From before the connection is there: a persistent session brings what waited as soon as it is.
  client.handleMessage = (packet, done) => {
    take?.(packet.topic, packet.payload)
    done()
  }
  client.on("error", (error) => options.onTrouble(`broker session ${clientId}: ${error.message}`))
  // The broker ends a session with its token: the next connection, a moment later, has a fresh one.
  client.on("close", () => {
    Promise.resolve(options.token(clientId)).then(
      (password) => {
        client.options.password = password
      },
      (error: unknown) => options.onTrouble(`broker session ${clientId}: no token: ${error}`),
    )
  })
  return client
}

/** A session that is connected. */
async function open(options: BrokerOptions, session: Session): Promise<MqttClient> {
  const client = await begin(options, session)
  try {
    await within(connectMsMax, new Promise<void>((resolve) => client.once("connect", () => resolve())))
  } catch (error) {
    client.end(true)
    throw error
  }
  return client
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the broker did not answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
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
