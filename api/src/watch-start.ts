import type { Logger } from "pino"

const complainEveryMs = 10_000

/** Says what a start waits for when it takes long: each step of it depends on somebody else. */
export function watchStart(log: Pick<Logger, "warn">, everyMs = complainEveryMs) {
  const beganMs = performance.now()
  let waitsFor = "its settings"
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - beganMs) / 1000)
    log.warn({ waitsFor, seconds }, "still starting")
  }, everyMs)
  return {
    waitsFor(what: string): void {
      waitsFor = what
    },
    isUp(): void {
      clearInterval(timer)
    },
  }
}
