import type { Context } from "../../context"
import type { ErrorPage } from "../errors"
import { RefusalPage } from "./scan-page"

/** A browser that opened a pay code gets a page, also for a refusal; everybody else gets JSON. */
export function refusalPage(ctx: Pick<Context, "config">): ErrorPage {
  return (c, body, status) => {
    if (!/^\/[pt]\//.test(c.req.path) || !(c.req.header("accept") ?? "").includes("text/html")) return undefined
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
