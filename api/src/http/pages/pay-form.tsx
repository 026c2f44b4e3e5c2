import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import type { FC } from "hono/jsx"
import { type Platform, platforms } from "../../payments/payment-provider"
import type { SaleDescription } from "../../sales/describe-sale"

/** Where the page stands: in a wallet's own browser, or outside on a phone or a computer. */
export type ScanBrowser = "wechat-pay" | "alipay" | "phone" | "computer"

const payLabels = { "wechat-pay": "payWechat", alipay: "payAlipay" } as const satisfies Record<Platform, Word>

type PayFormProps = {
  readonly sale: SaleDescription
  readonly action: string
  readonly browser: ScanBrowser
  readonly language: WordLanguage
}

/** In a wallet its own pay function; on a phone outside the addresses of both; on a computer codes that a phone scans. */
export const PayForm: FC<PayFormProps> = (props) => {
  const say = (word: Word) => words[word][props.language]
  const { browser } = props
  const isOutside = browser === "phone" || browser === "computer"
  const offered: readonly Platform[] = isOutside ? platforms : [browser]
  const outside = { phone: "h5", computer: "native" } as const
  return (
    <form
      method="post"
      action={props.action}
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
