import { readFileSync } from "node:fs"
import { newRouter, type Routes } from "./router"

const files = ["pay.js", "take-over.js"] as const

/** The few files that pages load; everything else stands in them. */
export function assetRoutes(): Routes {
  const routes = newRouter()
  for (const name of files) {
    const text = readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8")
    routes.get(`/assets/${name}`, (c) =>
      c.body(text, 200, { "content-type": "text/javascript; charset=utf-8", "cache-control": "public, max-age=300" }),
    )
  }
  return routes
}
