import type { TerminalStanding } from "./state"

const refusals = {
  claimed: "terminal/not-confirmed",
  suspended: "terminal/suspended",
  revoked: "terminal/revoked",
} as const

export type Stopped = (typeof refusals)[keyof typeof refusals]

/** Why nothing may be sold now, as the gateway would say it of each code; `undefined` when it may. */
export function stoppedBy(standing: TerminalStanding): Stopped | undefined {
  return standing === "unknown" || standing === "active" ? undefined : refusals[standing]
}
