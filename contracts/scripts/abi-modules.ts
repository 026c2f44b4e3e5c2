// The committed modules under abi/: what the gateway needs of the contracts without a Solidity compiler.

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const contractNames = ["ParticipantRegistry", "TerminalRegistry", "TraceLedger", "StructPerRecord"] as const
export type ContractName = (typeof contractNames)[number]

type Artifact = { readonly abi: readonly unknown[]; readonly bytecode: string }

/** Source below src/, and module below abi/, without their endings. */
const places: Record<ContractName, { readonly source: string; readonly module: string }> = {
  ParticipantRegistry: { source: "ParticipantRegistry", module: "participant-registry" },
  TerminalRegistry: { source: "TerminalRegistry", module: "terminal-registry" },
  TraceLedger: { source: "TraceLedger", module: "trace-ledger" },
  // Only bench/ uses it, to compare.
  StructPerRecord: { source: "bench/StructPerRecord", module: "struct-per-record" },
}

/** Absolute path of the committed module of a contract. */
export function abiModulePath(name: ContractName): string {
  return fileURLToPath(new URL(`../abi/${places[name].module}.ts`, import.meta.url))
}

/** Text of the module for what the compiler last wrote to artifacts/. */
export function renderAbiModule(name: ContractName): string {
  const { source } = places[name]
  const path = new URL(`../artifacts/src/${source}.sol/${name}.json`, import.meta.url)
  const artifact = JSON.parse(readFileSync(path, "utf8")) as Artifact
  const prefix = name.charAt(0).toLowerCase() + name.slice(1)
  const entries = artifact.abi.map((entry) => `  ${JSON.stringify(entry)},`)
  return [
    `// Written by contracts/scripts/write-abi.ts from src/${source}.sol; a test fails when they differ.`,
    "",
    `export const ${prefix}Abi = [`,
    ...entries,
    "] as const",
    "",
    `export const ${prefix}Bytecode =`,
    `  "${artifact.bytecode}"`,
    "",
  ].join("\n")
}
