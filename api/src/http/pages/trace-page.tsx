import { buyerWords } from "@suyuan/look/buyer-words"
import { css, stateShapes } from "@suyuan/look/tokens"
import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import type { Trace } from "../../trace/read-trace"
import type { BuyerApp } from "../buyer-pages"
import { AppHead } from "./app-head"
import { certifiedText, testedText } from "./coverage-words"
import { BarPatterns, barStyle, OriginBars } from "./origin-bars"
import { originText } from "./origin-words"
import { cardSize } from "./share-card"
import { Recalled, TestLines } from "./test-lines"

type TracePageProps = {
  readonly trace: Trace
  readonly path: string
  /** Of this page and of its picture, for whoever previews the link; none where no share opens it. */
  readonly preview?: { readonly url: string; readonly picture: string } | undefined
  readonly language: WordLanguage
  readonly nonce: string | undefined
  readonly app?: BuyerApp | undefined
}
type Line = Trace["lines"][number]

/** A shared trace as a plain page: neither buyer, price nor time of day; readable without a script. */
export const TracePage: FC<TracePageProps> = ({ trace, path, preview, language, nonce, app }) => {
  const say = (word: Word) => words[word][language]
  const other = language === "zh" ? "en" : "zh"
  const names = trace.lines.map((line) => (language === "zh" ? line.name : line.nameEn) ?? "").filter((name) => name)
  const title = `${say("traceTitle")} · ${names.join(language === "zh" ? "、" : ", ")}`
  return (
    <html lang={language === "zh" ? "zh-CN" : "en"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta property="og:title" content={title} />
        <meta property="og:type" content="article" />
        <meta property="og:site_name" content="溯源 Suyuan" />
        <meta property="og:locale" content={language === "zh" ? "zh_CN" : "en_GB"} />
        <meta property="og:description" content={finestOf(trace.lines[0], trace.stall.zone, language)} />
        <meta name="description" content={finestOf(trace.lines[0], trace.stall.zone, language)} />
        {preview && (
          <>
            <meta property="og:url" content={preview.url} />
            <meta property="og:image" content={preview.picture} />
            <meta property="og:image:type" content="image/png" />
            <meta property="og:image:width" content={String(cardSize.width)} />
            <meta property="og:image:height" content={String(cardSize.height)} />
            <meta property="og:image:alt" content={title} />
            <meta name="twitter:card" content="summary_large_image" />
          </>
        )}
        <title>{title}</title>
        <style id="plain-style" nonce={nonce ?? ""}>
          {raw(css() + traceStyle + tracePartStyle)}
        </style>
        {app && <AppHead app={app} />}
      </head>
      <body>
        {trace.development && <p class="demo">{say("demo")}</p>}
        <main class="slip">
          <BarPatterns />
          <header>
            {trace.stall.photo && (
              <img class="photo" src={trace.stall.photo} width="96" height="72" alt={buyerWords.stallPhoto[language]} />
            )}
            <p class="soft">{language === "zh" ? trace.stall.site : trace.stall.siteEn}</p>
            <h1>{trace.stall.name}</h1>
            <p class="soft">
              {say("stall")} {trace.stall.number} · {say("soldOn")} <time>{trace.soldAt.slice(0, 10)}</time>
            </p>
          </header>
          {trace.lines.map((line) => (
            <LineTrace line={line} zone={trace.stall.zone} soldAt={trace.soldAt} language={language} />
          ))}
          {trace.originStatements.length === 0 && (
            <p class="waiting">
              {stateShapes.waiting} {say("originProvisional")}
            </p>
          )}
          <p class="soft">{say("ifNothingOffTheBooks")}</p>
          <Seal trace={trace} language={language} />
        </main>
        <footer>
          <a href={`${path}?lang=${other}`} hreflang={other}>
            {say("otherLanguage")}
          </a>
        </footer>
      </body>
    </html>
  )
}

/** The finest statement that is certain of a line's goods. */
function finestOf(line: Line | undefined, zone: string, language: WordLanguage): string {
  return line?.origin ? originText(line.origin, zone, language) : words.noTrace[language]
}

type LineTraceProps = {
  readonly line: Line
  readonly zone: string
  readonly soldAt: string
  readonly language: WordLanguage
}

export const LineTrace: FC<LineTraceProps> = ({ line, zone, soldAt, language }) => {
  const say = (word: Word) => words[word][language]
  const { origin } = line
  return (
    <section>
      <h2>{(language === "zh" ? line.name : line.nameEn) ?? say("nameFollows")}</h2>
      <Recalled recalls={line.recalls} word="bagRecalled" language={language} />
      {origin === null || origin.kind === "unknown" ? (
        <p class="waiting">
          {stateShapes.unknown} {say(origin === null ? "noTrace" : "originUnknown")}
        </p>
      ) : (
        <p class="finest">{finestOf(line, zone, language)}</p>
      )}
      {origin && origin.sources.length > 0 && <OriginBars origin={origin} zone={zone} language={language} />}
      {origin?.expected && origin.expected.sources.length > 1 && (
        <p class="soft">
          {say(origin.expected.method === "mixing" ? "expectedByMixing" : "expectedByHabit")}{" "}
          {origin.expected.sources
            .filter(({ grams }) => grams > 0)
            .map(({ lotId, grams }) => {
              const base = origin.sources.find((source) => source.lotId === lotId)?.base ?? ""
              return `${base} ${percentOf(grams, origin.grams)}%`
            })
            .join(language === "zh" ? "、" : ", ")}
        </p>
      )}
      <TestLines tests={line.inspections} dayOf={(at) => at.slice(0, 10)} language={language} />
      {line.inspections.length > 0 && (
        <small>
          {line.coverage && (
            <>
              {testedText(line.coverage, "ofThisBag", language)}
              <br />
            </>
          )}
          {say("testSampleOnly")}
        </small>
      )}
      {line.certificates > 0 && (
        <p class="good">
          {stateShapes.paid} {say("certificate")} × {line.certificates}
          {line.coverage && ` · ${certifiedText(line.coverage, "ofThisBag", language)}`}
        </p>
      )}
      {line.way.length > 0 && (
        <>
          <h3>{buyerWords[line.way.some(({ harvested }) => harvested) ? "theWayShared" : "theWayKnown"][language]}</h3>
          <ol class="way">
            {line.way.toReversed().map((stop) => (
              <li>
                <strong>{language === "zh" ? stop.site : stop.siteEn}</strong>{" "}
                {stop.kind && say(siteKinds[stop.kind] ?? "siteMarket")}
                <br />
                <span class="soft">
                  {stop.stall} {stop.stallNumber}
                  {stop.arrivedAt && ` · ${stop.arrivedAt.slice(0, 10)}`}
                  {stop.harvested && ` · ${say("harvestedOn")}`}
                  {stop.inspections > 0 && ` · ${buyerWords.testsThere[language]} × ${stop.inspections}`}
                </span>
              </li>
            ))}
            <li>
              <strong>{buyerWords.buyer[language]}</strong>
              <br />
              <time class="soft">{soldAt.slice(0, 10)}</time>
            </li>
          </ol>
        </>
      )}
    </section>
  )
}

const siteKinds: Readonly<Record<string, Word>> = { base: "siteBase", wholesale: "siteWholesale", market: "siteMarket" }

export const Seal: FC<{ trace: Trace; language: WordLanguage }> = ({ trace, language }) => {
  const say = (word: Word) => words[word][language]
  const anchored = trace.recordState === "anchored" || trace.recordState === "confirmed"
  const [shape, word] = !anchored
    ? (["waiting", "recordWaiting"] as const)
    : trace.development
      ? (["unknown", "recordOnDevelopmentChain"] as const)
      : (["paid", "recordAnchored"] as const)
  return (
    <div class={anchored ? "seal" : "seal pending"}>
      <span class="stamp" aria-hidden="true">
        印
      </span>
      <p>
        {stateShapes[shape]} {buyerWords[word][language]}
        <small>
          {say("recordNumber")} {trace.recordId}
        </small>
      </p>
    </div>
  )
}

function percentOf(grams: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((grams * 100) / whole)
}

/** What a line's way and the seal look like, on whichever page they stand. */
export const tracePartStyle = `
.test-photo img{display:block;margin:4px 0 8px;border-radius:8px;object-fit:cover}
time{white-space:nowrap}section{border-top:1px dashed var(--ink-soft);margin-top:12px}
.finest{font-weight:600}.good{color:var(--leaf)}.bad{color:var(--chilli)}.waiting{border-left:4px solid var(--grain);padding-left:8px}
.way{list-style:none;margin:0;padding:0 0 0 16px;border-left:3px solid var(--leaf)}.way li{padding:6px 0}
.seal{display:flex;gap:12px;align-items:center;margin-top:16px}.stamp{display:grid;place-items:center;width:56px;height:56px;flex:none;border:3px solid var(--chilli);border-radius:8px;color:var(--chilli);font-size:28px;font-weight:700}
.pending .stamp{opacity:.4;border-style:dashed}${barStyle}`

const traceStyle = `
body{margin:0;background:var(--paper);color:var(--ink);font-family:var(--font);font-size:16px;line-height:1.5}
.demo{margin:0;padding:8px 16px;background:var(--grain);color:var(--on-grain);text-align:center;font-size:14px}
.slip{max-width:520px;margin:16px auto;padding:20px;background:var(--card);border-radius:12px;box-shadow:0 2px 10px rgb(0 0 0 / 8%)}
h1{margin:0;font-size:28px;line-height:1.25}h2{font-size:20px;margin:16px 0 4px}h3{font-size:16px;margin:12px 0 4px}
.photo{float:right;margin:0 0 8px 12px;border-radius:8px;object-fit:cover}
.soft,small{color:var(--ink-soft);font-size:14px}small{display:block;overflow-wrap:anywhere}p{margin:4px 0}
footer{text-align:center;padding:8px 16px 24px}footer a{display:inline-block;min-height:44px;line-height:44px;padding:0 16px;color:var(--sky)}
`
