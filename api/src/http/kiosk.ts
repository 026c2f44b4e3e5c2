import type { Config } from "../config"
import { answerBuiltFile, type BuiltFiles, readBuiltFiles } from "./built-files"
import { newRouter, type Routes } from "./router"

/** Where tablets find their pages. The service worker's scope ends there. */
export const KIOSK_PATH = "/kiosk/"

const digested = /^assets\//

/**
 * The built terminal, as `npm start` or a deployment leaves it in GATEWAY_KIOSK_DIR. What a tablet must know before it
 * is enrolled stands in gateway.json.
 */
export function kioskRoutes(config: Config): Routes {
  const routes = newRouter()
  const folder = config.GATEWAY_KIOSK_DIR
  const files: BuiltFiles = folder === undefined ? new Map() : readBuiltFiles("GATEWAY_KIOSK_DIR", folder)
  const gateway = JSON.stringify({ networkId: config.NETWORK_ID, development: config.SUYUAN_ENV !== "production" })
  routes.get("/kiosk", (c) => c.redirect(KIOSK_PATH, 308))
  routes.get(`${KIOSK_PATH}gateway.json`, (c) => c.body(gateway, 200, { "content-type": "application/json" }))
  routes.get(`${KIOSK_PATH}*`, (c) =>
    answerBuiltFile(c, files, c.req.path.slice(KIOSK_PATH.length) || "index.html", digested),
  )
  return routes
}
