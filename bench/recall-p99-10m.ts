// recall.p99.10m: time of `POST /recalls/scope` over HTTP for one lot, where ten million trades are stored (see
// trace.p99.10m): first page and totals of everything that the lot may be in, level by level to the consumers. One after
// another: an inspector asks once, and never of a lot that was asked of before. What a recall reads is in the database's
// memory, as it is where that runs for more than a day: it was summed there. `recall.first` is the same of the first lots
// after the database was started, when nothing is.
//
// Floor: three statements, a row a day of every pile that the lot may have come to until its shelf life is over, and the
// ranges of what happened there: some 700 piles and 8,000 steps. Their sales stay in the database, as sums.
import { keptProvince, needsProvince } from "./data/kept-province"
import { readOnce } from "./data/read-once"
import type { Figure } from "./figure"
import { machinePauses } from "./measure/machine-pauses"
import { percentile, rounded } from "./measure/percentile"

const asked = 200
const first = 10
/** Each of the gateway's connections meets the partitions, and the statement, for the first time some times. */
const warming = 200
/** What a recall reads of. */
const readOf = {
  tables: ["lots", "piles", "merchants", "pile_sums", "pile_revisions"],
  indexes: ["pile_days_grams", "pile_purchases_pk"],
}

type Scope = { readonly totals: { readonly sales: number; readonly stalls: number } }

export const recallP9910m: Figure = {
  name: "recall.p99.10m",
  required: { atMost: 200 },
  needs: needsProvince,
  measure: async (run) => {
    const { line, facts } = await keptProvince(run)
    const count = run.quick ? asked / 10 : asked
    const { sql } = line.ctx
    const lots = await sql`SELECT id FROM lots ORDER BY md5(id::text) LIMIT ${first + warming + count}`
    const headers = { "content-type": "application/json", authorization: `Bearer ${line.operatorToken}` }
    const [latencies, firstLatencies]: [number[], number[]] = [[], []]
    let [sales, stalls] = [0, 0]
    for (const [index, { id }] of lots.entries()) {
      if (index === first) await readOnce(sql, "buffer", readOf)
      const beganMs = performance.now()
      const body = JSON.stringify({ kind: "lots", lotIds: [id] })
      const response = await fetch(`${line.gatewayUrl}/recalls/scope`, { method: "POST", headers, body })
      const text = await response.text()
      const tookMs = performance.now() - beganMs
      if (index < first) firstLatencies.push(tookMs)
      else if (index >= first + warming) latencies.push(tookMs)
      if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 300)}`)
      const { totals } = JSON.parse(text) as Scope
      sales += totals.sales
      stalls += totals.stalls
    }
    const reading = (part: string, value: number, unit: string) => {
      return { name: `recall.${part}`, value: rounded(value), unit, n: latencies.length }
    }
    return [
      reading("p99.10m", percentile(latencies, 0.99), "ms"),
      reading("p50.10m", percentile(latencies, 0.5), "ms"),
      { ...reading("first.10m", percentile(firstLatencies, 0.5), "ms"), n: firstLatencies.length },
      reading("sales", sales / lots.length, "sales a lot"),
      reading("stalls", stalls / lots.length, "stalls a lot"),
      reading("stored.10m", facts.trades, "trades"),
      await machinePauses(),
    ]
  },
}
