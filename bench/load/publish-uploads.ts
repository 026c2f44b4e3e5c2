// `bun bench/load/publish-uploads.ts <file> <broker url> <token secret> <clients>`: publishes prepared uploads over MQTT,
// QoS 1, through several client connections, and takes the gateway's acknowledgements as tablets do. In a process of its
// own, so that what is measured does not share its event loop with what loads it.
// Stdin: lines with how many uploads in all may be published by now. Stdout: lines of JSON with how far it is.
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { shardOf } from "@suyuan/api/terminals/terminal-channel"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import mqtt, { type MqttClient } from "mqtt"
import { signBrokerToken } from "../../scripts/engines/broker-token"

/** Published and not yet taken by the broker, for one connection. */
const unacknowledgedMax = 64
const reportEveryMs = 200

export type PublisherReport = { readonly published: number; readonly stored: number; readonly refused: number }

const [file = "", brokerUrl = "", secret = "", clientCount = "8"] = process.argv.slice(2)
const uploads = readUploads(readFileSync(file))
const clients = await Promise.all(Array.from({ length: Number(clientCount) }, (_, index) => connect(index)))
let allowed = 0
let next = 0
let published = 0
let stored = 0
let refused = 0

createInterface({ input: process.stdin }).on("line", (line) => {
  allowed = Math.min(Number(line), uploads.length)
  for (const client of clients) publish(client)
})
process.stdin.on("end", () => process.exit(0))
setInterval(() => {
  const report: PublisherReport = { published, stored, refused }
  process.stdout.write(`${JSON.stringify(report)}\n`)
}, reportEveryMs)

type Connection = { readonly client: MqttClient; waiting: number }

function publish(connection: Connection): void {
  while (connection.waiting < unacknowledgedMax && next < allowed) {
    const upload = uploads[next++]!
    connection.waiting += 1
    connection.client.publish(upload.topic, upload.payload, { qos: 1 }, (error) => {
      if (error) throw error
      connection.waiting -= 1
      published += 1
      publish(connection)
    })
  }
}

async function connect(index: number): Promise<Connection> {
  const clientId = `bench-${index}`
  const exp = Math.floor(Date.now() / 1000) + 3_600
  const acl = { pub: ["t/#"], sub: ["t/#"] }
  const password = signBrokerToken(secret, { sub: clientId, exp, acl })
  const client = await mqtt.connectAsync(brokerUrl, { clientId, username: clientId, password, protocolVersion: 4 })
  // Each connection takes the acknowledgements of its share of the shards.
  for (let shard = index; shard < 16; shard += Number(clientCount)) {
    await client.subscribeAsync(`t/${shard}/+/down/ack`, { qos: 1 })
  }
  client.on("message", (_topic, payload) => {
    const { acks } = JSON.parse(payload.toString()) as { acks: { result: string }[] }
    for (const ack of acks) {
      if (ack.result === "stored") stored += 1
      else refused += 1
    }
  })
  return { client, waiting: 0 }
}

/** (terminal 5, length 2, payload)*, as `trade-to-anchored` writes them. */
function readUploads(bytes: Buffer): { topic: string; payload: Buffer }[] {
  const found = []
  for (let at = 0; at < bytes.length; ) {
    const terminal = bytes.readUIntBE(at, 5)
    const end = at + 7 + bytes.readUInt16BE(at + 5)
    found.push({
      topic: `t/${shardOf(terminal)}/${terminalToHex(terminal)}/up/record`,
      payload: bytes.subarray(at + 7, end),
    })
    at = end
  }
  return found
}
