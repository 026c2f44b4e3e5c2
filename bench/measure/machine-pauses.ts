// What a machine adds to a latency by itself: a virtual one may be stopped for some tens of milliseconds every second or
// two, which its own system takes for processor time of whoever ran then. So a figure of latencies has beside it what a
// fixed computation takes at the same rank, while nothing is asked of the installation.
import type { Reading } from "../figure"
import { percentile, rounded } from "./percentile"

const computationMs = 7
const perSecond = 20
const seconds = 15
const calibratingRounds = 4_000_000

function compute(rounds: number): number {
  let value = 0
  for (let index = 0; index < rounds; index += 1) value = (value * 31 + index) | 0
  return value
}

function timeOf(rounds: number): number {
  const beganMs = performance.now()
  compute(rounds)
  return performance.now() - beganMs
}

/** p99 of some hundred computations that usually take `computationMs`, twenty a second. */
export async function machinePauses(): Promise<Reading> {
  const calibrated = Array.from({ length: 5 }, () => timeOf(calibratingRounds)).toSorted((a, b) => a - b)
  const rounds = Math.round((calibratingRounds * computationMs) / (calibrated[1] ?? 1))
  const tookMs: number[] = []
  const beganMs = performance.now()
  for (let index = 0; index < seconds * perSecond; index += 1) {
    const waitMs = beganMs + (index * 1000) / perSecond - performance.now()
    if (waitMs > 0) await Bun.sleep(waitMs)
    tookMs.push(timeOf(rounds))
  }
  const value = rounded(percentile(tookMs, 0.99))
  return { name: `machine.${computationMs}ms.p99`, value, unit: "ms", n: tookMs.length }
}
