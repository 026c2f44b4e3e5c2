import { applyPayeeChanges } from "../merchants/apply-payee-changes"
import { readRegistry } from "../terminals/read-registry"
import { registerTerminals } from "../terminals/register-terminals"
import type { TerminalRegister } from "../terminals/terminal-register"
import type { TerminalRegistry } from "../terminals/terminal-registry"
import type { Job } from "./job"

/**
 * Terminals enter the chain's registry here only where this process holds the organisation's key: in development.
 * Elsewhere their organisations enter them, and what the registry says is read.
 */
export function terminalJobs(register: TerminalRegister | undefined, registry: TerminalRegistry): Job[] {
  const payees: Job = { name: "merchants/apply-payee-changes", everyMs: 10_000, run: applyPayeeChanges }
  if (!register)
    return [payees, { name: "terminals/read-registry", everyMs: 10_000, run: (ctx) => readRegistry(ctx, registry) }]
  return [payees, { name: "terminals/register", everyMs: 1000, run: (ctx) => registerTerminals(ctx, register) }]
}
