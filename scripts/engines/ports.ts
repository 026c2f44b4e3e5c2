// Ports of the embedded engines: any that are free, and a file remembers them so that a restart gives the same addresses.
// Everything listens on the loopback address only.
import { randomInt } from "node:crypto"
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:net"

export const LOOPBACK = "127.0.0.1"
/** Below the ports that systems give to outgoing connections: those are taken now and then by anybody, for minutes. */
const FIRST_PORT = 20_000
const LAST_PORT = 29_999
const ATTEMPTS = 1_000
const NAME_ATTEMPTS = 4
const NAME_PAUSE_MS = 20

/** Listens there for a moment. */
function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer()
    server.once("error", () => done(false))
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => done(true)))
  })
}

/**
 * Between the choice of a port and the moment at which a child listens there lie seconds, in which another copy could
 * choose the same. So a port is reserved by a name that the kernel frees with this process. Only Linux has such names.
 */
async function reserve(port: number): Promise<Server | undefined> {
  if (process.platform !== "linux") return createServer()
  for (let attempt = 0; attempt < NAME_ATTEMPTS; attempt += 1) {
    const server = await holdName(`\0suyuan-port-${port}`)
    if (server !== undefined) return server
    // Bun says that a server is closed a little before the kernel knows.
    await Bun.sleep(NAME_PAUSE_MS)
  }
  return undefined
}

function holdName(name: string): Promise<Server | undefined> {
  const server = createServer().unref()
  return new Promise((done) => {
    server.once("error", () => done(undefined))
    server.listen(name, () => done(server))
  })
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
  /** Lets other copies have the ports; they have them when it resolves. */
  release(): Promise<void>
}

/** What `openPorts` remembered there. */
export function rememberedPort(file: string, name: string): number | undefined {
  return readRemembered(file)[name]
}

function readRemembered(file: string): Readonly<Record<string, number>> {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}
}

/** `file` holds `{name: port}`; without it nothing is remembered, which is what throwaway engines want. */
export function openPorts(file?: string): Ports {
  const remembered = new Map<string, number>(file === undefined ? [] : Object.entries(readRemembered(file)))
  const reserved = new Map<number, Server>()

  function remember(): void {
    if (file === undefined) return
    writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(remembered), null, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  /** True when nobody listens there and no other copy is about to. */
  async function take(port: number): Promise<boolean> {
    const reservation = reserved.get(port) ?? (await reserve(port))
    if (reservation === undefined) return false
    if (!(await isFree(port))) {
      if (!reserved.has(port)) reservation.close()
      return false
    }
    reserved.set(port, reservation)
    return true
  }

  function isAnothers(name: string, port: number): boolean {
    return [...remembered].some(([other, its]) => other !== name && its === port)
  }

  async function anyPort(name: string): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const port = randomInt(FIRST_PORT, LAST_PORT + 1)
      if (!isAnothers(name, port) && (await take(port))) return port
    }
    throw new Error(`No port from ${FIRST_PORT} to ${LAST_PORT} could be opened on ${LOOPBACK}.`)
  }

  async function firstFree(name: string, wanted: readonly (number | undefined)[]): Promise<number | undefined> {
    for (const port of wanted) {
      if (port !== undefined && !isAnothers(name, port) && (await take(port))) return port
    }
    return undefined
  }

  return {
    async claim(name, { preferred, fixed } = {}) {
      if (fixed !== undefined) {
        if (await take(fixed.port)) return fixed.port
        throw new Error(`Port ${fixed.port} is taken: set ${fixed.variable} to another, or leave it out.`)
      }
      const before = remembered.get(name)
      const port = (await firstFree(name, [before, preferred])) ?? (await anyPort(name))
      if (port !== before) {
        remembered.set(name, port)
        remember()
      }
      return port
    },
    forget(name) {
      const port = remembered.get(name)
      if (port !== undefined) reserved.get(port)?.close()
      if (port !== undefined) reserved.delete(port)
      remembered.delete(name)
      remember()
    },
    async release() {
      const held = [...reserved.values()]
      reserved.clear()
      // One that never listened (not on Linux) says so with an error, and is closed all the same.
      await Promise.all(held.map((reservation) => new Promise<void>((done) => reservation.close(() => done()))))
    },
  }
}
