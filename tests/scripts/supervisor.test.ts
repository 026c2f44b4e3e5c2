import { afterEach, describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openDataDirectory } from "../../scripts/data-directory"
import { LOOPBACK } from "../../scripts/engines/ports"
import { type Supervisor, type SupervisorOptions, startSupervisor } from "../../scripts/supervisor"
import { testEngines } from "../support/engines"

const programs = {
  gateway: join(import.meta.dir, "stand-ins/gateway.ts"),
  sandbox: join(import.meta.dir, "stand-ins/sandbox.ts"),
}
const folders: string[] = []
const running: Supervisor[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "suyuan supervisor "))
  folders.push(folder)
  return folder
}

async function start(folder: string, options: Partial<SupervisorOptions> = {}): Promise<Supervisor> {
  const supervisor = await startSupervisor({
    directory: openDataDirectory(folder),
    environment: {},
    programs,
    report: () => {},
    ...options,
  })
  running.push(supervisor)
  return supervisor
}

/** Real engines from outside, as a deployment has them: starts much faster than embedded ones. */
async function outside(): Promise<Record<string, string>> {
  const { databaseUrl, broker, chainRpcUrl } = await testEngines()
  return {
    DATABASE_URL: databaseUrl,
    MQTT_URL: broker.url,
    MQTT_TOKEN_SECRET_FILE: broker.tokenSecretFile,
    CHAIN_RPC_URLS: chainRpcUrl,
  }
}

async function toldBy(supervisor: Supervisor): Promise<Record<string, string>> {
  return (await (await fetch(supervisor.gatewayUrl)).json()) as Record<string, string>
}

async function gatewayPid(supervisor: Supervisor): Promise<number | undefined> {
  return fetch(`${supervisor.gatewayUrl}/pid`).then(
    async (response) => Number(await response.text()),
    () => undefined,
  )
}

describe("with everything embedded", () => {
  test("starts it all, keeps keys to itself, and has the same addresses after a restart", async () => {
    const folder = newFolder()
    const first = await start(folder)
    const told = await toldBy(first)
    expect(told.DATABASE_URL).toMatch(/^postgres:\/\/suyuan:\w+@127\.0\.0\.1:\d+\/suyuan$/)
    expect(told.MQTT_URL).toStartWith(`mqtt://${LOOPBACK}:`)
    expect(told.MQTT_WS_URL).toStartWith(`ws://${LOOPBACK}:`)
    expect(told.WECHAT_PAY_BASE_URL).toBe(first.sandboxUrl ?? "")
    expect(told.ALIPAY_GATEWAY_URL).toBe(`${first.sandboxUrl}/gateway.do?a=b`)
    const deployment = JSON.parse(readFileSync(told.CHAIN_DEPLOYMENT_FILE ?? "", "utf8"))
    expect(deployment.ledger).toMatch(/^0x[0-9a-f]{40}$/)
    for (const name of readdirSync(join(folder, "keys"))) {
      expect(statSync(join(folder, "keys", name)).mode & 0o777).toBe(0o600)
    }
    await first.stop()
    expect(await gatewayPid(first)).toBeUndefined()

    const second = await start(folder)
    expect(second.gatewayUrl).toBe(first.gatewayUrl)
    expect(second.gatewaySettings).toEqual(first.gatewaySettings)
  })
})

describe("with engines from outside", () => {
  test("uses what the environment names, and starts none of it", async () => {
    const environment = await outside()
    const folder = newFolder()
    const supervisor = await start(folder, { environment })
    expect(await toldBy(supervisor)).toMatchObject(environment)
    expect(existsSync(join(folder, "postgres"))).toBe(false)
    const { processes } = JSON.parse(readFileSync(join(folder, "processes.json"), "utf8"))
    expect(processes.map(({ name }: { name: string }) => name)).toEqual(["sandbox", "gateway"])
  })

  test("starts no sandbox when both payment platforms are real ones, and leaves out the settings of one that is", async () => {
    const environment = await outside()
    const wechat = { WECHAT_PAY_BASE_URL: "https://pay.example" }
    const alipay = { ALIPAY_GATEWAY_URL: "https://alipay.example" }
    const one = await start(newFolder(), { environment: { ...environment, ...alipay } })
    expect(await toldBy(one)).toMatchObject({ ...alipay, WECHAT_PAY_BASE_URL: one.sandboxUrl ?? "" })
    await one.stop()
    const both = await start(newFolder(), { environment: { ...environment, ...wechat, ...alipay } })
    expect(both.sandboxUrl).toBeUndefined()
    expect(await toldBy(both)).toMatchObject({ ...wechat, ...alipay })
  })

  test("starts a killed gateway again", async () => {
    const said: string[] = []
    const supervisor = await start(newFolder(), { environment: await outside(), report: (line) => said.push(line) })
    const before = await gatewayPid(supervisor)
    process.kill(before ?? 0, "SIGKILL")
    let after = before
    while (after === undefined || after === before) {
      await Bun.sleep(20)
      after = await gatewayPid(supervisor)
    }
    expect(said).toEqual(["The gateway ended (SIGKILL); starting it again …"])
  })

  test("says what a gateway said that did not start, and leaves nothing running", async () => {
    const environment = { ...(await outside()), STAND_IN_BROKEN: "FOO" }
    const folder = newFolder()
    await expect(start(folder, { environment })).rejects.toThrow("FOO is no setting of this gateway")
    expect(JSON.parse(readFileSync(join(folder, "processes.json"), "utf8")).processes).toEqual([])
  })

  test("stops at once when asked while it starts", async () => {
    const asked = new AbortController()
    const folder = newFolder()
    const started = start(folder, { signal: asked.signal })
    while (!existsSync(join(folder, "processes.json"))) await Bun.sleep(5)
    asked.abort()
    await expect(started).rejects.toThrow("Stopped while starting")
    openDataDirectory(folder).release()
  })

  test("refuses a second supervisor of one data directory, and names the first", async () => {
    const folder = newFolder()
    await start(folder, { environment: await outside() })
    expect(() => openDataDirectory(folder)).toThrow(`Another supervisor (process ${process.pid}) uses ${folder}`)
  })

  test("names the variable of a port that is taken or is none", async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, LOOPBACK, done))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const environment = await outside()
    await expect(start(newFolder(), { environment: { ...environment, GATEWAY_PORT: String(port) } })).rejects.toThrow(
      `Port ${port} is taken: set GATEWAY_PORT`,
    )
    await expect(start(newFolder(), { environment: { ...environment, GATEWAY_PORT: "web" } })).rejects.toThrow(
      "GATEWAY_PORT=web is no port",
    )
    server.close()
  })

  test("refuses to make keys and play money for production", async () => {
    await expect(start(newFolder(), { environment: { SUYUAN_ENV: "production" } })).rejects.toThrow(
      "SUYUAN_ENV=production",
    )
  })
})
