// Secrets of a data directory: made once, kept in files that only their owner can read.
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Path of `<directory>/keys/<name>`, which holds `make()` from the first call on. */
export function keepKey(directory: string, name: string, make: () => string = randomHex): string {
  const folder = join(directory, "keys")
  const file = join(folder, name)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, `${make()}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return file
}

export function readKey(file: string): string {
  return readFileSync(file, "utf8").trim()
}

/** 32 random bytes. */
function randomHex(): string {
  return randomBytes(32).toString("hex")
}
