import { css } from "@suyuan/look/tokens"
import { type WordLanguage, words } from "@suyuan/look/words"
import { raw } from "hono/html"
import type { FC, PropsWithChildren } from "hono/jsx"

export type PlainFrameProps = {
  readonly title: string
  readonly language: WordLanguage
  readonly development: boolean
  readonly nonce: string | undefined
  /** Asks for itself again after a while. */
  readonly repeats?: boolean
}

const repeatSeconds = 4

/** One slip of paper for a browser without scripts. */
export const PlainFrame: FC<PropsWithChildren<PlainFrameProps>> = (props) => (
  <html lang={props.language === "zh" ? "zh-CN" : "en"}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      {/* WeChat Pay looks at the origin that leads to its page; the code's digits stay here. */}
      <meta name="referrer" content="strict-origin" />
      {props.repeats && <meta http-equiv="refresh" content={`${repeatSeconds}`} />}
      <title>{props.title}</title>
      <style nonce={props.nonce ?? ""}>{raw(css() + plainStyle)}</style>
    </head>
    <body>
      {props.development && <p class="demo">{words.demo[props.language]}</p>}
      <main class="slip">
        <h1>{props.title}</h1>
        {props.children}
      </main>
    </body>
  </html>
)

const plainStyle = `
body{margin:0;background:var(--paper);color:var(--ink);font-family:var(--font);font-size:16px;line-height:1.5}
.demo{margin:0;padding:8px 16px;background:var(--grain);color:var(--on-grain);text-align:center;font-size:14px}
.slip{max-width:480px;box-sizing:border-box;width:calc(100% - 16px);margin:16px auto;padding:20px;background:var(--card);border-radius:12px;box-shadow:0 2px 10px rgb(0 0 0 / 8%)}
h1{margin:0 0 12px;font-size:28px;line-height:1.25}.soft{color:var(--ink-soft);font-size:14px}
.good{color:var(--leaf)}.waiting{border-left:4px solid var(--grain);padding-left:8px}.large{font-size:20px;font-weight:600}
.digits{margin:8px 0;font-size:44px;font-weight:700;font-variant-numeric:tabular-nums;letter-spacing:.08em;line-height:1.2}
.code{display:block;max-width:100%;height:auto;margin:12px auto;background:#fff;border-radius:8px}
a{display:inline-block;min-height:44px;line-height:44px;color:var(--sky)}
.button{display:block;min-height:56px;line-height:56px;border-radius:12px;background:var(--leaf);color:var(--on-leaf);font-size:20px;font-weight:600;text-align:center;text-decoration:none}
.own-result{display:block;margin:12px 0;border:2px solid var(--leaf);border-radius:12px;color:var(--leaf);font-weight:600;text-align:center;text-decoration:none}
a:focus-visible{outline:3px solid var(--sky);outline-offset:2px}`
