import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs"

export function logSize(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}

/** What was written to the file after its first `offset` bytes. */
export function readLogFrom(file: string, offset: number): string {
  const descriptor = openSync(file, "r")
  const text = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset))
  readSync(descriptor, text, 0, text.length, offset)
  closeSync(descriptor)
  return text.toString("utf8").trimEnd()
}
