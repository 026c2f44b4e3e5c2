import { type BuyerWord, buyerWords } from "@suyuan/look/buyer-words"
import { type ErrorCode, errorWords } from "@suyuan/look/errors"
import { css, stateShapes } from "@suyuan/look/tokens"
import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import { localDay } from "../../day"
import { type Platform, platforms } from "../../payments/payment-provider"
import type { SaleDescription } from "../../sales/describe-sale"
import type { BuyerApp } from "../buyer-pages"
import { AppHead, EmbeddedData } from "./app-head"
import { originWords } from "./origin-words"
import { OwnResult } from "./plain-pay-page"
import { Recalled, TestLines } from "./test-lines"

/** Where the page stands: in a wallet's own browser, or outside on a phone or a computer. */
export type ScanBrowser = "wechat-pay" | "alipay" | "phone" | "computer"

export type ScanPageProps = {
  readonly sale: SaleDescription
  readonly digits: string
  readonly language: WordLanguage
  readonly browser: ScanBrowser
  readonly nonce: string | undefined
  /** What takes the page over; without it a small script pays. */
  readonly app?: BuyerApp | undefined
}

/** The plain page of a scanned code: everything stands in it without a script; outside the wallets it pays without one. */
export const ScanPage: FC<ScanPageProps> = ({ sale, digits, language, browser, nonce, app }) => {
  const say = (word: Word) => words[word][language]
  const form = <PayForm sale={sale} digits={digits} browser={browser} language={language} />
  const other = language === "zh" ? "en" : "zh"
  return (
    <html lang={language === "zh" ? "zh-CN" : "en"}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        {/* WeChat Pay looks at the origin that leads to its page; the code's digits stay here. */}
        <meta name="referrer" content="strict-origin" />
        <title>{`${sale.stall.name} ¥${fenToYuan(sale.amountFen)}`}</title>
        <style id="plain-style" nonce={nonce ?? ""}>
          {raw(css() + pageStyle)}
        </style>
        {app && <AppHead app={app} />}
      </head>
      <body>
        {sale.development && <p class="demo">{say("demo")}</p>}
        <main class="slip">
          <header>
            {sale.stall.photo && (
              <img class="photo" src={sale.stall.photo} width="96" height="72" alt={buyerWords.stallPhoto[language]} />
            )}
            <p class="site">{language === "zh" ? sale.stall.site : sale.stall.siteEn}</p>
            <h1>{sale.stall.name}</h1>
            <p class="stall-number">
              {say("stall")} <strong>{sale.stall.number}</strong>
            </p>
            <p class="soft">{say("check")}</p>
            {!sale.stallOnline && (
              <p class="waiting">
                {stateShapes.waiting} {say("stallOffline")}
              </p>
            )}
          </header>
          {sale.lines === null ? (
            <p class="waiting">
              {stateShapes.waiting} {say("linesFollow")}
            </p>
          ) : (
            <ol class="lines">
              {sale.lines.map((line) => (
                <SaleLineItem line={line} zone={sale.stall.zone} language={language} />
              ))}
            </ol>
          )}
          {sale.lines?.some((line) => line.pile !== null) && <p class="soft">{say("pileNow")}</p>}
          <p class="amount">
            <span>{say("amount")}</span> <strong>¥{fenToYuan(sale.amountFen)}</strong>
          </p>
          <State sale={sale} language={language} />
          {(sale.state === "paying" || sale.state === "paid") && <OwnResult digits={digits} language={language} />}
          {sale.canPay && sale.state !== "paying" && form}
          {/* Somebody began to pay, and may be who looks: not offered a second time beside the result. */}
          {sale.canPay && sale.state === "paying" && (
            <details>
              <summary>{say("notPaidYet")}</summary>
              {form}
            </details>
          )}
        </main>
        <footer>
          <a href={`/p/${digits}?lang=${other}`} hreflang={other}>
            {say("otherLanguage")}
          </a>
        </footer>
        {app ? (
          <EmbeddedData id="sale" data={{ digits, browser, sale }} />
        ) : (
          <script src="/assets/pay.js" defer></script>
        )}
      </body>
    </html>
  )
}

type LineDescription = NonNullable<SaleDescription["lines"]>[number]
type Covered = NonNullable<LineDescription["coverage"]>

