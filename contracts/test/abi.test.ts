// The gateway starts from abi/*.ts alone. Not part of the coverage run, whose artifacts are instrumented.

import { readFileSync } from "node:fs"
import { expect } from "chai"
import { abiModulePath, contractNames, renderAbiModule } from "../scripts/abi-modules"

describe("committed ABI and bytecode", () => {
  for (const name of contractNames) {
    it(`of ${name} are what the sources compile to (else: bun run abi)`, () => {
      expect(readFileSync(abiModulePath(name), "utf8") === renderAbiModule(name)).to.equal(true)
    })
  }

  it("hold no instruction newer than London", () => {
    // PUSH0 and MCOPY are what a compiler for a newer fork would use first; data of pushes is skipped.
    for (const name of contractNames) {
      const [, code] = readFileSync(abiModulePath(name), "utf8").match(/"0x([0-9a-f]+)"/) ?? []
      const bytes = Uint8Array.from((code ?? "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      const opcodes = new Set<number>()
      for (let i = 0; i < bytes.length; i++) {
        const opcode = bytes[i] ?? 0
        opcodes.add(opcode)
        if (opcode >= 0x60 && opcode <= 0x7f) i += opcode - 0x5f
      }
      expect(opcodes.has(0x5f), `${name}: PUSH0`).to.equal(false)
      expect(opcodes.has(0x5e), `${name}: MCOPY`).to.equal(false)
    }
  })
})
