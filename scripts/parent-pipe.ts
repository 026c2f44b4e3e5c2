// with-bun.mjs hands its child a pipe that ends when it is gone, also after kill -9.
import { createReadStream } from "node:fs"

/** `descriptor:pid`, the pid of the with-bun.mjs that made the pipe. */
const VARIABLE = "WITH_BUN_PARENT_PIPE"

/** Calls back once when the process that started this one has gone. Never, when that was not with-bun.mjs. */
export function onParentGone(callback: () => void): void {
  const [descriptor, parent] = process.env[VARIABLE]?.split(":") ?? []
  delete process.env[VARIABLE]
  if (descriptor === undefined) return
  // A program further down inherits the variable and not the pipe: under that number it has something of its own, which
  // must not be closed (Bun's event loop is one such).
  if (process.ppid !== Number(parent)) return
  const pipe = createReadStream("", { fd: Number(descriptor) })
  pipe.on("data", () => {})
  pipe.once("close", callback)
  pipe.once("error", callback)
}