const SaleLineItem: FC<{ line: LineDescription; zone: string; language: WordLanguage }> = ({
  line,
  zone,
  language,
}) => {
  const say = (word: Word) => words[word][language]
  const zh = language === "zh"
  const name = (zh ? line.name : line.nameEn) ?? say("nameFollows")
  return (
    <li>
      <div class="row">
        <span class="name">{name}</span>
        <span class="figure">¥{fenToYuan(line.amountFen)}</span>
      </div>
      <div class="row soft">
        <span>{zh ? line.quantityText : line.quantityTextEn}</span>
        <span>{zh ? line.unitPriceText : line.unitPriceTextEn}</span>
      </div>
      <Recalled recalls={line.recalls} word="goodsRecalled" language={language} />
      <Origin line={line} zone={zone} language={language} />
    </li>
  )
}

const Origin: FC<{ line: LineDescription; zone: string; language: WordLanguage }> = ({ line, zone, language }) => {
  const say = (word: Word) => words[word][language]
  const { colon, comma, semicolon } = marks[language]
  const { pile } = line
  if (!pile || pile.origin.kind === "unknown") {
    return (
      <div class="origin">
        <p class="waiting">
          {stateShapes.unknown} {say("originUnknown")}
        </p>
        {line.declaredOrigin && (
          <p class="soft">
            {say("declaredOrigin")}
            {colon}
            {line.declaredOrigin}
          </p>
        )}
        {pile && <Tests pile={pile} coverage={line.coverage} zone={zone} language={language} />}
      </div>
    )
  }
  const { origin } = pile
  return (
    <div class="origin">
      <p>
        {buyerWords.onTheStall[language]}
        {say(originWords[origin.kind])}
        {colon}
        {origin.places.join(comma)}
        {origin.unknownHighPercent > 0 && `${semicolon}${say("unknownUpTo")} ${origin.unknownHighPercent}%`}
      </p>
      <Tests pile={pile} coverage={line.coverage} zone={zone} language={language} />
      {pile.certificates > 0 && (
        <p class="good">
          {stateShapes.paid} {say("certificate")} × {pile.certificates}
        </p>
      )}
    </div>
  )
}

/** Punctuation as each language writes it. */
const marks = {
  zh: { colon: "：", comma: "、", semicolon: "；" },
  en: { colon: ": ", comma: ", ", semicolon: "; " },
} as const

/** Of goods of unknown origin too: there a test is all that is known. */
const Tests: FC<{
  pile: NonNullable<LineDescription["pile"]>
  coverage: LineDescription["coverage"]
  zone: string
  language: WordLanguage
}> = (props) => {
  const say = (word: BuyerWord) => buyerWords[word][props.language]
  return (
    <>
      <TestLines
        tests={props.pile.inspections}
        dayOf={(at) => localDay(new Date(at), props.zone)}
        language={props.language}
      />
      {props.pile.inspections.length > 0 && (
        <small>
          {props.coverage ? coverageText(props.coverage, say) : say("coverageUnknown")}
          <br />
          {say("testSampleOnly")}
        </small>
      )}
    </>
  )
}

function coverageText({ failed, tested }: Covered, say: (word: BuyerWord) => string): string {
  const shareOf = (share: Covered["tested"], word: BuyerWord) =>
    `${share.mustPercent}%–${share.mayPercent}% ${say(word)}`
  const isFailed = failed.mayPercent > 0
  const shares = [
    ...(isFailed ? [shareOf(failed, "failedTestShare")] : []),
    ...(isFailed && tested.mayPercent === 0 ? [] : [shareOf(tested, "coveredByTest")]),
  ]
  return `${say("ofThisBagNow")} ${shares.join(" · ")}`
}

const State: FC<{ sale: SaleDescription; language: WordLanguage }> = ({ sale, language }) => {
  const say = (word: Word) => words[word][language]
  const refusal = sale.refusal as ErrorCode | null
  return (
    <div id="state" role="status" aria-live="polite" data-state={sale.state}>
      {sale.state === "paid" && (
        <p class="good large">
          {stateShapes.paid} {say("paid")} ¥{fenToYuan(sale.paidFen)}
        </p>
      )}
      {sale.refundedFen > 0 && (
        <p class="waiting">
          {say("refunded")} ¥{fenToYuan(sale.refundedFen)}
        </p>
      )}
      {refusal && sale.state !== "paid" && (
        <p class="bad">
          {stateShapes.refused} {errorWords[refusal][language]}
        </p>
      )}
    </div>
  )
}

const payLabels = { "wechat-pay": "payWechat", alipay: "payAlipay" } as const satisfies Record<Platform, Word>

