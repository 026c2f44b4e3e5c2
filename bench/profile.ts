// `npm run profile [-- trade|scan|sale] [--seconds S]`: where the time of `trade.toAnchored`, a record, of `scan.p99`, a
// scan, and of `city.gatewayPerSale`, a whole sale, goes (measure/profile.ts says what is looked at).
import { Argument, Command } from "commander"
import { measureCity } from "./city-per-sale"
import { closeTradedMarket, tradedMarket } from "./market/traded-market"
import { describeMachine } from "./measure/machine"
import { beginProfile, type Profile, print, printProcessors, printProfile, profiled } from "./measure/profile"
import { measureScans } from "./scan-p99"
import { measureTrades } from "./trade-to-anchored"

const program = new Command("npm run profile --")
  .addArgument(new Argument("[what]").choices(["trade", "scan", "sale"]).default("trade"))
  .option("--seconds <s>", "of measuring", Number, 15)
  .option("--keep <file>", "the gateway's profile, for a viewer of .cpuprofile files")
program.parse()
const { seconds, keep } = program.opts<{ seconds: number; keep?: string }>()
const run = {
  ...{ quick: true, seconds: () => seconds },
  say: (sentence: string) => process.stderr.write(`  ${sentence}\n`),
}

async function profileTrades(): Promise<void> {
  let profiling: Awaited<ReturnType<typeof beginProfile>> | undefined
  let profile: Profile | undefined
  const trades = await measureTrades(run, {
    ...profiled,
    begin: async (line) => {
      profiling = await beginProfile(line)
    },
    end: async () => {
      profile = await profiling?.end(keep)
    },
  })
  print(
    `${trades.anchored} records in ${trades.seconds.toFixed(1)} s, ${Math.round(trades.anchored / trades.seconds)} a second`,
  )
  printProcessors(trades.processorSeconds, "record", trades.anchored)
  if (profile) printProfile(profile, "record", trades.anchored)
}

async function profileScans(): Promise<void> {
  const market = await tradedMarket(run, profiled)
  try {
    const profiling = await beginProfile(market.line)
    const scans = await measureScans(run, market)
    const profile = await profiling.end(keep)
    printProcessors(scans.processorSeconds, "scan", scans.count)
    printProfile(profile, "scan", scans.count)
  } finally {
    await closeTradedMarket()
  }
}

async function profileSales(): Promise<void> {
  let profiling: Awaited<ReturnType<typeof beginProfile>> | undefined
  let profile: Profile | undefined
  const sales = await measureCity(run, {
    ...profiled,
    begin: async (line) => {
      profiling = await beginProfile(line)
    },
    end: async () => {
      profile = await profiling?.end(keep)
    },
  })
  printProcessors(sales.processorSeconds, "sale", sales.times.length)
  if (profile) printProfile(profile, "sale", sales.times.length)
}

const profiles = { trade: profileTrades, scan: profileScans, sale: profileSales }
print(describeMachine())
await profiles[program.processedArgs[0] as keyof typeof profiles]()
