import type { Context } from "../../context"
import type { ErrorPage } from "../errors"
import { RefusalPage } from "./scan-page"

/** Buyers' pages, a merchant's statement and the office. */
const pagePaths = /^\/(p|t|office|payments\/statements)\//

/** A browser that opened a page gets a page, also for a refusal; everybody else gets JSON. */
export function refusalPage(ctx: Pick<Context, "config">): ErrorPage {
  return (c, body, status) => {
    if (!pagePaths.test(c.req.path) || !(c.req.header("accept") ?? "").includes("text/html")) return undefined
    const page = (
      <RefusalPage
        code={body.code}
        language={c.get("language") ?? "zh"}
        development={ctx.config.SUYUAN_ENV !== "production"}
        nonce={c.get("secureHeadersNonce")}
      />
    )
    return c.html(`<!doctype html>${page}`, status)
  }
}
