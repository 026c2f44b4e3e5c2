// `bun bench/load/get-urls.ts <order.json>`: gets each URL once at its time, whatever became of those before it (open
// loop), and writes one line of JSON. A time is measured from when the request was due, so that a server that stalls
// cannot hide what queued behind it. In a process of its own, away from the event loop that answers.
import { readFileSync } from "node:fs"

export type GetOrder = {
  readonly urls: readonly string[]
  readonly headers: Record<string, string>
  readonly perSecond: number
  /** The first so many are not counted. */
  readonly warming: number
}

export type GetReport = {
  readonly latenciesMs: readonly number[]
  /** By status, or `no answer`. */
  readonly failures: Record<string, number>
}

const order = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as GetOrder
const latenciesMs: number[] = []
const failures: Record<string, number> = {}

async function get(url: string, dueAtMs: number, counts: boolean): Promise<void> {
  let outcome: string
  try {
    const response = await fetch(url, { headers: order.headers })
    await response.arrayBuffer()
    outcome = response.ok ? "ok" : String(response.status)
  } catch {
    outcome = "no answer"
  }
  if (outcome !== "ok") failures[outcome] = (failures[outcome] ?? 0) + 1
  if (counts) latenciesMs.push(performance.now() - dueAtMs)
}

const startMs = performance.now() + 100
const answers: Promise<void>[] = []
for (const [index, url] of order.urls.entries()) {
  const dueAtMs = startMs + (index * 1000) / order.perSecond
  const waitMs = dueAtMs - performance.now()
  if (waitMs > 0) await Bun.sleep(waitMs)
  answers.push(get(url, dueAtMs, index >= order.warming))
}
await Promise.all(answers)
const report: GetReport = { latenciesMs, failures }
process.stdout.write(`${JSON.stringify(report)}\n`)