/** In a wallet its own pay function; on a phone outside the addresses of both; on a computer codes that a phone scans. */
const PayForm: FC<{ sale: SaleDescription; digits: string; browser: ScanBrowser; language: WordLanguage }> = (
  props,
) => {
  const say = (word: Word) => words[word][props.language]
  const { browser } = props
  const isOutside = browser === "phone" || browser === "computer"
  const offered: readonly Platform[] = isOutside ? platforms : [browser]
  const outside = { phone: "h5", computer: "native" } as const
  return (
    <form
      method="post"
      action={`/p/${props.digits}/pay`}
      id="pay"
      data-method={isOutside ? outside[browser] : "jsapi"}
      data-paying={say("paying")}
      data-scan={say("scanToPay")}
      data-cancelled={say("payCancelled")}
      data-failed={say("payFailed")}
      data-network={say("networkLost")}
      data-receipt={say(props.sale.stallOnline ? "receiptIfAsked" : "receiptDigits")}
      data-paid={say("paid")}
    >
      {isOutside && <input type="hidden" name="method" value={outside[browser]} />}
      {!isOutside && (
        <noscript>
          <p class="waiting">{say("scriptsToPay")}</p>
        </noscript>
      )}
      {offered.map((platform) => (
        <button type="submit" name="platform" value={platform}>
          {say(payLabels[platform])}
        </button>
      ))}
      {isOutside && <p class="soft">{say(browser === "computer" ? "showsCode" : "openInApp")}</p>}
    </form>
  )
}

/** What a buyer can do about it; staff's pages say it themselves. */
function nextStep(code: ErrorCode): "scanAgain" | "askForShare" | undefined {
  if (/^(pay-code|sale|terminal|link)\//.test(code)) return "scanAgain"
  return code.startsWith("trace/") ? "askForShare" : undefined
}

/** A refusal as a page: what happened, in the language asked for. */
export const RefusalPage: FC<{
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
        <style nonce={props.nonce ?? ""}>{raw(css() + pageStyle)}</style>
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

const pageStyle = `
summary{min-height:44px;line-height:44px;color:var(--sky)}
body{margin:0;background:var(--paper);color:var(--ink);font-family:var(--font);font-size:16px;line-height:1.5}
.demo{margin:0;padding:8px 16px;background:var(--grain);color:var(--on-grain);text-align:center;font-size:14px}
time{white-space:nowrap}
.slip{max-width:480px;box-sizing:border-box;width:calc(100% - 16px);margin:16px auto;padding:20px;background:var(--card);border-radius:12px;box-shadow:0 2px 10px rgb(0 0 0 / 8%)}
h1{margin:0;font-size:28px;line-height:1.25}.site,.soft,small{color:var(--ink-soft);font-size:14px;margin:4px 0}
.photo{float:right;margin:0 0 8px 12px;border-radius:8px;object-fit:cover}
.test-photo img{display:block;margin:4px 0 8px;border-radius:8px;object-fit:cover}
small{display:block}.stall-number{font-size:20px;margin:4px 0}
.lines{list-style:none;margin:16px 0;padding:0;border-top:1px dashed var(--ink-soft)}
.lines li{padding:12px 0;border-bottom:1px dashed var(--ink-soft)}
.row{display:flex;justify-content:space-between;gap:16px}.name{font-weight:600}.figure,.amount strong{font-variant-numeric:tabular-nums}
.origin p{margin:4px 0;font-size:14px}
.amount{display:flex;justify-content:space-between;align-items:baseline;margin:16px 0}.amount strong{font-size:44px;line-height:1}
.good{color:var(--leaf)}.bad{color:var(--chilli)}.waiting{color:var(--ink);border-left:4px solid var(--grain);padding-left:8px}.large{font-size:20px;font-weight:600}
button+button{margin-top:8px}.code{display:block;width:min(100%,280px);margin:12px auto;background:#fff;border-radius:8px}
button{width:100%;min-height:56px;border:0;border-radius:12px;background:var(--leaf);color:var(--card);font-size:20px;font-weight:600;font-family:inherit}
button:disabled{opacity:.6}button:focus-visible,a:focus-visible{outline:3px solid var(--sky);outline-offset:2px}
.own-result{display:block;min-height:44px;margin:12px 0;line-height:44px;border:2px solid var(--leaf);border-radius:12px;color:var(--leaf);font-size:16px;font-weight:600;text-align:center;text-decoration:none}
footer{text-align:center;padding:8px 16px 24px}footer a{display:inline-block;min-height:44px;line-height:44px;padding:0 16px;color:var(--sky)}
`
