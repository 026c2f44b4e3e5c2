import type { Config } from "../config"
import { answerBuiltFile, type BuiltFiles, readBuiltFiles } from "./built-files"
import { newRouter, type Routes } from "./router"

const PAGES_PATH = "/m/"
const digested = /^(js|css)\//

/** What a plain page loads to become the buyer's pages: addresses in the order in which they are needed. */
export type BuyerApp = { readonly scripts: readonly string[]; readonly styles: readonly string[] }

export type BuyerPages = {
  /** `undefined`: none were built, and the plain pages stand alone. */
  readonly app: BuyerApp | undefined
  readonly routes: Routes
}

/** The buyer's built pages (GATEWAY_BUYER_DIR). They take over /p/ and /t/, whose plain pages need no script. */
export function openBuyerPages(config: Config): BuyerPages {
  const routes = newRouter()
  const folder = config.GATEWAY_BUYER_DIR
  // Known before the first word stands there: a strip that comes late pushes the page down.
  const finish = (html: string) =>
    config.SUYUAN_ENV === "production" ? html : html.replace("<html", "<html data-demo")
  const files: BuiltFiles = folder === undefined ? new Map() : readBuiltFiles("GATEWAY_BUYER_DIR", folder, finish)
  routes.get("/m", (c) => c.redirect(PAGES_PATH, 308))
  routes.get(`${PAGES_PATH}*`, (c) =>
    answerBuiltFile(c, files, c.req.path.slice(PAGES_PATH.length) || "index.html", digested),
  )
  const index = files.get("index.html")?.bytes.toString("utf8")
  return { routes, app: index === undefined ? undefined : appOf(index) }
}

function appOf(index: string): BuyerApp {
  const addresses = (pattern: RegExp) => [...index.matchAll(pattern)].map(([, address = ""]) => address)
  return { scripts: addresses(/src="(\/m\/[^"]+\.js)"/g), styles: addresses(/href="(\/m\/[^"]+\.css)"/g) }
}
