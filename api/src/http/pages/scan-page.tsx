import { buyerWords } from "@suyuan/look/buyer-words"
import { type ErrorCode, errorWords } from "@suyuan/look/errors"
import { css, stateShapes } from "@suyuan/look/tokens"
import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { raw } from "hono/html"
import type { FC } from "hono/jsx"
import type { SaleDescription } from "../../sales/describe-sale"
import type { BuyerApp } from "../buyer-pages"
import { AppHead, EmbeddedData } from "./app-head"
import { PayForm, type ScanBrowser } from "./pay-form"
import { OwnResult } from "./plain-pay-page"
import { SaleLineItem } from "./sale-lines"
import { scanStyle } from "./scan-style"

export type ScanPageProps = {
  readonly sale: SaleDescription
  readonly digits: string
  readonly language: WordLanguage
  /** `?lang=…` where the address asked for it: the next pages are in it, too. */
  readonly search: string
  readonly browser: ScanBrowser
  readonly nonce: string | undefined
  /** What takes the page over; without it a small script pays. */
  readonly app?: BuyerApp | undefined
}

/** The plain page of a scanned code: everything stands in it without a script; outside the wallets it pays without one. */
export const ScanPage: FC<ScanPageProps> = ({ sale, digits, language, search, browser, nonce, app }) => {
  const say = (word: Word) => words[word][language]
  const form = <PayForm sale={sale} action={`/p/${digits}/pay${search}`} browser={browser} language={language} />
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
          {raw(css() + scanStyle)}
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
          {(sale.state === "paying" || sale.state === "paid") && (
            <OwnResult href={`/p/${digits}/receipt${search}`} language={language} />
          )}
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
