import { afterAll, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type ChainEngine, startChain } from "../../../scripts/engines/chain"
import { openPorts, type Ports } from "../../../scripts/engines/ports"
import { openProcesses, type Processes } from "../../../scripts/engines/processes"

const directory = mkdtempSync(join(tmpdir(), "suyuan-chain-"))
const state = join(directory, "chain", "state.json")
let processes: Processes
let ports: Ports | undefined

afterAll(async () => {
  await processes.stopAll()
  rmSync(directory, { recursive: true, force: true })
})

async function start(): Promise<ChainEngine> {
  processes = openProcesses(join(directory, "processes.json"))
  // The process before is gone, and with it what it had reserved.
  await ports?.release()
  ports = openPorts(join(directory, "ports.json"))
  return startChain({
    directory,
    processes,
    ports,
    chainId: 712_999,
    durable: true,
  })
}

async function ask(url: string, method: string, params: unknown[] = []): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  return ((await response.json()) as { result: unknown }).result
}

async function height(url: string): Promise<number> {
  return Number(await ask(url, "eth_blockNumber"))
}

function writtenHeight(): number {
  if (!existsSync(state)) return -1
  try {
    return Number(JSON.parse(readFileSync(state, "utf8")).block.number)
  } catch {
    return -1 // being written
  }
}

let url = ""

test("opens with no account and charges nothing", async () => {
  const engine = await start()
  url = engine.url
  expect(await ask(url, "eth_chainId")).toBe("0xae127")
  expect(await ask(url, "eth_accounts")).toEqual([])
  expect(Number(await ask(url, "eth_gasPrice"))).toBe(0)
  await ask(url, "anvil_mine", ["0x5"])
  await engine.stop()
})

test("has its blocks after a restart, and after kill -9 those that were written", async () => {
  const engine = await start()
  expect(engine.url).toBe(url)
  expect(await height(url)).toBe(5)
  await ask(url, "anvil_mine", ["0x2"])
  while (writtenHeight() < 7) await Bun.sleep(20)
  process.kill(engine.process.pid, "SIGKILL")
  await engine.process.exited
  const again = await start()
  expect(await height(again.url)).toBeGreaterThanOrEqual(7)
  await again.stop()
})

test("takes the last whole copy when the state was cut off while being written", async () => {
  const whole = readFileSync(state, "utf8")
  writeFileSync(`${state}.copy`, whole)
  writeFileSync(state, whole.slice(0, whole.length / 2))
  const engine = await start()
  expect(await height(engine.url)).toBe(7)
  await engine.stop()
})

test("begins at block 0 when there is nothing whole, and keeps the broken file", async () => {
  rmSync(`${state}.copy`, { force: true })
  writeFileSync(state, "{")
  const engine = await start()
  expect(await height(engine.url)).toBe(0)
  expect(readFileSync(`${state}.broken`, "utf8")).toBe("{")
  await engine.stop()
})
