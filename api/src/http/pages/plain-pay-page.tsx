import { stateShapes } from "@suyuan/look/tokens"
import { type Word, type WordLanguage, words } from "@suyuan/look/words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import type { FC, PropsWithChildren } from "hono/jsx"
import { PlainFrame, type PlainFrameProps } from "./plain-frame"

/** What a browser without scripts is shown for the wallet: a code, an address, or nothing when no platform answered. */
export type PlainStep =
  | { readonly kind: "code"; readonly image: string }
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "none" }

/** Whose sale it is: a page that was left for the wallet is compared again. */
export type PlainSale = {
  readonly stall: { readonly name: string; readonly number: string; readonly site: string; readonly siteEn: string }
  readonly stallOnline: boolean
  readonly amountFen: number
}

type PlainPageProps = Omit<PlainFrameProps, "title"> & {
  readonly digits: string
  /** `?lang=…` where the address asked for it. */
  readonly search: string
  readonly sale: PlainSale
}
type PlainPayPageProps = PlainPageProps & { readonly step: PlainStep }

/** Between the button and the wallet. */
export const PlainPayPage: FC<PlainPayPageProps> = ({ digits, search, sale, step, ...frame }) => {
  const say = (word: Word) => words[word][frame.language]
  const title = say(step.kind === "code" ? "scanToPay" : step.kind === "address" ? "goToWallet" : "paying")
  return (
    <PlainFrame title={title} {...frame}>
      <Stall sale={sale} language={frame.language} />
      <p class="large">
        {say("amount")} ¥{fenToYuan(sale.amountFen)}
      </p>
      {step.kind === "code" && <img class="code" src={step.image} width="280" height="280" alt={say("scanToPay")} />}
      {step.kind === "address" && (
        <a class="button" href={step.url}>
          {say("openWallet")}
        </a>
      )}
      <p class="soft">{say("afterWallet")}</p>
      <OwnResult href={`/p/${digits}/receipt${search}`} language={frame.language} />
    </PlainFrame>
  )
}

export type PlainState = {
  readonly state: string
  readonly paidFen: number
  readonly refundedFen: number
  readonly paidByMe: boolean
  readonly receiptDigits: string | null
}

type PlainReceiptPageProps = PlainPageProps & { readonly state: PlainState }

/** The payer's own result, for a browser without scripts: it asks again by itself until it is known. */
export const PlainReceiptPage: FC<PlainReceiptPageProps> = ({ digits, search, sale, state, ...frame }) => {
  const say = (word: Word) => words[word][frame.language]
  const isPaid = state.state === "paid"
  const title = isPaid ? say("paid") : state.state === "closed" ? say("closed") : say("paying")
  return (
    <PlainFrame title={title} {...frame} repeats={!isPaid && state.state !== "closed"}>
      {isPaid && (
        <State shape="paid" look="good">
          ¥{fenToYuan(state.paidFen)}
        </State>
      )}
      {isPaid && !state.paidByMe && <State shape="unknown">{say("paidElsewhere")}</State>}
      {state.refundedFen > 0 && (
        <State shape="waiting">
          {say("refunded")} ¥{fenToYuan(state.refundedFen)}
        </State>
      )}
      {state.receiptDigits !== null && (
        <>
          <p>{say(sale.stallOnline ? "receiptIfAsked" : "receiptDigits")}</p>
          <p class="digits">{state.receiptDigits.replace(/(?<=^\d{3})/, " ")}</p>
        </>
      )}
      <Stall sale={sale} language={frame.language} />
      {!isPaid && state.state !== "closed" && <p class="soft">{say("asksAgain")}</p>}
      <p>
        <a href={`/p/${digits}${search}`}>{say("backToSale")}</a>
      </p>
    </PlainFrame>
  )
}

const Stall: FC<{ readonly sale: PlainSale; readonly language: WordLanguage }> = ({ sale: { stall }, language }) => (
  <p class="stall">
    {language === "zh" ? stall.site : stall.siteEn} · <strong>{stall.name}</strong> {words.stall[language]}{" "}
    {stall.number}
  </p>
)

type StateProps = PropsWithChildren<{ readonly shape: keyof typeof stateShapes; readonly look?: "good" | "waiting" }>

const State: FC<StateProps> = ({ shape, look = "waiting", children }) => (
  <p class={`${look} large`}>
    {stateShapes[shape]} {children}
  </p>
)

/** The way there from the sale's own plain page and from the wallet's. */
export const OwnResult: FC<{ readonly href: string; readonly language: WordLanguage }> = ({ href, language }) => (
  <a class="own-result" href={href}>
    {words.ownResult[language]}
  </a>
)
