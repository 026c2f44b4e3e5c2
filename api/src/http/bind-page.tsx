import { mineWords } from "@suyuan/look/mine-words"
import { css } from "@suyuan/look/tokens"
import { words } from "@suyuan/look/words"
import { raw } from "hono/html"
import type { Context } from "../context"
import type { BuyerApp } from "./buyer-pages"
import { frameOf } from "./page-frame"
import { AppHead } from "./pages/app-head"
import { newRouter, type Routes } from "./router"

/** A bind code opened as an address: the built pages take it up; without them, or without scripts, it says what to do. */
export function bindPageRoutes({ ctx, app }: { readonly ctx: Context; readonly app: BuyerApp | undefined }): Routes {
  const router = newRouter()
  router.get("/b/:digits{[0-9]{1,250}}", (c) => {
    const { language, nonce, development } = frameOf(ctx, c)
    const title = mineWords.bindTitle[language]
    const page = (
      <html lang={language === "zh" ? "zh-CN" : "en"}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <meta name="referrer" content="no-referrer" />
          <title>{title}</title>
          <style id="plain-style" nonce={nonce ?? ""}>
            {raw(css() + plainStyle)}
          </style>
          {app && <AppHead app={app} />}
        </head>
        <body>
          {development && <p class="demo">{words.demo[language]}</p>}
          <main class="slip">
            <h1>{title}</h1>
            <p>{mineWords.bindInWallet[language]}</p>
          </main>
        </body>
      </html>
    )
    return c.html(`<!doctype html>${page}`)
  })
  return router
}

const plainStyle = `
body{margin:0;background:var(--paper);color:var(--ink);font-family:var(--font)}
.slip{max-width:480px;margin:16px auto;padding:20px;background:var(--card);border-radius:12px}
.demo{margin:0;padding:8px 16px;background:var(--grain);color:#1D2318;text-align:center}`
