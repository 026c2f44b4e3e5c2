import { utf8Decode, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import mqtt from "mqtt"
import { AWAY } from "../display/display-message"
import type { BrokerAddress, BrokerLink, ConnectBroker, LinkEvents } from "./broker-link"

/** Of the topics `t/<shard>/<terminal>/…`. */
const SHARDS = 16
const AWAY_MESSAGE = utf8Encode('{"v":1,"kind":"away"}')
const CONNECT_TIMEOUT_MS = 8_000
const KEEPALIVE_SECONDS = 30

/**
 * MQTT 3.1.1 over WebSocket or TCP, as the address says. The session is a persistent one, so what the gateway says
 * while the stall is offline waits at the broker. It never reconnects by itself: every connection has a fresh token.
 */
export const connectBroker: ConnectBroker = async (address: BrokerAddress, events: LinkEvents) => {
  const clientId = terminalToHex(address.terminal)
  const own = `t/${address.terminal % SHARDS}/${clientId}`
  const client = mqtt.connect(address.url, {
    clientId,
    username: clientId,
    password: address.token,
    clean: false,
    protocolVersion: 4,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // While this terminal is away its customer's screens show no code: it may be another customer's by now (DS-7).
    will: { topic: `${own}/show/${AWAY}`, payload: AWAY_MESSAGE as Buffer, qos: 1, retain: true },
    // The other kind lives in a worker made of a blob, which the pages' policy forbids.
    timerVariant: "native",
  })
  const closed = Promise.withResolvers<void>()
  let failure: Error | undefined
  client.on("error", (error) => {
    failure = error
  })
  client.on("close", () => closed.resolve())
  client.handleMessage = (packet, done) => {
    const { topic, payload } = packet
    const bytes = typeof payload === "string" ? undefined : new Uint8Array(payload)
    const text = bytes !== undefined && topic.startsWith(`${own}/down/`) ? utf8Decode(bytes) : undefined
    if (text === undefined) return done()
    events.onMessage(topic.slice(own.length + "/down/".length), text).then(
      () => done(),
      // What was not kept must come again: the session ends without an acknowledgement.
      () => client.end(true),
    )
  }
  const ended = closed.promise.then(() => {
    throw failure ?? new Error("the broker's session is over")
  })
  ended.catch(() => undefined)
  const close = async () => {
    client.end(true)
    await closed.promise
  }
  try {
    await Promise.race([new Promise<void>((resolve) => client.once("connect", () => resolve())), ended])
    await Promise.race([client.subscribeAsync(`${own}/down/+`, { qos: 1 }), ended])
    await Promise.race([client.publishAsync(`${own}/show/${AWAY}`, "", { qos: 1, retain: true }), ended])
  } catch (error) {
    client.end(true)
    throw error
  }
  const link: BrokerLink = {
    publish: async (topic, payload) => {
      // The library takes any bytes, and a browser has no Buffer to make of them.
      await Promise.race([client.publishAsync(`${own}/up/${topic}`, payload as Buffer, { qos: 1 }), ended])
    },
    show: async (displayId, text) => {
      await Promise.race([client.publishAsync(`${own}/show/${displayId}`, text, { qos: 1, retain: true }), ended])
    },
    closed: closed.promise,
    close,
  }
  return link
}
