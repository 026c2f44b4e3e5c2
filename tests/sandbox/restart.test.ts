import { expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startSandbox } from "@suyuan/sandbox/start-sandbox"
import { control, jsapiOrder, newBuyer, openJsapi, startBench, until, wechatCall } from "./merchant"

const main = join(import.meta.dir, "../../sandbox/src/main.ts")

/** A sandbox in a process of its own, which can be killed. */
async function startProcess(dataDir: string, environment: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, main], {
    env: { ...process.env, SUYUAN_DATA_DIR: dataDir, SANDBOX_PORT: "0", SUYUAN_ENV: "", ...environment },
    stdout: "pipe",
    stderr: "pipe",
  })
  const firstLine = async () => {
    let text = ""
    for await (const chunk of child.stdout) {
      text += new TextDecoder().decode(chunk)
      if (text.includes("\n")) return text
    }
    return text
  }
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await firstLine())?.[0]
  return { child, url }
}

test("keys, orders, money and notifications still owed survive kill -9", async () => {
  const bench = await startBench()
  const dataDir = mkdtempSync(join(tmpdir(), "sandbox-kill-"))
  const environmentOf = () =>
    Object.fromEntries(
      readFileSync(join(dataDir, "sandbox/gateway.env"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    )
  try {
    const first = await startProcess(dataDir)
    const sandbox = { ...bench.sandbox, url: String(first.url), environment: environmentOf() }
    const away = { ...bench, sandbox }
    const buyer = await newBuyer(sandbox)
    const paid = jsapiOrder(away, buyer)
    // Two refusals: the notification is still owed when the sandbox dies.
    bench.notices.answers.push({ status: 500, body: "" }, { status: 500, body: "" })
    const bridge = await openJsapi(away, paid)
    await control(sandbox, "POST", `/buyers/${buyer.id}/pay`, { bridge })
    const open = jsapiOrder(away, buyer)
    const openBridge = await openJsapi(away, open)
    await until(() => bench.notices.received[0], "a first notification")
    first.child.kill("SIGKILL")
    await first.child.exited

    const second = await startProcess(dataDir)
    const after = { ...sandbox, url: String(second.url), environment: environmentOf() }
    expect(after.environment.WECHAT_PAY_SERIAL).toBe(String(sandbox.environment.WECHAT_PAY_SERIAL))
    const query = await wechatCall(after, {
      path: `/v3/pay/partner/transactions/out-trade-no/${String(paid.out_trade_no)}?sp_mchid=1900000001&sub_mchid=1900000109`,
    })
    expect(JSON.parse(query.text)).toMatchObject({ trade_state: "SUCCESS" })
    expect(await control(after, "GET", "/books")).toMatchObject({ receiptsFen: 1230, refundsFen: 0 })
    const payOpen = await control(after, "POST", `/buyers/${buyer.id}/pay`, { bridge: openBridge })
    expect(payOpen).toMatchObject({ result: "paid" })
    await until(async () => {
      const { notifications } = await control<{ notifications: { acceptedAtMs: number | null }[] }>(
        after,
        "GET",
        "/notifications",
      )
      return notifications.length === 2 && notifications.every((one) => one.acceptedAtMs !== null) ? true : undefined
    }, "both notifications accepted")
    second.child.kill("SIGKILL")
    await second.child.exited
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
    await bench.end()
  }
}, 30_000)

test("a production start is refused with its reason", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "sandbox-production-"))
  const { child } = await startProcess(dataDir, { SUYUAN_ENV: "production" })
  expect(await child.exited).toBe(1)
  expect(await new Response(child.stderr).text()).toContain("SUYUAN_ENV=production")
  rmSync(dataDir, { recursive: true, force: true })
})

test("another address than loopback is refused", async () => {
  await expect(startSandbox({ dataDir: "/nowhere", host: "0.0.0.0" })).rejects.toThrow("loopback only")
})

test("keys are for the owner only", async () => {
  const bench = await startBench()
  const mode = (path: string) => statSync(path).mode & 0o777
  expect(mode(bench.sandbox.environmentFile)).toBe(0o600)
  expect(mode(String(bench.sandbox.environment.WECHAT_PAY_PRIVATE_KEY_FILE))).toBe(0o600)
  expect(mode(join(bench.dataDir, "sandbox"))).toBe(0o700)
  await bench.end()
})

test("pages of other origins and other host names cannot steer it", async () => {
  const bench = await startBench()
  const post = (headers: Record<string, string>) =>
    fetch(`${bench.sandbox.url}/sandbox/buyers`, { method: "POST", body: "{}", headers })
  const json = { "Content-Type": "application/json" }
  expect((await post({ ...json, Origin: "https://example.com" })).status).toBe(403)
  expect((await post({ ...json, Host: "example.com" })).status).toBe(403)
  expect((await post({ "Content-Type": "text/plain" })).status).toBe(415)
  expect((await post(json)).status).toBe(201)
  await bench.end()
})
