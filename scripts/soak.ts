// `npm run soak -- --minutes M [--seed S] [--json]`: a market under load on throwaway engines with two gateways, while
// one thing after the other fails at random. At the end everything is healed, and the money and the records are counted.
import { setTimeout as wait } from "node:timers/promises"
import { Command, InvalidArgumentError } from "commander"
import { type Dice, openDice } from "./demo/dice"
import { type Losses, lossyBroker } from "./demo/lossy-broker"
import { say } from "./demo/tell"
import type { Wallet } from "./demo/wallet"
import { type Installation, openInstallation } from "./soak/installation"
import { openSoakMarket, type SoakMarket } from "./soak/market"
import { type FaultTally, failAtRandom, healEverything, otherFaults, processFaults } from "./soak/random-faults"
import { neverHappened, newTally, tradeAtRandom } from "./soak/random-trade"
import { comesToRest } from "./soak/trade"
import { awaitStopRequest } from "./stop-request"

const MINUTES_MAX = 24 * 60
const GATEWAYS = 2
const STALLS = 3
const WALLETS = 6
const PROGRESS_MS = 5_000
const REST_MS_MAX = 180_000
/** Of the messages between terminals and gateway. */
const LOSS_SHARE = 0.05

/** A minute here holds what takes a market an hour. */
const HASTY = {
  ...{ GATEWAY_LEASE_SECONDS: "2", PLATFORM_TIMEOUT_MS: "1500", LEDGER_BATCH_AGE_MS: "500" },
  QUERY_SCHEDULE_SECONDS: "1,2,5",
}

function minutesOf(text: string): number {
  const minutes = Number(text)
  if (minutes > 0 && minutes <= MINUTES_MAX) return minutes
  throw new InvalidArgumentError(`Give minutes, more than 0 and at most ${MINUTES_MAX}.`)
}

function seedOf(text: string): number {
  const seed = Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff) return seed
  throw new InvalidArgumentError("Give a whole number from 0 to 4294967295.")
}

const options = new Command("npm run soak --")
  .description("A market under load with faults at random; then the identities of money and records.")
  .option("--minutes <number>", "how long things go wrong", minutesOf, 10)
  .option("--seed <number>", "the same seed draws the same faults and sales", seedOf, 1)
  .option("--json", "print the figures as JSON in the last line", false)
  .parse()
  .opts<{ minutes: number; seed: number; json: boolean }>()

const asked = awaitStopRequest(say)

async function run(installation: Installation): Promise<boolean> {
  const dice = openDice(options.seed)
  const losses: Losses = { uploads: 0, acknowledgements: 0 }
  const line = (connect: Parameters<typeof lossyBroker>[0], stall: number) =>
    lossyBroker(connect, dice.fork(`line ${stall}`), LOSS_SHARE, losses)
  const market = await openSoakMarket(installation, { stalls: STALLS, line })
  try {
    const wallets: Wallet[] = []
    for (let index = 0; index < WALLETS; index += 1) {
      wallets.push(await market.newWallet(index % 2 === 0 ? "wechat-pay" : "alipay"))
    }
    const { tally, faults } = await letThingsGoWrong(market, wallets, dice)
    say("everything is healed; waiting for rest …")
    await healEverything(market)
    const { identities, trouble } = await comesToRest(market, REST_MS_MAX).then(
      (identities) => ({ identities, trouble: undefined }),
      async (error: Error) => ({ identities: await market.identities(), trouble: error.message }),
    )
    for (const { name, holds, detail } of identities) say(`${holds ? "✓" : "✕"} ${name}: ${detail}`)
    if (trouble !== undefined) say(`✕ ${trouble}`)
    const missing = neverHappened(tally, faults)
    if (missing.length > 0) say(`✕ nothing was shown: no ${missing.join(", no ")}`)
    const isGood = trouble === undefined && missing.length === 0 && identities.every(({ holds }) => holds)
    if (options.json) {
      const held = Object.fromEntries(identities.map(({ name, holds }) => [name, holds]))
      const { minutes, seed } = options
      say(JSON.stringify({ minutes, seed, ...tally, losses, faults: Object.fromEntries(faults), held, isGood }))
    }
    return isGood
  } finally {
    await market.close()
  }
}

async function letThingsGoWrong(market: SoakMarket, wallets: readonly Wallet[], dice: Dice) {
  const tally = newTally()
  const faults: FaultTally = new Map()
  const signal = AbortSignal.any([asked, AbortSignal.timeout(options.minutes * 60_000)])
  const beganAtMs = performance.now()
  const progress = setInterval(() => {
    const { paid, cash, paidTwice, cancelled, refunds, keptWaiting } = tally
    const seconds = Math.round((performance.now() - beganAtMs) / 1000)
    const failed = [...faults.values()].reduce((sum, count) => sum + count, 0)
    say(
      `${seconds} s: paid ${paid}, twice ${paidTwice}, cash ${cash}, cancelled ${cancelled}, refunds ${refunds}; faults ${failed}, kept waiting ${keptWaiting}`,
    )
  }, PROGRESS_MS)
  const onTrouble = (sentence: string) => say(`  ${sentence}`)
  const [first, second] = [dice.fork("processes"), dice.fork("others")]
  try {
    await Promise.all([
      ...market.stalls.map((stall, index) =>
        tradeAtRandom({ market, stall, wallets, dice: dice.fork(`stall ${index}`), tally, signal, onTrouble }),
      ),
      failAtRandom(processFaults(market, first), first, faults, signal),
      failAtRandom(otherFaults(market, second), second, faults, signal),
    ])
  } finally {
    clearInterval(progress)
  }
  return { tally, faults }
}

let exitCode = 1
let installation: Installation | undefined
try {
  say(`soak: ${options.minutes} minutes, seed ${options.seed}, ${GATEWAYS} gateways, ${STALLS} stalls`)
  installation = await openInstallation({ gateways: GATEWAYS, settings: HASTY, seed: options.seed })
  const stopped = new Promise<boolean>((done) => {
    // Asked to stop, it still heals and counts; but not for ever.
    asked.addEventListener("abort", () => void wait(REST_MS_MAX).then(() => done(false)))
  })
  exitCode = (await Promise.race([run(installation), stopped])) ? 0 : 1
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`)
} finally {
  await installation?.end(exitCode !== 0)
  if (exitCode !== 0 && installation) say(`its data and logs are kept in ${installation.directory}`)
}
process.exit(exitCode)
