// What goes wrong in a soak run: one thing after the other, drawn by the seed, each for a few seconds.
import { setTimeout as wait } from "node:timers/promises"
import { z } from "zod"
import type { Dice } from "../demo/dice"
import { askSandbox } from "../demo/wallet"
import type { SoakMarket } from "./market"
import { persistently } from "./trade"

type Fault = { readonly name: string; begin(): Promise<void>; end(): Promise<void> }

const LAST_MS = { low: 500, high: 4_000 }
const PAUSE_MS = { low: 500, high: 3_000 }
/** Well inside the window of a scan. */
const CLOCK_WRONG_SECONDS_MAX = 120
const PLATFORM_FAULT_RATE = 0.4

/** How many of each happened. */
export type FaultTally = Map<string, number>

/** Until told to stop; then the last one is healed. */
export async function failAtRandom(
  faults: readonly Fault[],
  dice: Dice,
  tally: FaultTally,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const fault = dice.pick(faults)
    tally.set(fault.name, (tally.get(fault.name) ?? 0) + 1)
    await fault.begin()
    await rest(dice.between(LAST_MS.low, LAST_MS.high), signal)
    await fault.end()
    await rest(dice.between(PAUSE_MS.low, PAUSE_MS.high), signal)
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => {}) // Told to stop: no reason to wait.
}

/** Of processes: gateways first, so that with two of them one always lives. */
export function processFaults({ installation }: SoakMarket, dice: Dice): Fault[] {
  const { gateways, broker, chain, sandbox } = installation
  let gateway = gateways[0]
  const pick = () => {
    gateway = dice.pick(gateways)
    return gateway
  }
  /** As a service manager does: without its database a gateway ends again, and is started again. */
  const restart = () =>
    persistently("a gateway starts", async () => {
      await gateway?.startUnready()
      return true
    }).then(() => {})
  return [
    { name: "gateway killed", begin: () => pick().kill(), end: restart },
    { name: "gateway stopped", begin: () => pick().stop(), end: restart },
    { name: "gateway silent", begin: async () => pick().silence(), end: async () => gateway?.speak() },
    { name: "broker stopped", begin: () => broker.stop(), end: () => broker.start() },
    { name: "broker silent", begin: async () => broker.silence(), end: async () => broker.speak() },
    { name: "chain stopped", begin: () => chain.stop(), end: () => chain.start() },
    { name: "chain silent", begin: async () => chain.silence(), end: async () => chain.speak() },
    { name: "platforms killed", begin: () => sandbox.kill(), end: () => sandbox.start() },
  ]
}

const calls = ["create", "query", "close", "refund", "refund-query", "notify"] as const
const callFaults = ["lost-request", "lost-response", "system-error", "delay"] as const
const notificationFaults = ["duplicate-notification", "no-notification", "notification-first"] as const

/** Of the database, the platforms' answers and the tablets' clocks. */
export function otherFaults(market: SoakMarket, dice: Dice): Fault[] {
  const { database, sandboxUrl } = market.installation
  const calm = () => toldPlatforms(sandboxUrl, "DELETE")
  const upset = (draw: () => object) => () =>
    toldPlatforms(sandboxUrl, "POST", { ...draw(), rate: PLATFORM_FAULT_RATE })
  const call = () => ({ kind: dice.pick(callFaults), operation: dice.pick(calls) })
  return [
    { name: "database restarted", begin: () => database.stop(), end: () => database.start() },
    { name: "database backend killed", begin: () => killBackend(market), end: async () => {} },
    {
      name: "clock jumped",
      begin: async () => dice.pick(market.stalls).clock.setWrongBy(wrongByMs(dice)),
      end: async () => {},
    },
    { name: "platform calls lost", begin: upset(call), end: calm },
    { name: "more platform calls lost", begin: upset(call), end: calm },
    { name: "notifications upset", begin: upset(() => ({ kind: dice.pick(notificationFaults) })), end: calm },
  ]
}

function wrongByMs(dice: Dice): number {
  return dice.between(-CLOCK_WRONG_SECONDS_MAX, CLOCK_WRONG_SECONDS_MAX) * 1_000
}

async function killBackend({ sql }: SoakMarket): Promise<void> {
  const [backend] = await sql`
    SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY query_start DESC NULLS LAST LIMIT 1`.catch(() => [])
  if (backend === undefined) return
  try {
    process.kill(Number(backend.pid), "SIGKILL")
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

/** The platforms may themselves be away: then there is nobody to tell. */
async function toldPlatforms(sandboxUrl: string, method: "POST" | "DELETE", body?: object): Promise<void> {
  if (method === "POST") await askSandbox(sandboxUrl, method, "/faults", z.unknown(), body).catch(() => {})
  else await fetch(`${sandboxUrl}/sandbox/faults`, { method }).catch(() => {})
}

/** Everything runs, and nobody plays tricks. */
export async function healEverything({ installation, stalls }: SoakMarket): Promise<void> {
  const { database, broker, chain, sandbox, gateways } = installation
  for (const part of [database, broker, chain, sandbox, ...gateways]) await part.start()
  await toldPlatforms(installation.sandboxUrl, "DELETE")
  for (const stall of stalls) stall.clock.setWrongBy(0)
}
