/** The market corner: a stall's screen beside a buyer's phone, on one page. */

import { timingSafeEqual } from "node:crypto"
import { join } from "node:path"
import { Hono } from "hono"
import { z } from "zod"
import { guard } from "../control/guard"
import type { World } from "../world"
import { CornerPage } from "./corner-page"
import { languageOf } from "./language"
import { document } from "./page"
import { phoneRoutes } from "./phone-routes"
import type { CodeSource } from "./stall-code"
import { drawCode, StallWindow } from "./stall-window"
import { styleSheet } from "./style"

const putInput = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  stall: z.string().min(1).max(64),
  validForSeconds: z.number().int().min(1).max(3600).default(60),
})

const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** The page's script, bundled from TypeScript once per process. */
function scriptOnce(): () => Promise<string> {
  let made: Promise<string> | undefined
  const bundle = async () => {
    const built = await Bun.build({
      entrypoints: [join(import.meta.dir, "browser/main.ts")],
      target: "browser",
      minify: false,
    })
    const output = built.outputs[0]
    if (output === undefined) throw new Error("the market corner's script was not built")
    return output.text()
  }
  return () => {
    made ??= bundle()
    return made
  }
}

function isToken(header: string | undefined, token: string): boolean {
  const expected = Buffer.from(`Bearer ${token}`)
  const given = Buffer.from(header ?? "")
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function stallRoutes(world: World, stall: StallWindow): Hono {
  const routes = new Hono()
  routes.use("*", guard)
  routes.get("/", async (c) => c.json((await stall.current()) ?? null))
  routes.get("/code.svg", async (c) => {
    const code = await stall.current()
    if (code === undefined) return c.text("", 404)
    return c.body(await drawCode(code.url), 200, { "Content-Type": "image/svg+xml", "Cache-Control": "no-store" })
  })
  routes.put("/", async (c) => {
    if (!isToken(c.req.header("authorization"), world.keys.cornerToken)) return c.json({ error: "wrong token" }, 401)
    const input = putInput.safeParse(await c.req.json().catch(() => undefined))
    if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400)
    const { url, stall: name, validForSeconds } = input.data
    stall.put({ url, stall: name, expiresAtMs: world.settings.clockMs() + validForSeconds * 1000 })
    return c.json({ ok: true })
  })
  return routes
}

export function cornerRoutes(world: World, source: CodeSource | undefined): Hono {
  const routes = new Hono()
  const script = scriptOnce()
  routes.get("/", (c) => {
    const language = languageOf(c.req.raw)
    c.header("Content-Security-Policy", pagePolicy)
    if (c.req.query("lang") !== undefined)
      c.header("Set-Cookie", `lang=${language}; Path=/; SameSite=Lax; Max-Age=31536000`)
    return c.html(document(<CornerPage language={language} path={c.req.url} />))
  })
  routes.get("/corner.css", (c) => c.body(styleSheet(), 200, { "Content-Type": "text/css; charset=utf-8" }))
  routes.get("/corner.js", async (c) =>
    c.body(await script(), 200, { "Content-Type": "text/javascript; charset=utf-8" }),
  )
  routes.route("/sandbox/corner", stallRoutes(world, new StallWindow(source, world.settings.clockMs)))
  routes.route("/sandbox/phone", phoneRoutes(world))
  return routes
}
