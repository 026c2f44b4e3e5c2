import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import type { BuyerApp } from "../buyer-pages"

/**
 * Loads the built pages, which take this plain one over. Nothing waits for them: what is here can be read before. A style
 * sheet in the head would hold the first paint back, and so would scripts that are in the browser's memory already.
 */
export const AppHead: FC<{ app: BuyerApp }> = ({ app }) => (
  <>
    {app.styles.map((href) => (
      <link rel="preload" as="style" href={href} />
    ))}
    {app.scripts.map((src) => (
      <link rel="preload" as="script" href={src} />
    ))}
    <script
      src="/assets/take-over.js"
      defer
      data-styles={app.styles.join(" ")}
      data-scripts={app.scripts.join(" ")}
    ></script>
  </>
)

/** What the built pages would ask for first, so that one request is enough. `<` cannot end the element. */
export const EmbeddedData: FC<{ id: string; data: unknown }> = ({ id, data }) => (
  <script type="application/json" id={id}>
    {raw(JSON.stringify(data).replaceAll("<", "\\u003c"))}
  </script>
)
