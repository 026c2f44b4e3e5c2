// Embedded EVM chain: anvil, one node, on the loopback address. A development chain, never a consortium.
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { LOOPBACK, type Ports } from "./ports"
import type { Processes, RunningProcess } from "./processes"

const START_TIMEOUT_MS = 30_000
/** It writes its whole state when asked to stop. */
const STOP_TIMEOUT_MS = 30_000
const POLL_MS = 40
const START_ATTEMPTS = 5
const STATE_COPY_MS = 15_000
const ANSWER_TIMEOUT_MS = 2_000
/** A block of ours takes less. */
const MINING_MS_MAX = 150

export type ChainOptions = {
  readonly directory: string
  readonly processes: Processes
  readonly ports: Ports
  readonly chainId: number
  /** Seconds between blocks; without it each transaction gets its block at once. */
  readonly blockTimeSeconds?: number
  /** False for throwaway chains: nothing is written to disk. */
  readonly durable: boolean
}

export type ChainEngine = {
  /** http://… JSON-RPC. */
  readonly url: string
  readonly process: RunningProcess
  stop(): Promise<void>
}

export async function startChain(options: ChainOptions): Promise<ChainEngine> {
  const logFile = join(options.directory, "logs", "chain.log")
  const stateFile = options.durable ? openState(join(options.directory, "chain")) : undefined
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await options.ports.claim("chain")
    const node = options.processes.start({
      name: "chain",
      command: anvilBinary(),
      args: ["--host", LOOPBACK, "--port", String(port), ...flags(options, stateFile)],
      logFile,
      stopSignal: "SIGINT",
      stopTimeoutMs: STOP_TIMEOUT_MS,
    })
    const url = `http://${LOOPBACK}:${port}`
    if (await isAnswering(node, url, options.chainId)) {
      const copying = stateFile === undefined ? undefined : setInterval(() => copyState(stateFile), STATE_COPY_MS)
      node.exited.then(() => clearInterval(copying))
      return { url, process: node, stop: stateFile === undefined ? node.stop : () => quiet(url, node).then(node.stop) }
    }
    await node.stop()
    options.ports.forget("chain")
  }
  throw new Error(`The development chain did not start; see ${logFile}, or set CHAIN_RPC_URLS to nodes of yours.`)
}

/**
 * anvil writes its state while it mines: the file may then hold what a block wrote and not the block, and its events are
 * gone for good. So it mines nothing more before it is asked to stop; one that does not answer is stopped all the same.
 */
async function quiet(url: string, node: RunningProcess): Promise<void> {
  if (!node.isRunning()) return
  try {
    await ask(url, "evm_setAutomine", [false])
    await ask(url, "evm_setIntervalMining", [0])
    let [before, newest]: unknown[] = [undefined, await ask(url, "eth_blockNumber", [])]
    while (before !== newest) {
      await Bun.sleep(MINING_MS_MAX)
      ;[before, newest] = [newest, await ask(url, "eth_blockNumber", [])]
    }
  } catch {
    // Silent or gone: what it wrote last stands.
  }
}

async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  })
  const { result } = (await response.json()) as { result?: unknown }
  return result
}

function flags(options: ChainOptions, stateFile: string | undefined): string[] {
  return [
    ...["--silent", "--chain-id", String(options.chainId), "--hardfork", "cancun", "--order", "fifo"],
    ...["--gas-limit", "3000000000", "--base-fee", "0", "--gas-price", "0", "--disable-min-priority-fee"],
    ...["--accounts", "0"], // its well-known keys must not open anything here
    ...(options.blockTimeSeconds === undefined ? [] : ["--block-time", String(options.blockTimeSeconds)]),
    // Without the interval a kill -9 leaves block 0.
    ...(stateFile === undefined ? [] : ["--state", stateFile, "--state-interval", "1"]),
  ]
}

/** The platform's package holds the real binary; the launcher beside it would need its install script. */
function anvilBinary(): string {
  const launcher = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json")
  const architecture = process.arch === "x64" ? "amd64" : process.arch
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}`
  try {
    return join(dirname(createRequire(launcher).resolve(`${name}/package.json`)), "bin", "anvil")
  } catch {
    throw new Error(`There is no anvil for ${process.platform} ${process.arch}: set CHAIN_RPC_URLS to nodes of yours.`)
  }
}

/** anvil rewrites its state in place, so a kill -9 can leave half of it: then the last whole copy is taken. */
function openState(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, "state.json")
  if (existsSync(file) && !isWholeJson(file)) {
    const copy = `${file}.copy`
    if (existsSync(copy) && isWholeJson(copy)) renameSync(copy, file)
    else renameSync(file, `${file}.broken`)
  }
  return file
}

function isWholeJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"))
    return true
  } catch {
    return false
  }
}

/** Copies the state when it was not being written meanwhile. */
function copyState(file: string): void {
  if (!existsSync(file)) return
  const before = statSync(file)
  const copy = `${file}.copy`
  if (existsSync(copy) && statSync(copy).mtimeMs >= before.mtimeMs) return
  copyFileSync(file, `${copy}.new`, constants.COPYFILE_FICLONE)
  const after = statSync(file)
  const isWhole = before.mtimeMs === after.mtimeMs && before.size === after.size && lastByte(`${copy}.new`) === "}"
  if (isWhole) renameSync(`${copy}.new`, copy)
}

function lastByte(file: string): string {
  const descriptor = openSync(file, "r")
  const byte = Buffer.alloc(1)
  readSync(descriptor, byte, 0, 1, Math.max(0, statSync(file).size - 1))
  closeSync(descriptor)
  return byte.toString("latin1")
}

async function isAnswering(node: RunningProcess, url: string, chainId: number): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (node.isRunning() && performance.now() < deadline) {
    try {
      const id = await ask(url, "eth_chainId", [])
      return node.isRunning() && Number(id) === chainId
    } catch {
      await Bun.sleep(POLL_MS) // Not listening yet.
    }
  }
  return false
}
