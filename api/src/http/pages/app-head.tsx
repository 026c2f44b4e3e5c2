import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import type { BuyerApp } from "../buyer-pages"

/** Loads the built pages, which take this plain one over. Nothing waits for them: what is here can be read before. */
export const AppHead: FC<{ app: BuyerApp }> = ({ app }) => (
  <>
    {app.styles.map((href) => (
      <link rel="stylesheet" href={href} />
    ))}
    {app.scripts.map((src) => (
      <script src={src} defer></script>
    ))}
  </>
)

/** What the built pages would ask for first, so that one request is enough. `<` cannot end the element. */
export const EmbeddedData: FC<{ id: string; data: unknown }> = ({ id, data }) => (
  <script type="application/json" id={id}>
    {raw(JSON.stringify(data).replaceAll("<", "\\u003c"))}
  </script>
)
