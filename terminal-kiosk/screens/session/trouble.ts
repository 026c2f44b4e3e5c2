/** What went wrong, as the code or the key of a word that a person is told. */
import type { Problem } from "./state"

export function codeOf(trouble: unknown): string {
  if (typeof trouble === "object" && trouble !== null && "kind" in trouble) {
    const refusal = trouble as { kind: string; code?: string }
    return refusal.code ?? refusal.kind
  }
  // Of the network or the broker: what a browser calls it helps nobody at a stall.
  return "no-answer"
}

export function problemOf(error: unknown): Problem {
  return error instanceof DOMException && error.name === "QuotaExceededError" ? "storageFull" : "storageFailed"
}
