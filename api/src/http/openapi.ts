import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { sessionCookie } from "./buyer-session"
import { newRouter, type Routes } from "./router"

/** Version of the HTTP interface, not of the program. */
const version = "1.0.0"

const info = {
  title: "Suyuan gateway",
  version,
  description: [
    "Every sale at a stall is paid through a code that the stall's own terminal signs, so the payment becomes the trace record.",
    "Amounts are integer fen, weights integer grams. A refusal has a closed `code` and one sentence in Chinese or English by `Accept-Language`.",
    "Creating verbs take an id (UUIDv7) that the caller made and kept: asking again after a lost answer is harmless.",
  ].join("\n\n"),
}

type SecuritySchemes = Parameters<Routes["openAPIRegistry"]["registerComponent"]>

const schemes: readonly SecuritySchemes[] = [
  [
    "securitySchemes",
    "accessToken",
    { type: "http", scheme: "bearer", description: "Scoped token of an operator, inspector or machine" },
  ],
  [
    "securitySchemes",
    "buyerSession",
    { type: "http", scheme: "bearer", description: "Session of a buyer's mini-program" },
  ],
  [
    "securitySchemes",
    "buyerCookie",
    { type: "apiKey", in: "cookie", name: sessionCookie, description: "Session of a buyer's H5 page" },
  ],
]

/** Serves the document of all routes that `app` has by then, and a page to read it, from our own files only. */
export function serveDocument(app: Routes): void {
  for (const scheme of schemes) app.openAPIRegistry.registerComponent(...scheme)
  app.doc31("/openapi.json", { openapi: "3.1.0", info })
  app.route("/", docsRoutes())
}

/** The document as data: what the client's types are generated from. */
export function documentOf(app: Routes): object {
  return app.getOpenAPI31Document({ openapi: "3.1.0", info })
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Suyuan gateway API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`
const startScript = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, tryItOutEnabled: false })\n`

const assetTypes: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}

function docsRoutes(): Routes {
  const router = newRouter()
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"))
  const cached = { "Cache-Control": "public, max-age=86400" }
  router.get("/docs", (c) => c.html(page))
  router.get("/docs/start.js", (c) =>
    c.body(startScript, 200, { "Content-Type": "text/javascript; charset=utf-8", ...cached }),
  )
  for (const [file, type] of Object.entries(assetTypes)) {
    router.get(`/docs/${file}`, (c) =>
      c.body(new Uint8Array(readFileSync(join(folder, file))), 200, { "Content-Type": type, ...cached }),
    )
  }
  return router
}
