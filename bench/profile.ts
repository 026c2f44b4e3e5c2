// `npm run profile [-- trade|scan] [--seconds S]`: where the time of `trade.toAnchored`, a record, or of `scan.p99`, a scan,
// goes (measure/profile.ts says what is looked at).
import { Argument, Command } from "commander"
import { closeTradedMarket, tradedMarket } from "./market/traded-market"
import { describeMachine } from "./measure/machine"
import { beginProfile, type Profile, print, printProcessors, printProfile, profiled } from "./measure/profile"
import { measureScans } from "./scan-p99"
import { measureTrades } from "./trade-to-anchored"

const program = new Command("npm run profile --")
  .addArgument(new Argument("[what]").choices(["trade", "scan"]).default("trade"))
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

print(describeMachine())
await (program.processedArgs[0] === "scan" ? profileScans() : profileTrades())
