// Everything that one market needs, as processes that can be taken away one by one: PostgreSQL, broker and chain with
// durable data, the payment sandbox, and gateways behind one address. For tests of faults and for soak runs.
import { randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { ACCESS_TOKEN_PREFIX } from "@suyuan/api/access/token"
import { deployToChain } from "../deploy-to-chain"
import { startBroker } from "../engines/broker"
import { type ChainEngine, startChain } from "../engines/chain"
import { keepKey, readKey } from "../engines/keys"
import { LOOPBACK, openPorts } from "../engines/ports"
import { type PostgresEngine, startPostgres } from "../engines/postgres"
import { openProcesses } from "../engines/processes"
import { type Settings, sandboxSettings } from "../given-settings"
import type { Service } from "../keep-running"
import { runProgram } from "../run-program"
import { DEVELOPMENT_CHAIN_ID } from "../supervisor"
import { type Balancer, openBalancer } from "./balancer"
import { openSwitch, type Part, type Switch } from "./engine-switch"

const repository = resolve(import.meta.dir, "../..")
/** Of a person's shell, the engines see no more than this. */
const KEPT_VARIABLES = ["PATH", "HOME", "USER", "TMPDIR", "TMP", "TEMP", "LANG", "LC_ALL", "TZ"]

export type GatewaySwitch = Switch<Service> & {
  /** Its own address, past the balancer. */
  readonly url: string
  /** Starts it without waiting for what it needs: it answers, and may say that it is not ready. */
  startUnready(): Promise<void>
}

export type Installation = {
  readonly directory: string
  /** Where phones, terminals and platforms find the gateways. */
  readonly url: string
  readonly sandboxUrl: string
  readonly databaseUrl: string
  readonly chainRpcUrl: string
  readonly operatorToken: string
  readonly deploymentText: string
  readonly database: Switch<PostgresEngine>
  readonly broker: Switch<Part>
  readonly chain: Switch<ChainEngine>
  readonly sandbox: Switch<Service>
  readonly gateways: readonly GatewaySwitch[]
  /** The anvil state file: put back while the chain is stopped, it is a chain that lost its last blocks. */
  readonly chainStateFile: string
  /** @param keep leaves the directory, with data and logs, to be looked at. */
  end(keep?: boolean): Promise<void>
}

export type InstallationOptions = {
  readonly gateways: number
  readonly settings?: Settings
  readonly seed?: number
}

export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const directory = mkdtempSync(join(tmpdir(), "suyuan-soak-"))
  const processes = openProcesses(join(directory, "processes.json"), true)
  const ports = openPorts()
  const tokenSecretFile = keepKey(directory, "mqtt-token-secret")
  const engine = { directory, processes, ports, durable: true }
  const startEngines = {
    database: () => startPostgres(engine),
    broker: () => startBroker({ ...engine, tokenSecretFile }),
    chain: () => startChain({ ...engine, chainId: DEVELOPMENT_CHAIN_ID }),
  }
  let balancer: Balancer | undefined

  async function end(keep = false): Promise<void> {
    await balancer?.stop()
    await processes.stopAll()
    await ports.release()
    if (keep) return
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }

  async function begin(): Promise<Installation> {
    const gatewayPorts: number[] = []
    for (let index = 0; index < options.gateways; index += 1) gatewayPorts.push(await ports.claim(`gateway-${index}`))
    const gatewayUrls = gatewayPorts.map((port) => `http://${LOOPBACK}:${port}`)
    balancer = openBalancer(gatewayUrls)
    const { url } = balancer
    const kept = Object.fromEntries(KEPT_VARIABLES.map((name) => [name, process.env[name] ?? ""]))
    const sandboxPort = await ports.claim("sandbox")
    const sandboxUrl = `http://${LOOPBACK}:${sandboxPort}`
    const startSandbox = () =>
      runProgram({
        name: "sandbox",
        file: join(repository, "sandbox", "src", "main.ts"),
        environment: {
          ...kept,
          ...{ SUYUAN_DATA_DIR: directory, SANDBOX_PORT: String(sandboxPort), GATEWAY_PUBLIC_URL: url },
          SANDBOX_SEED: String(options.seed ?? 1),
        },
        readyUrl: `${sandboxUrl}/healthz`,
        directory,
        processes,
      })
    const [database, broker, chain, sandbox] = await Promise.all([
      startEngines.database(),
      startEngines.broker(),
      startEngines.chain(),
      startSandbox(),
    ])
    const chainSettings = await deployToChain(directory, chain.url)
    const adminTokenFile = keepKey(directory, "admin-token", operatorToken)
    const settings: Settings = {
      ...kept,
      ...sandboxSettings(directory, {}),
      ...chainSettings,
      ...{ DATABASE_URL: database.url, MQTT_URL: broker.url, MQTT_WS_URL: broker.webSocketUrl },
      ...{ CHAIN_RPC_URLS: chain.url, MQTT_TOKEN_SECRET_FILE: tokenSecretFile, ADMIN_TOKEN_FILE: adminTokenFile },
      GATEWAY_MASTER_KEY_FILE: keepKey(directory, "gateway-master"),
      ...{ GATEWAY_PUBLIC_URL: url, SUYUAN_DATA_DIR: directory },
      ...{ REQUESTS_PER_MINUTE: "1000000", GATEWAY_LOG_LEVEL: "warn" },
      ...options.settings,
    }
    const startGateway = (index: number, question: "/readyz" | "/healthz") =>
      runProgram({
        name: `gateway-${index}`,
        file: join(repository, "api", "src", "main.ts"),
        environment: { ...settings, GATEWAY_PORT: String(gatewayPorts[index]) },
        readyUrl: `${gatewayUrls[index]}${question}`,
        directory,
        processes,
      })
    const gateways: GatewaySwitch[] = []
    for (const [index, own] of gatewayUrls.entries()) {
      let question: "/readyz" | "/healthz" = "/readyz"
      const first = await startGateway(index, question)
      const part = openSwitch(`gateway ${index + 1}`, first, () => startGateway(index, question))
      const startUnready = async () => {
        question = "/healthz"
        await part.start()
        question = "/readyz"
      }
      gateways.push({ ...part, url: own, startUnready })
    }
    return {
      ...{ directory, url, sandboxUrl, gateways, end },
      ...{ databaseUrl: database.url, chainRpcUrl: chain.url, operatorToken: readKey(adminTokenFile) },
      deploymentText: readFileSync(chainSettings.CHAIN_DEPLOYMENT_FILE, "utf8"),
      chainStateFile: join(directory, "chain", "state.json"),
      database: openSwitch("the database", database, startEngines.database),
      broker: openSwitch<Part>("the broker", broker, startEngines.broker),
      chain: openSwitch("the chain", chain, startEngines.chain),
      sandbox: openSwitch("the payment platforms", sandbox, startSandbox),
    }
  }

  try {
    return await begin()
  } catch (error) {
    await end()
    throw error
  }
}

function operatorToken(): string {
  return `${ACCESS_TOKEN_PREFIX}${randomBytes(32).toString("hex")}`
}
