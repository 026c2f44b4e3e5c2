import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openBuyerPages } from "@suyuan/api/http/buyer-pages"
import { answerError } from "@suyuan/api/http/errors"
import { newRouter } from "@suyuan/api/http/router"
import { securityHeaders } from "@suyuan/api/http/security-headers"
import { pino } from "pino"
import { testConfig } from "../../support/context"

const folder = mkdtempSync(join(tmpdir(), "suyuan-buyer-pages-"))
beforeAll(() => {
  mkdirSync(join(folder, "built", "js"), { recursive: true })
  writeFileSync(join(folder, "secret.js"), "no")
  writeFileSync(
    join(folder, "built", "index.html"),
    '<!doctype html><html lang="zh-CN"><script src="/m/js/1.abc.js"></script><script src="/m/js/app.abc.js"></script><link href="/m/css/app.abc.css">',
  )
  writeFileSync(join(folder, "built", "js", "app.abc.js"), "let a")
})
afterAll(() => rmSync(folder, { recursive: true }))

function appWith(more: Record<string, string>) {
  const config = testConfig(more)
  const app = newRouter()
  app.onError(answerError(pino({ level: "silent" })))
  app.use(securityHeaders(config))
  const pages = openBuyerPages(config)
  app.route("/", pages.routes)
  return { app, pages }
}
const served = () => appWith({ GATEWAY_BUYER_DIR: join(folder, "built") })

test("plain pages are told what to load, in the builder's order", () => {
  expect(served().pages.app).toEqual({
    scripts: ["/m/js/1.abc.js", "/m/js/app.abc.js"],
    styles: ["/m/css/app.abc.css"],
  })
})

test("nothing stands inline and nothing comes from elsewhere; what carries a digest is kept for ever", async () => {
  const { app } = served()
  const page = await app.request("/m/")
  expect(page.status).toBe(200)
  expect(page.headers.get("content-security-policy")).not.toContain("unsafe")
  expect(page.headers.get("cache-control")).toBe("no-cache")
  expect((await app.request("/m/js/app.abc.js")).headers.get("cache-control")).toContain("immutable")
})

test("a demonstration is said to be one in the page itself, and nothing else is", async () => {
  const textOf = async ({ app }: ReturnType<typeof served>) => (await app.request("/m/")).text()
  expect(await textOf(served())).toStartWith('<!doctype html><html data-demo lang="zh-CN">')
  const production = openBuyerPages({
    ...testConfig({ GATEWAY_BUYER_DIR: join(folder, "built") }),
    SUYUAN_ENV: "production",
  })
  const router = newRouter()
  router.route("/", production.routes)
  expect(await (await router.request("/m/")).text()).toStartWith('<!doctype html><html lang="zh-CN">')
})

test("no path of a request reaches the disk", async () => {
  const { app } = served()
  for (const path of ["/m/../secret.js", "/m/%2e%2e/secret.js", "/m/js/none.js"]) {
    expect((await app.request(path)).status).toBe(404)
  }
})

test("without built pages there are none, and the plain ones load nothing of them", async () => {
  const { app, pages } = appWith({})
  expect(pages.app).toBeUndefined()
  expect((await app.request("/m/")).status).toBe(404)
})

test("a folder that holds no built pages stops the start", () => {
  expect(() => appWith({ GATEWAY_BUYER_DIR: folder })).toThrow("GATEWAY_BUYER_DIR")
})
