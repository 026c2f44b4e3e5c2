// Writes abi/*.ts from artifacts/. Run it after `hardhat build`, when the sources changed: `bun run abi`.

import { writeFileSync } from "node:fs"
import { abiModulePath, contractNames, renderAbiModule } from "./abi-modules"

for (const name of contractNames) {
  writeFileSync(abiModulePath(name), renderAbiModule(name))
}
