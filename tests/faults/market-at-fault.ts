// A market on processes of its own, and the moments at which something in it is to fail: each is reached when the
// database, a platform or the chain shows it, so that what fails then fails between two steps.
import { setTimeout as wait } from "node:timers/promises"
import type { ConnectBroker } from "@suyuan/terminal-kiosk/link/broker-link"
import { z } from "zod"
import { askSandbox, type Platform, type Wallet } from "../../scripts/demo/wallet"
import { type GatewaySwitch, type Installation, openInstallation } from "../../scripts/soak/installation"
import { openSoakMarket, type SoakMarket, type SoakStall } from "../../scripts/soak/market"
import { comesToRest } from "../../scripts/soak/trade"

/**
 * Time-outs and leases of a second; nothing here waits for a schedule of minutes. A gateway that starts again and again
 * opens few connections: each costs the database more than all that this market asks of it.
 */
const hasty = {
  DATABASE_POOL: "6",
  ...{ GATEWAY_LEASE_SECONDS: "1", PLATFORM_TIMEOUT_MS: "1000", LEDGER_BATCH_AGE_MS: "200" },
  QUERY_SCHEDULE_SECONDS: "1,2,3",
}

export type Line = { losesAcknowledgements: boolean }

export type MarketAtFault = SoakMarket & {
  readonly stall: SoakStall
  readonly wallets: Readonly<Record<Platform, Wallet>>
  /** What the stall's line does. */
  readonly line: Line
  /** Heals everything, waits for rest, and checks the identities. */
  rest(): Promise<void>
  end(): Promise<void>
}

export type MarketAtFaultOptions = {
  readonly gateways?: number
  readonly stalls?: number
  readonly kind?: "base" | "market"
}

export async function openMarketAtFault(options: MarketAtFaultOptions = {}): Promise<MarketAtFault> {
  const { gateways = 1, stalls = 1, kind = "market" } = options
  const installation = await openInstallation({ gateways, settings: hasty })
  try {
    const line: Line = { losesAcknowledgements: false }
    const market = await openSoakMarket(installation, { stalls, kind, line: (connect) => lossy(connect, line) })
    const [stall] = market.stalls
    if (stall === undefined) throw new Error("no stall")
    const wallets = { "wechat-pay": await market.newWallet("wechat-pay"), alipay: await market.newWallet("alipay") }
    return {
      ...{ ...market, stall, line, wallets },
      rest: async () => {
        line.losesAcknowledgements = false
        const { database, broker, chain, sandbox } = installation
        for (const part of [database, broker, chain, sandbox, ...installation.gateways]) await part.start()
        await clearFaults(installation)
        await comesToRest(market)
      },
      end: async () => {
        await market.close()
        await installation.end()
      },
    }
  } catch (error) {
    await installation.end()
    throw error
  }
}

function lossy(connect: ConnectBroker, line: Line): ConnectBroker {
  return (address, events) =>
    connect(address, {
      onMessage: async (topic, text) => {
        if (topic !== "ack" || !line.losesAcknowledgements) await events.onMessage(topic, text)
      },
    })
}

/** Waits for a condition, never for a time. */
export async function until(what: string, look: () => boolean | Promise<boolean>, patienceMs = 60_000): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`never happened: ${what}`)
    await wait(10)
  }
}

/** A moment: armed before the work begins, reached in its midst, let go when the failure has happened. */
export type Moment = { reached(): Promise<void>; pass(): Promise<void> }

/** The first of its gateways; of most installations the only one. */
export function gatewayOf({ installation }: SoakMarket): GatewaySwitch {
  const [first] = installation.gateways
  if (first === undefined) throw new Error("no gateway")
  return first
}

/** What becomes of the work that the killed gateway had claimed. */
type Claims = "run out" | "are waited for"

/**
 * The work begins, its gateway is killed with -9 in its midst, and another one starts.
 * @param claims that each kind runs out by itself is waited for in one row; elsewhere those seconds pass at once.
 */
export async function diesAt<T>(
  market: SoakMarket,
  moment: Moment,
  work: () => Promise<T>,
  claims: Claims = "run out",
): Promise<T> {
  const working = work()
  working.catch(() => {}) // Its end is looked at below.
  await moment.reached()
  await gatewayOf(market).kill()
  await moment.pass()
  if (claims === "run out") await runOutClaims(market)
  await gatewayOf(market).start()
  return working
}

/** Only where no gateway lives that could have claimed something. */
async function runOutClaims({ sql, installation }: SoakMarket): Promise<void> {
  if (installation.gateways.some((gateway) => gateway.isRunning())) throw new Error("a gateway lives")
  await sql`UPDATE outbox SET next_try_at = now() WHERE next_try_at > now()`
  await sql`UPDATE attempts SET next_query_at = now() WHERE next_query_at > now()`
  await sql`UPDATE refunds SET next_try_at = now() WHERE next_try_at > now()`
}

/** Whoever wants to write to the table waits in the middle of a transaction. */
export async function writing(market: SoakMarket, relation: string): Promise<Moment> {
  const own = await market.sql.reserve()
  await own.unsafe(`BEGIN; LOCK TABLE ${relation} IN SHARE MODE`)
  return {
    reached: () =>
      until(`somebody writes to ${relation}`, async () => {
        const rows = await market.sql`
          SELECT 1 FROM pg_locks WHERE relation = ${relation}::regclass AND NOT granted LIMIT 1`
        return rows.length > 0
      }),
    pass: async () => {
      await own.unsafe("ROLLBACK")
      own.release()
    },
  }
}

export type FaultWish = {
  readonly kind: string
  readonly operation?: string
  readonly platform?: Platform
  readonly times?: number
  readonly manner?: "reset" | "hang"
}

const rulesAnswer = z.object({ rules: z.array(z.object({ id: z.number(), struck: z.number() })) })
const ruleAnswer = z.object({ id: z.number() })

/** The platform keeps a call to itself: before it has done it (lost-request) or after (lost-response). */
export async function callHeld({ installation }: SoakMarket, wish: FaultWish): Promise<Moment> {
  const { sandboxUrl } = installation
  const rule = { manner: "hang" as const, times: 1, ...wish }
  const { id } = await askSandbox(sandboxUrl, "POST", "/faults", ruleAnswer, rule)
  const struck = async () => {
    const { rules } = await askSandbox(sandboxUrl, "GET", "/faults", rulesAnswer)
    return rules.some((one) => one.id === id && one.struck > 0)
  }
  return { reached: () => until(`${wish.kind} of ${wish.operation}`, struck), pass: () => clearFaults(installation) }
}

export async function addFault({ installation }: SoakMarket, wish: FaultWish): Promise<void> {
  await askSandbox(installation.sandboxUrl, "POST", "/faults", z.unknown(), wish)
}

async function clearFaults({ sandboxUrl }: Installation): Promise<void> {
  const response = await fetch(`${sandboxUrl}/sandbox/faults`, { method: "DELETE" })
  if (!response.ok) throw new Error(`the sandbox keeps its faults: ${response.status}`)
}
