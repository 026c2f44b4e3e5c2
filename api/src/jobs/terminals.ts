import { applyPayeeChanges } from "../merchants/apply-payee-changes"
import { registerTerminals } from "../terminals/register-terminals"
import type { TerminalRegister } from "../terminals/terminal-register"
import type { Job } from "./job"

/** Terminals enter the chain's registry only where this process holds the organisation's key: in development. */
export function terminalJobs(register: TerminalRegister | undefined): Job[] {
  const payees: Job = { name: "merchants/apply-payee-changes", everyMs: 10_000, run: applyPayeeChanges }
  if (!register) return [payees]
  return [payees, { name: "terminals/register", everyMs: 1000, run: (ctx) => registerTerminals(ctx, register) }]
}
