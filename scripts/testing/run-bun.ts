import { spawn } from "node:child_process"
import { resolve } from "node:path"

const root = resolve(import.meta.dir, "../..")
/** Something that a test left running may hold the pipe open for ever. */
const LAST_WORDS_MS = 2_000

export type Output = { readonly exitCode: number; readonly text: string }

export type RunOptions = {
  /** Folder of the repository, the root when not given. */
  readonly folder?: string
  /** Keeps its words back. */
  readonly quiet?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a command of this repository with the Bun that runs this one; it ends with this process. */
export async function runBun(args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const child = spawn(process.execPath, [...args], {
    cwd: resolve(root, options.folder ?? "."),
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk
      if (!options.quiet) process.stdout.write(chunk)
    })
  }
  const end = () => child.kill("SIGTERM")
  process.once("exit", end)
  // Also after kill -9: the shell's standard input ends with this process.
  const watcher = spawn("/bin/sh", ["-c", `read -r _; kill ${child.pid}`], { stdio: ["pipe", "ignore", "ignore"] })
  const closed = new Promise((done) => child.once("close", done))
  const exitCode = await new Promise<number>((done) => child.once("exit", (code) => done(code ?? 1)))
  watcher.kill("SIGKILL")
  await Promise.race([closed, Bun.sleep(LAST_WORDS_MS)])
  process.removeListener("exit", end)
  return { exitCode, text }
}
