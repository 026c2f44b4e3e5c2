import { afterEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LOOPBACK, openPorts } from "../../../scripts/engines/ports"

const folder = mkdtempSync(join(tmpdir(), "suyuan-ports-"))
const file = join(folder, "ports.json")
const held: Server[] = []

afterEach(async () => {
  await Promise.all(held.splice(0).map((server) => new Promise((done) => server.close(done))))
  rmSync(file, { force: true })
})

function hold(port: number): Promise<void> {
  const server = createServer()
  held.push(server)
  return new Promise((done) => server.listen(port, LOOPBACK, done))
}

test("gives the same port again after a restart", async () => {
  const first = await openPorts(file).claim("gateway")
  expect(await openPorts(file).claim("gateway")).toBe(first)
})

test("gives each name a port of its own, also before anything listens", async () => {
  const ports = openPorts(file)
  const claimed = [await ports.claim("a"), await ports.claim("b"), await ports.claim("c")]
  expect(new Set(claimed).size).toBe(3)
})

test("takes another, and remembers it, when the remembered one is taken", async () => {
  const first = await openPorts(file).claim("gateway")
  await hold(first)
  const second = await openPorts(file).claim("gateway")
  expect(second).not.toBe(first)
  expect(await openPorts(file).claim("gateway")).toBe(second)
})

test("takes the preferred one when it is free, and goes on to another when it is not", async () => {
  const free = await openPorts().claim("any")
  expect(await openPorts().claim("gateway", { preferred: free })).toBe(free)
  await hold(free)
  expect(await openPorts().claim("gateway", { preferred: free })).not.toBe(free)
})

test("names the variable when the port that a person asked for is taken", async () => {
  const port = await openPorts().claim("any")
  const wish = { fixed: { port, variable: "GATEWAY_PORT" } }
  expect(await openPorts().claim("gateway", wish)).toBe(port)
  await hold(port)
  await expect(openPorts().claim("gateway", wish)).rejects.toThrow(`Port ${port} is taken: set GATEWAY_PORT`)
})

test("forgets a port that turned out to be of no use", async () => {
  const ports = openPorts(file)
  const first = await ports.claim("broker")
  ports.forget("broker")
  await hold(first)
  expect(await openPorts(file).claim("broker")).not.toBe(first)
})
