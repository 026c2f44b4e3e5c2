import type { Context as HttpContext } from "hono"
import type { Context } from "../context"
import type { PageFrame } from "./pages/office-page"
import type { HttpEnvironment } from "./router"

/** The page's language is what its address says, else what the browser prefers. */
export function frameOf(ctx: Pick<Context, "config">, c: HttpContext<HttpEnvironment>): PageFrame {
  const asked = c.req.query("lang")
  const kept = new URLSearchParams(c.req.query())
  kept.delete("lang")
  const scopes = c.get("actor")?.scopes
  return {
    ...(scopes && { scopes }),
    language: asked === "zh" || asked === "en" ? asked : (c.get("language") ?? "zh"),
    nonce: c.get("secureHeadersNonce"),
    development: ctx.config.SUYUAN_ENV !== "production",
    path: kept.size === 0 ? c.req.path : `${c.req.path}?${kept}`,
  }
}
