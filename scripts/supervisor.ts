// Runs everything that one computer needs: embedded PostgreSQL, MQTT broker and chain, the payment sandbox, the gateway.
// Each of the first four gives way to the environment variable that names a real one; the gateway cannot tell.
import { randomBytes } from "node:crypto"
import { join, resolve } from "node:path"
import { ACCESS_TOKEN_PREFIX } from "@suyuan/api/access/token"
import type { DataDirectory } from "./data-directory"
import { deployToChain } from "./deploy-to-chain"
import { startBroker } from "./engines/broker"
import { startChain } from "./engines/chain"
import { keepKey } from "./engines/keys"
import { LOOPBACK, openPorts } from "./engines/ports"
import { startPostgres } from "./engines/postgres"
import { endLeftProcesses, openProcesses } from "./engines/processes"
import { givenSettings, needsSandbox, portWish, type Settings, sandboxSettings } from "./given-settings"
import { type KeptService, keepRunning, type Service } from "./keep-running"
import { runProgram } from "./run-program"

/** Of the embedded chain. */
export const DEVELOPMENT_CHAIN_ID = 712_025
const GATEWAY_PORT = 8720
const SANDBOX_PORT = 8721
const repository = resolve(import.meta.dir, "..")

export type SupervisorOptions = {
  readonly directory: DataDirectory
  /** What a person set; it goes before everything that is made here. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** For one run: no durability, no remembered ports, and the directory goes with this process. */
  readonly throwaway?: boolean
  /** Without it the embedded chain makes a block for every transaction. */
  readonly blockTimeSeconds?: number
  /** The built terminal, for the gateway to serve. */
  readonly kioskDirectory?: string
  readonly buyerDirectory?: string
  readonly programs?: { readonly gateway: string; readonly sandbox: string }
  /** Stops everything, in whatever state it is. */
  readonly signal?: AbortSignal
  /** One sentence for the person who watches. */
  readonly report: (sentence: string) => void
}

export type Supervisor = {
  readonly gatewayUrl: string
  /** Undefined when both payment platforms are real ones. */
  readonly sandboxUrl: string | undefined
  /** All that the gateway was told. */
  readonly gatewaySettings: Settings
  /** Resolves when something could not be kept running. */
  readonly failed: Promise<Error>
  stop(): Promise<void>
}

