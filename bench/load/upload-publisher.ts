import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { PublisherReport } from "./publish-uploads"

export type UploadPublisher = {
  readonly pid: number
  /** As of at most a fifth of a second ago. */
  readonly report: () => PublisherReport
  /** How many uploads in all may be published by now. */
  readonly allow: (count: number) => void
  stop(): Promise<void>
}

export function startPublisher(options: {
  readonly file: string
  readonly brokerUrl: string
  readonly brokerSecret: string
  readonly connections: number
}): UploadPublisher {
  const { file, brokerUrl, brokerSecret, connections } = options
  const program = join(import.meta.dir, "publish-uploads.ts")
  const child: ChildProcess = spawn(process.execPath, [program, file, brokerUrl, brokerSecret, String(connections)], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  if (!child.stdout || !child.stdin || child.pid === undefined) throw new Error("the publisher did not start")
  let newest: PublisherReport = { published: 0, stored: 0, refused: 0 }
  let ended = false
  const exited = new Promise<void>((done) => {
    child.once("exit", () => {
      ended = true
      done()
    })
  })
  createInterface({ input: child.stdout }).on("line", (line) => {
    newest = JSON.parse(line) as PublisherReport
  })
  return {
    pid: child.pid,
    report() {
      if (ended) throw new Error("the publisher ended early")
      return newest
    },
    allow: (count) => child.stdin?.write(`${count}\n`),
    async stop() {
      child.stdin?.end()
      await exited
    },
  }
}
