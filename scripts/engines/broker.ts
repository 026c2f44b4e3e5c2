// Embedded MQTT broker: a child process that serves MQTT over TCP and over WebSocket on the loopback address.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import mqtt from "mqtt"
import { signBrokerToken } from "./broker-token"
import { keptMemory } from "./kept-memory"
import { LOOPBACK, type Ports } from "./ports"
import type { Processes, RunningProcess } from "./processes"

const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 5_000
const POLL_MS = 40
const START_ATTEMPTS = 5
const PROBE = "supervisor-probe"

export type BrokerOptions = {
  readonly directory: string
  readonly processes: Processes
  readonly ports: Ports
  /** Holds the HS256 secret that the gateway signs its clients' tokens with. */
  readonly tokenSecretFile: string
}

export type BrokerEngine = {
  /** mqtt://… */
  readonly url: string
  /** ws://… */
  readonly webSocketUrl: string
  readonly process: RunningProcess
  stop(): Promise<void>
}

export async function startBroker(options: BrokerOptions): Promise<BrokerEngine> {
  const logFile = join(options.directory, "logs", "broker.log")
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await options.ports.claim("broker")
    const webSocketPort = await options.ports.claim("brokerWebSocket")
    const server = options.processes.start({
      name: "broker",
      command: process.execPath,
      args: [join(import.meta.dir, "serve-broker.ts"), String(port), String(webSocketPort), options.tokenSecretFile],
      environment: { ...keptMemory, ...process.env },
      logFile,
      stopSignal: "SIGTERM",
      stopTimeoutMs: STOP_TIMEOUT_MS,
    })
    const url = `mqtt://${LOOPBACK}:${port}`
    const webSocketUrl = `ws://${LOOPBACK}:${webSocketPort}`
    if ((await isAccepting(server, url, options)) && (await isAccepting(server, webSocketUrl, options))) {
      return { url, webSocketUrl, process: server, stop: server.stop }
    }
    await server.stop()
    // Its only cause outside this repository is a port that somebody took in between.
    options.ports.forget("broker")
    options.ports.forget("brokerWebSocket")
  }
  throw new Error(`The MQTT broker did not start; see ${logFile}, or set MQTT_URL to a broker of yours.`)
}

/** Waits until a client with a token of ours is let in. */
async function isAccepting(server: RunningProcess, url: string, options: BrokerOptions): Promise<boolean> {
  const secret = readFileSync(options.tokenSecretFile, "utf8").trim()
  const deadline = performance.now() + START_TIMEOUT_MS
  while (server.isRunning() && performance.now() < deadline) {
    const exp = Math.floor(Date.now() / 1_000) + 60
    const password = signBrokerToken(secret, { sub: PROBE, exp, acl: {} })
    try {
      const client = await mqtt.connectAsync(
        url,
        { clientId: PROBE, password, reconnectPeriod: 0, username: PROBE },
        false,
      )
      await client.endAsync(true)
      return server.isRunning()
    } catch {
      await Bun.sleep(POLL_MS) // Not listening yet, or a stranger: the deadline or the child's end decides.
    }
  }
  return false
}
