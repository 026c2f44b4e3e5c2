import { type OfficeWord, officeWords } from "@suyuan/look/reconciliation-words"
import { css } from "@suyuan/look/tokens"
import type { WordLanguage } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { raw } from "hono/html"
import type { FC, PropsWithChildren } from "hono/jsx"
import { type PageFrame, withLanguage } from "./office-frame"
import { OfficeNav } from "./office-nav"

export { type PageFrame, withLanguage }

export function sayOffice(language: WordLanguage): (word: OfficeWord) => string {
  return (word) => officeWords[word][language]
}

export const yuan = (fen: number): string => `¥${fenToYuan(fen)}`

/** `2026-03-01 09:30` where the site is. */
export function localMinute(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(at)
}

type OfficePageProps = PropsWithChildren<{
  readonly frame: PageFrame
  readonly title: string
  readonly isSignedIn?: boolean
  /** Of what stands on this page alone. */
  readonly ownStyle?: string
}>

/** Plain pages without a script, for people at a desk and on a phone. */
export const OfficePage: FC<OfficePageProps> = ({ frame, title, isSignedIn, ownStyle = "", children }) => {
  const { language, nonce, development, path } = frame
  const say = sayOffice(language)
  const other = language === "zh" ? "en" : "zh"
  return (
    <html lang={language === "zh" ? "zh-CN" : "en"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <style nonce={nonce ?? ""}>{raw(css() + officeStyle + ownStyle)}</style>
      </head>
      <body>
        <header>
          {development && <p class="demo">{say("demo")}</p>}
          {isSignedIn && <OfficeNav frame={frame} />}
        </header>
        <main>
          <h1>{title}</h1>
          {children}
        </main>
        <footer>
          <a href={withLanguage(path, other)} hreflang={other}>
            {say("otherLanguage")}
          </a>
          {isSignedIn && (
            <form method="post" action={withLanguage("/office/session/end", language)}>
              <button type="submit" class="quiet">
                {say("signOut")}
              </button>
            </form>
          )}
        </footer>
      </body>
    </html>
  )
}

const officeStyle = `
body{margin:0;background:var(--paper);color:var(--ink);font-family:var(--font);font-size:16px;line-height:1.5}
.demo{margin:0;padding:8px 16px;background:var(--grain);color:var(--on-grain);text-align:center;font-size:14px}
main{max-width:880px;box-sizing:border-box;width:calc(100% - 16px);margin:16px auto;padding:20px;background:var(--card);border-radius:12px;box-shadow:0 2px 10px var(--shadow)}
h1{margin:0 0 8px;font-size:28px;line-height:1.25}h2{font-size:20px;margin:16px 0 4px}p{margin:4px 0}
.soft,small,dt{color:var(--ink-soft);font-size:14px}.bad{color:var(--chilli)}.good{color:var(--leaf)}
.waiting{border-left:4px solid var(--grain);padding-left:8px}.number{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
a{color:var(--sky)}nav,.links{display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0}nav a,.links a,footer a{display:inline-block;min-height:44px;line-height:44px}
nav a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
nav.office{max-width:880px;margin:8px auto 0;padding:0 16px;box-sizing:border-box}
.drill{margin:8px 0;padding:12px;border:3px dashed var(--sky);border-radius:12px;font-weight:600}
a.go{display:inline-block;min-height:44px;line-height:44px;padding:0 20px;border-radius:12px;background:var(--leaf);color:var(--on-leaf);font-weight:600;text-decoration:none}a.go.quiet{background:none;color:var(--sky);border:1px solid var(--sky)}
.photo{display:inline-block;margin:8px 8px 8px 0}.photo img{border-radius:8px;object-fit:cover;background:var(--paper)}
.cards{list-style:none;margin:0;padding:0}.cards>li{border-top:1px solid var(--line);padding:12px 0}
.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 16px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:8px 16px;margin:8px 0}dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
form.ask{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:end;margin:12px 0}label{display:grid;gap:4px;font-size:14px;color:var(--ink-soft)}
input,select,textarea{min-height:44px;padding:0 12px;border:1px solid var(--ink-soft);border-radius:12px;background:var(--card);color:var(--ink);font:inherit;max-width:100%;box-sizing:border-box}
button{min-height:44px;padding:0 20px;border:0;border-radius:12px;background:var(--leaf);color:var(--on-leaf);font:inherit;font-weight:600}
textarea{padding:12px;width:100%;min-height:96px}label.wide{flex:1 1 100%}label.tick{display:flex;align-items:center;min-height:44px;gap:8px}label.tick input{min-height:0;width:24px;height:24px}
button.quiet{background:none;color:var(--sky);font-weight:400}
button:focus-visible,a:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible{outline:3px solid var(--sky);outline-offset:2px}
.effect{border:2px solid var(--grain);border-radius:12px;padding:12px;margin:12px 0}
.row h2,.effect h2{margin:0 0 4px}label{grid-template-columns:minmax(0,1fr);min-width:0;max-width:100%}label.tick{grid-template-columns:none}input[type=file]{padding:8px 12px}
button.danger{background:var(--chilli);color:var(--card)}.large{font-size:44px;line-height:1.25;letter-spacing:2px}td small{display:block}
.lines{list-style:none;margin:0;padding:0}.lines li{align-items:center}.lines a{display:inline-block;min-height:44px;line-height:44px}
form.ask p{margin:0}form.ask .wide{flex:1 1 100%}details summary{min-height:44px;line-height:44px;color:var(--sky)}
footer{display:flex;justify-content:center;align-items:center;gap:16px;padding:8px 16px 24px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:8px;border-top:1px solid var(--line);text-align:right}
th:first-child,td:first-child{text-align:left}thead th{border-top:0;font-size:14px;color:var(--ink-soft);font-weight:400}tr.total td,tr.total th{border-top:2px solid var(--ink);font-weight:600}
@media (max-width:560px){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{display:grid;grid-template-columns:1fr auto;text-align:right;border-top:1px solid var(--line);padding:8px 0}tr.total{border-top:2px solid var(--ink)}
tr.total td,tr.total th{border:0}th,td{border:0;padding:2px 0}th[scope=row]{grid-column:1/-1;text-align:left}td{display:contents}td::before{content:attr(data-label);color:var(--ink-soft);font-weight:400;text-align:left}}
@page{size:A4;margin:16mm}
@media print{body{--ink:#1D2318;--ink-soft:#5E6656;--card:#FFFFFF;--line:#DEDCCF;background:#FFFFFF}
main{box-shadow:none;max-width:none;width:auto;margin:0;padding:0}footer,nav,header{display:none}}
`
