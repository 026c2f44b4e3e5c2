import { afterAll, afterEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LOOPBACK, openPorts, type Ports } from "../../../scripts/engines/ports"

const folder = mkdtempSync(join(tmpdir(), "suyuan-ports-"))
const file = join(folder, "ports.json")
const held: Server[] = []
const opened: Ports[] = []

afterEach(async () => {
  await release()
  await Promise.all(held.splice(0).map((server) => new Promise((done) => server.close(done))))
  rmSync(file, { force: true })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As if the copy that asked before had ended. */
async function release(): Promise<void> {
  await Promise.all(opened.splice(0).map((ports) => ports.release()))
}

function open(from?: string): Ports {
  const ports = openPorts(from)
  opened.push(ports)
  return ports
}

function hold(port: number): Promise<void> {
  const server = createServer()
  held.push(server)
  return new Promise((done) => server.listen(port, LOOPBACK, done))
}

test("gives the same port again after a restart", async () => {
  const first = await open(file).claim("gateway")
  await release()
  expect(await open(file).claim("gateway")).toBe(first)
})

test("gives each name a port of its own, also before anything listens", async () => {
  const ports = open(file)
  const claimed = [await ports.claim("a"), await ports.claim("b"), await ports.claim("c")]
  expect(new Set(claimed).size).toBe(3)
  expect(await ports.claim("a")).toBe(claimed[0] ?? 0)
})

test("takes another, and remembers it, when the remembered one is taken", async () => {
  const first = await open(file).claim("gateway")
  await release()
  await hold(first)
  const second = await open(file).claim("gateway")
  await release()
  expect(second).not.toBe(first)
  expect(await open(file).claim("gateway")).toBe(second)
})

test("takes the preferred one when it is free, and goes on to another when it is not", async () => {
  const free = await open().claim("any")
  await release()
  expect(await open().claim("gateway", { preferred: free })).toBe(free)
  await release()
  await hold(free)
  expect(await open().claim("gateway", { preferred: free })).not.toBe(free)
})

test.if(process.platform === "linux")(
  "gives no port that another copy has chosen and does not listen on yet",
  async () => {
    const preferred = await open().claim("gateway")
    expect(await open().claim("gateway", { preferred })).not.toBe(preferred)
  },
)

test("names the variable when the port that a person asked for is taken", async () => {
  const port = await open().claim("any")
  await release()
  const wish = { fixed: { port, variable: "GATEWAY_PORT" } }
  expect(await open().claim("gateway", wish)).toBe(port)
  await release()
  await hold(port)
  await expect(open().claim("gateway", wish)).rejects.toThrow(`Port ${port} is taken: set GATEWAY_PORT`)
})

test("forgets a port that turned out to be of no use", async () => {
  const ports = open(file)
  const first = await ports.claim("broker")
  ports.forget("broker")
  await hold(first)
  expect(await open(file).claim("broker")).not.toBe(first)
})
