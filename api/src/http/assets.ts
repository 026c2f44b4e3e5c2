import { readFileSync } from "node:fs"
import { newRouter, type Routes } from "./router"

const pay = readFileSync(new URL("./assets/pay.js", import.meta.url), "utf8")

/** The few files that pages load; everything else stands in them. */
export function assetRoutes(): Routes {
  const routes = newRouter()
  routes.get("/assets/pay.js", (c) =>
    c.body(pay, 200, { "content-type": "text/javascript; charset=utf-8", "cache-control": "public, max-age=300" }),
  )
  return routes
}
