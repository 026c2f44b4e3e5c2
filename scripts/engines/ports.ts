// Ports of the embedded engines. The system chooses them, and a file remembers them so that a restart gives the same
// addresses. Everything listens on the loopback address only.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"

export const LOOPBACK = "127.0.0.1"

/** Listens for a moment on `port` (0: the system chooses) and returns the port, or undefined when it is taken. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer()
    server.once("error", () => done(undefined))
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address()
      const bound = typeof address === "object" && address !== null ? address.port : undefined
      server.close(() => done(bound))
    })
  })
}

async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined
}

export type PortWish = {
  readonly preferred?: number
  /** Taken or refused, never replaced; `variable` is where the person gave it. */
  readonly fixed?: { readonly port: number; readonly variable: string }
}

export type Ports = {
  /** The remembered port of `name`, else `wish.preferred`, else another; `wish.fixed` is one that a person asked for. */
  claim(name: string, wish?: PortWish): Promise<number>
  /** Forgets a port that turned out to be taken, so that the next claim gives another. */
  forget(name: string): void
}

/** `file` holds `{name: port}`; without it nothing is remembered, which is what throwaway engines want. */
export function openPorts(file?: string): Ports {
  const remembered = new Map<string, number>(
    file !== undefined && existsSync(file) ? Object.entries(JSON.parse(readFileSync(file, "utf8"))) : [],
  )
  const claimed = new Set<number>()

  function remember(): void {
    if (file === undefined) return
    writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(remembered), null, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  async function unclaimedPort(): Promise<number> {
    for (;;) {
      const port = await tryPort(0)
      if (port === undefined) throw new Error(`No port could be opened on ${LOOPBACK}.`)
      if (!claimed.has(port) && ![...remembered.values()].includes(port)) return port
    }
  }

  async function firstFree(wanted: readonly (number | undefined)[]): Promise<number | undefined> {
    for (const port of wanted) if (port !== undefined && (await isPortFree(port))) return port
    return undefined
  }

  return {
    async claim(name, { preferred, fixed } = {}) {
      if (fixed !== undefined) {
        if (await isPortFree(fixed.port)) return fixed.port
        throw new Error(`Port ${fixed.port} is taken: set ${fixed.variable} to another, or leave it out.`)
      }
      const before = remembered.get(name)
      const port = (await firstFree([before, preferred])) ?? (await unclaimedPort())
      claimed.add(port)
      if (port !== before) {
        remembered.set(name, port)
        remember()
      }
      return port
    },
    forget(name) {
      remembered.delete(name)
      remember()
    },
  }
}
