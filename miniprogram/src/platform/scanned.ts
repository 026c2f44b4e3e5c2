import type { ScannedLinkError } from "../../core/scanned-link"

export type Scanned = { readonly digits: string } | { readonly error: ScannedLinkError | "link/other" }

/** What the page was opened with. Each platform has its own file; this one only says what they export. */
export function readScan(_parameters: Readonly<Record<string, string | undefined>>): Scanned {
  return { error: "link/missing" }
}

/** How the program was entered; whether it is by another code than before, which no page shows yet. */
export function noteEntry(_query: Readonly<Record<string, string | undefined>>): boolean {
  return false
}
