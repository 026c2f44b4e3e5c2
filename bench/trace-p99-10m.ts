// trace.p99.10m: time of `GET /traces/purchases/{id}` over HTTP where ten million trades of fourteen days are stored
// (`npm run bench:data -- --trades 10000000`; what is there is used, and said): each of another purchase, drawn from all
// days and stalls. Open loop, 20 a second.
//
// Floor: three round trips. Nothing of it grows with what is stored but the depth of the indexes, and how much of the
// tables is not in memory: an eighth of it is PostgreSQL's own here, the system keeps the rest. What a trace reads of is
// read once before, as it is there where people look at what they bought; `trace.first` is the same before that.
import { keptProvince, needsProvince } from "./data/kept-province"
import { readOnce } from "./data/read-once"
import { someSales } from "./data/spot-check"
import type { Figure } from "./figure"
import { getAtRate } from "./load/get-at-rate"
import { machinePauses } from "./measure/machine-pauses"
import { percentile, rounded } from "./measure/percentile"

const perSecond = 20
/** Each of the gateway's connections meets seventy partitions and their indexes for the first time once. */
const warmingSeconds = 60
const firstSeconds = 5
/** What a trace reads of; of events what stands in their key's index. */
const readOf = {
  tables: ["sales", "sale_lines", "records", "bought_origins", "pile_days", "pile_revisions", "piles"],
  indexes: ["pile_events_pkey"],
}

export const traceP9910m: Figure = {
  name: "trace.p99.10m",
  required: { atMost: 20 },
  needs: needsProvince,
  measure: async (run) => {
    const { line, facts } = await keptProvince(run)
    const warming = perSecond * (run.quick ? 1 : warmingSeconds)
    const first = perSecond * firstSeconds
    const ids = await someSales(line.ctx.sql, first + warming + perSecond * run.seconds(60))
    const urls = ids.map((id) => `${line.gatewayUrl}/traces/purchases/${id}`)
    const headers = { accept: "application/json", authorization: `Bearer ${line.operatorToken}` }
    const get = (some: string[], unmeasured: number) => {
      return getAtRate({ urls: some, headers, perSecond, warming: unmeasured }, line.directory)
    }
    const firstLatencies = await get(urls.slice(0, first), 0)
    await readOnce(line.ctx.sql, "read", readOf)
    const latencies = await get(urls.slice(first), warming)
    const reading = (part: string, value: number, unit: string) => {
      return { name: `trace.${part}`, value: rounded(value), unit, n: latencies.length }
    }
    return [
      reading("p99.10m", percentile(latencies, 0.99), "ms"),
      reading("p50.10m", percentile(latencies, 0.5), "ms"),
      { ...reading("first.10m", percentile(firstLatencies, 0.5), "ms"), n: firstLatencies.length },
      reading("stored.10m", facts.trades, "trades"),
      reading("size.10m", facts.gibibytes, "GiB"),
      await machinePauses(),
    ]
  },
}
