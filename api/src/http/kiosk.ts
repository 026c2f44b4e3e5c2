import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Config } from "../config"
import { ServiceError } from "../errors"
import { newRouter, type Routes } from "./router"

/** Where tablets find their pages. The service worker's scope ends there. */
export const KIOSK_PATH = "/kiosk/"

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
}
const compressible = /^(text|image\/svg|application\/manifest)/
/** Names of built files carry a digest of what is in them; the rest is asked for again each time. */
const digested = /^assets\//
const year = "public, max-age=31536000, immutable"

type KioskFile = { readonly type: string; readonly bytes: Buffer<ArrayBuffer>; readonly gzipped?: Buffer<ArrayBuffer> }

/**
 * The built terminal, as `npm start` or a deployment leaves it in GATEWAY_KIOSK_DIR, read once: no path of a request
 * ever reaches the disk. What a tablet must know before it is enrolled stands in gateway.json.
 */
export function kioskRoutes(config: Config): Routes {
  const routes = newRouter()
  const files =
    config.GATEWAY_KIOSK_DIR === undefined ? new Map<string, KioskFile>() : readFiles(config.GATEWAY_KIOSK_DIR)
  const gateway = JSON.stringify({ networkId: config.NETWORK_ID, development: config.SUYUAN_ENV !== "production" })
  routes.get("/kiosk", (c) => c.redirect(KIOSK_PATH, 308))
  routes.get(`${KIOSK_PATH}gateway.json`, (c) => c.body(gateway, 200, { "content-type": "application/json" }))
  routes.get(`${KIOSK_PATH}*`, (c) => {
    const name = c.req.path.slice(KIOSK_PATH.length) || "index.html"
    const file = files.get(name)
    if (file === undefined) throw new ServiceError("request/not-found")
    const headers = {
      "content-type": file.type,
      "cache-control": digested.test(name) ? year : "no-cache",
      vary: "accept-encoding",
    }
    const takesGzip = /\bgzip\b/.test(c.req.header("accept-encoding") ?? "")
    return takesGzip && file.gzipped !== undefined
      ? c.body(file.gzipped, 200, { ...headers, "content-encoding": "gzip" })
      : c.body(file.bytes, 200, headers)
  })
  return routes
}

function readFiles(folder: string): Map<string, KioskFile> {
  if (!existsSync(join(folder, "index.html"))) throw new Error(`GATEWAY_KIOSK_DIR: ${folder} holds no built terminal`)
  const files = new Map<string, KioskFile>()
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const type = contentTypes[extname(path)]
    if (type === undefined || !statSync(join(folder, path)).isFile()) continue
    const bytes = Buffer.from(readFileSync(join(folder, path)))
    files.set(path.replaceAll("\\", "/"), {
      type,
      bytes,
      ...(compressible.test(type) && { gzipped: Buffer.from(gzipSync(bytes)) }),
    })
  }
  return files
}
