// Engines for one run: in a temporary directory, without durability, and gone with the process that started them,
// however it ends.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type BrokerEngine, startBroker } from "./broker"
import { type ChainEngine, startChain } from "./chain"
import { keepKey } from "./keys"
import { openPorts } from "./ports"
import { type PostgresEngine, startPostgres } from "./postgres"
import { openProcesses } from "./processes"

/** Of throwaway chains: nobody may take one for the chain of a data directory. */
const THROWAWAY_CHAIN_ID = 31_337

export type ThrowawayEngines = {
  readonly directory: string
  readonly tokenSecretFile: string
  startPostgres(): Promise<PostgresEngine>
  startBroker(): Promise<BrokerEngine>
  startChain(): Promise<ChainEngine>
}

export function openThrowawayEngines(): ThrowawayEngines {
  const directory = mkdtempSync(join(tmpdir(), "suyuan-run-"))
  const processes = openProcesses(join(directory, "processes.json"), true)
  const ports = openPorts()
  const tokenSecretFile = keepKey(directory, "mqtt-token-secret")
  return {
    directory,
    tokenSecretFile,
    startPostgres: () => startPostgres({ directory, processes, ports, durable: false }),
    startBroker: () => startBroker({ directory, processes, ports, tokenSecretFile }),
    startChain: () => startChain({ directory, processes, ports, durable: false, chainId: THROWAWAY_CHAIN_ID }),
  }
}
