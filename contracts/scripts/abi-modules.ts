// The committed modules under abi/: what the gateway needs of the contracts without a Solidity compiler.

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const contractNames = ["ParticipantRegistry", "TerminalRegistry", "TraceLedger"] as const
export type ContractName = (typeof contractNames)[number]

type Artifact = { readonly abi: readonly unknown[]; readonly bytecode: string }

const moduleNames: Record<ContractName, string> = {
  ParticipantRegistry: "participant-registry",
  TerminalRegistry: "terminal-registry",
  TraceLedger: "trace-ledger",
}

/** Absolute path of the committed module of a contract. */
export function abiModulePath(name: ContractName): string {
  return fileURLToPath(new URL(`../abi/${moduleNames[name]}.ts`, import.meta.url))
}

/** Text of the module for what the compiler last wrote to artifacts/. */
export function renderAbiModule(name: ContractName): string {
  const path = new URL(`../artifacts/src/${name}.sol/${name}.json`, import.meta.url)
  const artifact = JSON.parse(readFileSync(path, "utf8")) as Artifact
  const prefix = name.charAt(0).toLowerCase() + name.slice(1)
  const entries = artifact.abi.map((entry) => `  ${JSON.stringify(entry)},`)
  return [
    `// Written by contracts/scripts/write-abi.ts from src/${name}.sol; a test fails when they differ.`,
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
