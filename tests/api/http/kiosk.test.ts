import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { answerError } from "@suyuan/api/http/errors"
import { KIOSK_PATH, kioskRoutes } from "@suyuan/api/http/kiosk"
import { newRouter } from "@suyuan/api/http/router"
import { securityHeaders } from "@suyuan/api/http/security-headers"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { pino } from "pino"
import { testConfig } from "../../support/context"

const folder = mkdtempSync(join(tmpdir(), "suyuan-kiosk-routes-"))
beforeAll(() => {
  mkdirSync(join(folder, "kiosk", "assets"), { recursive: true })
  writeFileSync(join(folder, "secret.js"), "no")
  writeFileSync(join(folder, "kiosk", "index.html"), "<!doctype html><title>溯源</title>")
  writeFileSync(join(folder, "kiosk", "service-worker.js"), "self")
  writeFileSync(join(folder, "kiosk", "assets", "index-abc123.js"), "let a".repeat(500))
  writeFileSync(join(folder, "kiosk", ".built-from"), "a digest")
})
afterAll(() => rmSync(folder, { recursive: true }))

function appWith(more: Record<string, string>) {
  const config = testConfig(more)
  const app = newRouter()
  app.onError(answerError(pino({ level: "silent" })))
  app.use(securityHeaders(config))
  app.route("/", kioskRoutes(config))
  return app
}
const served = () => appWith({ GATEWAY_KIOSK_DIR: join(folder, "kiosk"), MQTT_WS_URL: "wss://broker.example/mqtt" })
const get = (path: string, headers: Record<string, string> = {}) => served().request(path, { headers })

describe("the terminal's pages", () => {
  test("have a policy that lets in this origin and the broker, and nothing inline", async () => {
    const page = await get(KIOSK_PATH)
    expect(page.status).toBe(200)
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8")
    const policy = page.headers.get("content-security-policy") ?? ""
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'; style-src 'self'")
    expect(policy).toContain("connect-src 'self' wss://broker.example;")
    expect(policy).not.toContain("unsafe")
    expect(page.headers.get("permissions-policy")).toContain("serial=(self)")
  })

  test("are asked for again each time, but for files that carry a digest in their name", async () => {
    expect((await get(`${KIOSK_PATH}service-worker.js`)).headers.get("cache-control")).toBe("no-cache")
    expect((await get(`${KIOSK_PATH}assets/index-abc123.js`)).headers.get("cache-control")).toContain("immutable")
  })

  test("go packed to who takes it, and mean the same", async () => {
    const packed = await get(`${KIOSK_PATH}assets/index-abc123.js`, { "accept-encoding": "gzip, br" })
    expect(packed.headers.get("content-encoding")).toBe("gzip")
    const bytes = new Uint8Array(await packed.arrayBuffer())
    expect(new TextDecoder().decode(Bun.gunzipSync(bytes))).toBe("let a".repeat(500))
    expect((await get(`${KIOSK_PATH}assets/index-abc123.js`)).headers.get("content-encoding")).toBeNull()
  })

  test.each(["assets/none.js", "../secret.js", "..%2Fsecret.js", "assets/..%2f..%2fsecret.js", ".built-from"])(
    "hold no %s",
    async (name) => {
      expect((await get(`${KIOSK_PATH}${name}`)).status).toBe(404)
    },
  )

  test("say to a tablet which network it is about to join, also where no terminal was built", async () => {
    const bare = appWith({})
    const answer = await bare.request(`${KIOSK_PATH}gateway.json`)
    expect(await answer.json()).toEqual({ networkId: DEVELOPMENT_NETWORK_ID, development: true })
    expect((await bare.request(KIOSK_PATH)).status).toBe(404)
  })

  test("are not those of a folder without a built terminal: the start stops and names the setting", () => {
    expect(() => appWith({ GATEWAY_KIOSK_DIR: folder })).toThrow("GATEWAY_KIOSK_DIR")
  })
})
