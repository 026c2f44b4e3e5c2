import { buyerWords } from "@suyuan/look/buyer-words"
import { type ErrorCode, errorWords } from "@suyuan/look/errors"
import { officeNavWords } from "@suyuan/look/office-nav-words"
import { css, stateShapes } from "@suyuan/look/tokens"
import { type WordLanguage, words } from "@suyuan/look/words"
import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import type { Context } from "../../context"
import type { ErrorPage } from "../errors"
import { withLanguage } from "./office-frame"
import { scanStyle } from "./scan-style"

/** Buyers' pages, a merchant's statement and the office. */
const pagePaths = /^\/(p|t|office|payments\/statements)\//

/** A browser that opened a page gets a page, also for a refusal; everybody else gets JSON. */
export function refusalPage(ctx: Pick<Context, "config">): ErrorPage {
  return (c, body, status) => {
    if (!pagePaths.test(c.req.path) || !(c.req.header("accept") ?? "").includes("text/html")) return undefined
    const language = c.get("language") ?? "zh"
    const page = (
      <RefusalPage
        code={body.code}
        language={language}
        development={ctx.config.SUYUAN_ENV !== "production"}
        nonce={c.get("secureHeadersNonce")}
        back={officeBack(c.req.path, language)}
      />
    )
    return c.html(`<!doctype html>${page}`, status)
  }
}

/** Pages whose own address without its last part is a page too. */
const nested =
  /^(\/office\/(?:recalls|alarms|problems|tests|merchants|payee-changes|names)(?:\/.+)?|\/office\/terminals\/[^/]+)\/[^/]+$/

/** From a page of the office that could not be shown to the one above it. */
function officeBack(path: string, language: WordLanguage): { href: string; words: string } | undefined {
  if (!path.startsWith("/office/")) return undefined
  return { href: withLanguage(nested.exec(path)?.[1] ?? "/office", language), words: officeNavWords.back[language] }
}

/** What a buyer can do about it; staff's pages say it themselves. */
function nextStep(code: ErrorCode): "scanAgain" | "askForShare" | undefined {
  if (/^(pay-code|sale|terminal|link)\//.test(code)) return "scanAgain"
  return code.startsWith("trace/") ? "askForShare" : undefined
}

/** A refusal as a page: what happened, in the language asked for. */
const RefusalPage: FC<{
  code: ErrorCode
  language: WordLanguage
  development: boolean
  nonce: string | undefined
  /** A way on, for pages that have one. */
  back?: { href: string; words: string } | undefined
}> = (props) => {
  const step = nextStep(props.code)
  return (
    <html lang={props.language === "zh" ? "zh-CN" : "en"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>溯源</title>
        <style nonce={props.nonce ?? ""}>{raw(css() + scanStyle)}</style>
      </head>
      <body>
        {props.development && <p class="demo">{words.demo[props.language]}</p>}
        <main class="slip">
          <p class="bad large" role="alert">
            {stateShapes.refused} {errorWords[props.code][props.language]}
          </p>
          {step && <p>{buyerWords[step][props.language]}</p>}
          <p class="soft">{props.code}</p>
          {props.back && (
            <p>
              <a href={props.back.href}>{props.back.words}</a>
            </p>
          )}
        </main>
      </body>
    </html>
  )
}