/** Resolves when the gateway is ready. Throws when a part does not start; everything is then stopped. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { report } = options
  const directory = options.directory.path
  const given = givenSettings(options.environment)
  if (given.SUYUAN_ENV === "production") {
    throw new Error(
      "SUYUAN_ENV=production: this starts play money and keys of its own. See docs/operations/running.md.",
    )
  }
  const recordFile = join(directory, "processes.json")
  const left = await endLeftProcesses(recordFile)
  if (left.length > 0) report(`Ended what an earlier start left behind: ${left.join(", ")}.`)
  const processes = openProcesses(recordFile, options.throwaway ?? false)
  const ports = openPorts(options.throwaway ? undefined : join(directory, "ports.json"))
  const engine = { directory, processes, ports, durable: !options.throwaway }
  const kept: KeptService<Service>[] = []
  const failure = Promise.withResolvers<Error>()
  let stopping: Promise<void> | undefined

  function stop(): Promise<void> {
    stopping ??= stopInOrder(kept).then(processes.stopAll).then(ports.release).then(options.directory.release)
    return stopping
  }

  async function keep<S extends Service>(name: string, start: () => Promise<S>): Promise<KeptService<S>> {
    if (stopping !== undefined) throw new Error("Stopped while starting.")
    const service = await keepRunning(name, start, {
      onTrouble: (sentence) => stopping === undefined && report(sentence),
      onRestart: () => void refreshGateway(),
      onGivenUp: failure.resolve,
    })
    kept.push(service)
    if (stopping !== undefined) {
      await service.stop()
      throw new Error("Stopped while starting.")
    }
    return service
  }

  /** Undefined when the variable names a real one. */
  async function embed<S extends Service>(name: string, variable: string, start: () => Promise<S>) {
    return given[variable] === undefined ? keep(name, start) : undefined
  }

  const keys = {
    MQTT_TOKEN_SECRET_FILE: given.MQTT_TOKEN_SECRET_FILE ?? keepKey(directory, "mqtt-token-secret"),
    GATEWAY_MASTER_KEY_FILE: given.GATEWAY_MASTER_KEY_FILE ?? keepKey(directory, "gateway-master"),
    ADMIN_TOKEN_FILE: given.ADMIN_TOKEN_FILE ?? keepKey(directory, "admin-token", operatorToken),
  }
  let gateway: KeptService<Service> | undefined
  let told: Settings = {}
  let composeSettings: () => Promise<Settings> = async () => ({})

  /** A service that came back at another address has the gateway start again; the same address it finds by itself. */
  async function refreshGateway(): Promise<void> {
    if (gateway === undefined) return
    try {
      if (!Bun.deepEquals(await composeSettings(), told)) await gateway.current().stop()
    } catch (error) {
      report(`The gateway's settings could not be renewed: ${(error as Error).message}`)
    }
  }

  async function begin(): Promise<Supervisor> {
    const [database, broker, chain] = await Promise.all([
      embed("PostgreSQL", "DATABASE_URL", () => startPostgres(engine)),
      embed("The MQTT broker", "MQTT_URL", () =>
        startBroker({ ...engine, tokenSecretFile: keys.MQTT_TOKEN_SECRET_FILE }),
      ),
      embed("The development chain", "CHAIN_RPC_URLS", () =>
        startChain({
          ...engine,
          chainId: DEVELOPMENT_CHAIN_ID,
          ...(options.blockTimeSeconds === undefined ? {} : { blockTimeSeconds: options.blockTimeSeconds }),
        }),
      ),
    ])

    // Claimed before the sandbox starts, which has to know where the gateway will be.
    const gatewayPort = await ports.claim("gateway", portWish(given, "GATEWAY_PORT", GATEWAY_PORT))
    const gatewayUrl = given.GATEWAY_PUBLIC_URL ?? `http://${LOOPBACK}:${gatewayPort}`
    let sandboxUrl: string | undefined

    async function startSandbox(): Promise<Service> {
      const port = await ports.claim("sandbox", portWish(given, "SANDBOX_PORT", SANDBOX_PORT))
      sandboxUrl = `http://${LOOPBACK}:${port}`
      const settings = { SUYUAN_DATA_DIR: directory, SANDBOX_PORT: String(port), GATEWAY_PUBLIC_URL: gatewayUrl }
      return runProgram({
        name: "sandbox",
        file: options.programs?.sandbox ?? join(repository, "sandbox", "src", "main.ts"),
        environment: { ...given, ...settings },
        readyUrl: `${sandboxUrl}/healthz`,
        directory,
        processes,
      })
    }
    if (needsSandbox(given)) await keep("The payment sandbox", startSandbox)

    composeSettings = async () => {
      const rpcUrls = given.CHAIN_RPC_URLS ?? chain?.current().url ?? ""
      const firstUrl = rpcUrls.split(",")[0] ?? ""
      return {
        ...sandboxSettings(directory, given),
        ...keys,
        ...(database && { DATABASE_URL: database.current().url }),
        ...(broker && { MQTT_URL: broker.current().url, MQTT_WS_URL: broker.current().webSocketUrl }),
        CHAIN_RPC_URLS: rpcUrls,
        ...(given.CHAIN_DEPLOYMENT_FILE === undefined && (await deployToChain(directory, firstUrl))),
        GATEWAY_PUBLIC_URL: gatewayUrl,
        ...(options.kioskDirectory !== undefined && { GATEWAY_KIOSK_DIR: options.kioskDirectory }),
        ...(options.buyerDirectory !== undefined && { GATEWAY_BUYER_DIR: options.buyerDirectory }),
        ...given,
        GATEWAY_PORT: String(gatewayPort),
        SUYUAN_DATA_DIR: directory,
      }
    }

    async function startGateway(): Promise<Service> {
      told = await composeSettings()
      return runProgram({
        name: "gateway",
        file: options.programs?.gateway ?? join(repository, "api", "src", "main.ts"),
        environment: told,
        readyUrl: `http://${LOOPBACK}:${gatewayPort}/readyz`,
        directory,
        processes,
      })
    }
    gateway = await keep("The gateway", startGateway)
    return { gatewayUrl, sandboxUrl, gatewaySettings: told, failed: failure.promise, stop }
  }

  const interrupted = new Promise<never>((_, reject) => {
    const interrupt = () => void stop().then(() => reject(new Error("interrupted")))
    if (options.signal?.aborted) interrupt()
    else options.signal?.addEventListener("abort", interrupt)
  })
  try {
    return await Promise.race([begin(), interrupted])
  } catch (error) {
    await stop()
    // What a part says that was stopped in the middle of its start is of no interest.
    throw options.signal?.aborted ? new Error("Stopped while starting.") : error
  }
}

function operatorToken(): string {
  return `${ACCESS_TOKEN_PREFIX}${randomBytes(32).toString("hex")}`
}

/** What needs others is stopped before them. */
async function stopInOrder(kept: readonly KeptService<Service>[]): Promise<void> {
  for (const service of [...kept].reverse()) await service.stop()
}
