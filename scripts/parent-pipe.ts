// with-bun.mjs hands its child a pipe that ends when it is gone, also after kill -9.
import { createReadStream } from "node:fs"

const VARIABLE = "WITH_BUN_PARENT_PIPE"

/** Calls back once when the process that started this one has gone. Never, when that was not with-bun.mjs. */
export function onParentGone(callback: () => void): void {
  const descriptor = process.env[VARIABLE]
  delete process.env[VARIABLE]
  if (descriptor === undefined) return
  const pipe = createReadStream("", { fd: Number(descriptor) })
  pipe.on("data", () => {})
  pipe.once("close", callback)
  pipe.once("error", callback)
}
