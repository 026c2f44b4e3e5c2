import { z } from "zod"
import { askSandbox } from "./wallet"

/** The platforms are not at their best: some notifications come twice or never, some answers get lost. */
const disturbances = [
  { kind: "duplicate-notification", rate: 0.04 },
  { kind: "no-notification", rate: 0.02 },
  { kind: "lost-response", operation: "create", rate: 0.01 },
] as const

export async function disturbPlatforms(sandboxUrl: string, seed: number): Promise<void> {
  await askSandbox(sandboxUrl, "PUT", "/faults/seed", z.unknown(), { seed })
  for (const rule of disturbances) await askSandbox(sandboxUrl, "POST", "/faults", z.unknown(), rule)
}
