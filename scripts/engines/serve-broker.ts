// The embedded MQTT 3.1.1 broker, a process of its own: aedes over TCP and WebSocket on the loopback address. Sessions
// live in memory: what a restart loses is sent again, because a terminal keeps each message until the gateway's own
// acknowledgement. usage: bun serve-broker.ts <port> <web socket port> <file with the token secret>
import { readFileSync } from "node:fs"
import { createServer as createHttpServer } from "node:http"
import { createServer as createTcpServer } from "node:net"
import type { Duplex } from "node:stream"
import { Aedes, type AuthenticateError, type Client, type Subscription } from "aedes"
import { createWebSocketStream, WebSocketServer } from "ws"
import { type BrokerClaims, readBrokerToken } from "./broker-token"
import { limitPackets } from "./packet-limit"
import { LOOPBACK } from "./ports"
import { isCovered } from "./topic-filters"

const PACKET_BYTES_MAX = 256 * 1024
const CONNECT_TIMEOUT_MS = 10_000
const NOT_AUTHORIZED = 5
/** setTimeout's longest wait; a token that lasts longer outlives any development broker. */
const TIMER_MS_MAX = 2 ** 31 - 1

const [port, webSocketPort, secretFile] = process.argv.slice(2)
if (port === undefined || webSocketPort === undefined || secretFile === undefined) throw new Error("missing arguments")
const secret = readFileSync(secretFile, "utf8").trim()

const claimsOf = new WeakMap<Client, BrokerClaims>()

function may(client: Client | null, action: "pub" | "sub", topic: string): boolean {
  const acl = client === null ? undefined : claimsOf.get(client)?.acl
  return acl !== undefined && [...acl[action], ...acl.all].some((allowed) => isCovered(topic, allowed))
}

function notAuthorized(message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode: NOT_AUTHORIZED })
}

const broker = await Aedes.createBroker({
  connectTimeout: CONNECT_TIMEOUT_MS,
  maxTopicLevels: 16,
  queueLimit: 1_000,

  authenticate(client, _username, password, done) {
    const nowMs = Date.now()
    const claims = readBrokerToken(secret, password?.toString("utf8") ?? "", nowMs / 1_000)
    if (claims === undefined || claims.sub !== client.id) return done(notAuthorized("token refused"), false)
    claimsOf.set(client, claims)
    // EMQX too ends a connection with its token (`disconnect_after_expire`).
    const timer = setTimeout(() => client.close(), Math.min(claims.exp * 1_000 - nowMs, TIMER_MS_MAX))
    timer.unref()
    client.conn.once("close", () => clearTimeout(timer))
    done(null, true)
  },

  authorizePublish(client, packet, done) {
    done(may(client, "pub", packet.topic) ? null : new Error(`may not publish to ${packet.topic}`))
  },

  authorizeSubscribe(client, subscription: Subscription, done) {
    // Shared subscriptions are granted by aedes and then served nothing, so they are refused.
    const isShared = subscription.topic.startsWith("$share/")
    done(null, !isShared && may(client, "sub", subscription.topic) ? subscription : null)
  },

  // aedes stores a whole SUBSCRIBE packet for a persistent session, refused filters included, and would deliver from it.
  authorizeForward(client, packet) {
    return may(client, "sub", packet.topic) ? packet : null
  },
})

broker.on("clientError", (client, error) => console.log(`${client.id}: ${error.message}`))
broker.on("connectionError", (_client, error) => console.log(`connection: ${error.message}`))

function serve(connection: Duplex): void {
  limitPackets(connection, PACKET_BYTES_MAX)
  broker.handle(connection)
}

const tcp = createTcpServer((socket) => serve(socket.setNoDelay(true)))
const http = createHttpServer((_request, response) => response.writeHead(426).end())
const webSockets = new WebSocketServer({ server: http, maxPayload: PACKET_BYTES_MAX + 8 })
webSockets.on("connection", (socket) => serve(createWebSocketStream(socket)))

for (const server of [tcp, http]) {
  server.on("error", (error) => {
    console.error(error.message)
    process.exit(1)
  })
}
tcp.listen(Number(port), LOOPBACK)
http.listen(Number(webSocketPort), LOOPBACK)

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => broker.close(() => process.exit(0)))
}
