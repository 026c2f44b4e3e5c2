import { describe, expect, test } from "bun:test"
import { serveDocument } from "@suyuan/api/http/openapi"
import { newRouter } from "@suyuan/api/http/router"
import { securityHeaders } from "@suyuan/api/http/security-headers"
import { testConfig } from "../../support/context"

const app = newRouter()
app.use(securityHeaders(testConfig()))
serveDocument(app)

describe("/docs", () => {
  test("loads everything from here, and nothing inline that our policy would forbid", async () => {
    const page = await (await app.request("/docs")).text()
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "")
    expect(sources.length).toBe(3)
    for (const source of sources) {
      expect(source).toStartWith("/docs/")
      const asset = await app.request(source)
      expect(asset.status).toBe(200)
      expect(asset.headers.get("Content-Type")).toMatch(source.endsWith(".css") ? /^text\/css/ : /^text\/javascript/)
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(50)
    }
    expect(page).not.toMatch(/<script>|<style| style=| on[a-z]+=/)
  })

  test("reads /openapi.json, which names how to authenticate", async () => {
    expect(await (await app.request("/docs/start.js")).text()).toContain('"/openapi.json"')
    const document = await (await app.request("/openapi.json")).json()
    expect(document.openapi).toBe("3.1.0")
    expect(Object.keys(document.components.securitySchemes)).toEqual(["accessToken", "buyerSession", "buyerCookie"])
  })
})
