/**
 * Calls `work` with 0, 1, 2 … for this long, after a warm-up of a quarter of it. Synchronous: one core, nothing else.
 * Per second of that core: when other programs take it away, the time that this process had counts.
 */
export function perSecond(seconds: number, work: (index: number) => void): { perSecond: number; n: number } {
  spin(seconds / 4, work)
  const { calls, elapsedMs } = spin(seconds, work)
  return { perSecond: (calls * 1000) / elapsedMs, n: calls }
}

function spin(seconds: number, work: (index: number) => void) {
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  let calls = 0
  // The clock is read once in sixteen calls.
  while (performance.now() < untilMs) for (let i = 0; i < 16; i += 1) work(calls++)
  const { user, system } = process.cpuUsage(cpu)
  return { calls, elapsedMs: Math.min(performance.now() - startedMs, (user + system) / 1000) }
}
