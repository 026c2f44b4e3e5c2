import type { TerminalStanding } from "./state"

const standings: ReadonlySet<string> = new Set(["claimed", "active", "suspended", "revoked"])

/** As the gateway judges this terminal; a newer one may say more. */
export function terminalStanding(text: string): TerminalStanding {
  return standings.has(text) ? (text as TerminalStanding) : "unknown"
}

export function standingOfNotice(text: string | undefined): TerminalStanding {
  return text === undefined ? "unknown" : terminalStanding(String((JSON.parse(text) as { state?: unknown }).state))
}
