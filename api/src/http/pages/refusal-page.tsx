import { officeNavWords } from "@suyuan/look/office-nav-words"
import type { WordLanguage } from "@suyuan/look/words"
import type { Context } from "../../context"
import type { ErrorPage } from "../errors"
import { withLanguage } from "./office-frame"
import { RefusalPage } from "./scan-page"

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
